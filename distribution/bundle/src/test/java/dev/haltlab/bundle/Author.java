package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** A stranger who writes plugins: plain javac against the bundle's contracts, a services line, a jar. */
final class Author {
  /** A whole strategy, in a file MyPoll.java. */
  static final String MY_POLL = """
      import dev.haltlab.spi.*;
      import java.time.Duration;

      public final class MyPoll implements HaltPollProvider<MyPoll.Config> {
        public record Config(Duration window) {}
        public String id() { return "my-poll"; }
        public Config defaults() { return new Config(Duration.ofNanos(50_000)); }
        public HaltPoll create(Config c, Seat s) { long ns = c.window().toNanos(); return now -> ns; }
      }
      """;

  private final Bundle bundle;
  private final Path work;

  Author(Bundle bundle, Path work) {
    this.bundle = bundle;
    this.work = work;
  }

  /** {@link #MY_POLL} under another class name and id, with a piece of it replaced. */
  static String strategy(String className, String id, String from, String to) {
    assertThat(MY_POLL).contains(from);
    return MY_POLL.replace(from, to).replace("MyPoll", className).replace("my-poll", id);
  }

  /** Packs a strategy of that class name. */
  void jar(Path jar, String className, String source) {
    jar(jar, className, List.of(source), "");
  }

  /**
   * Packs a jar.
   *
   * @param provider what its services line names
   * @param sources Java files, each with one public class
   * @param attribute a line of its manifest, or nothing
   */
  void jar(Path jar, String provider, List<String> sources, String attribute) {
    try {
      Path folder = Files.createTempDirectory(work, "work");
      Path classes = Files.createDirectory(folder.resolve("classes"));
      Path services = Files.createDirectories(classes.resolve("META-INF/services"));
      Files.writeString(services.resolve("dev.haltlab.spi.HaltPollProvider"), provider + "\n");
      // -Werror: a stranger's first compilation should not greet them with warnings about our annotations.
      List<String> javac = new ArrayList<>(List.of(
          "--release", "17", "-Xlint:all", "-Werror", "-cp", contracts().toString(), "-d", classes.toString()));
      for (String source : sources) {
        String name = source.replaceAll("(?s).*?public (?:final )?(?:class|interface) (\\w+).*", "$1");
        Path file = Files.createTempDirectory(folder, "source").resolve(name + ".java");
        javac.add(Files.writeString(file, source).toString());
      }
      tool("javac", javac.toArray(String[]::new));
      Path manifest = Files.writeString(folder.resolve("manifest"), attribute.isEmpty() ? "" : attribute + "\n");
      tool(
          "jar", "--create", "--file", jar.toString(), "--manifest", manifest.toString(), "-C", classes.toString(), ".");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path contracts() throws IOException {
    try (Stream<Path> files = Files.walk(bundle.root.resolve("sdk/dev/haltlab/haltlab-spi"))) {
      return files.filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow();
    }
  }

  private static void tool(String name, String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int code = ToolProvider.findFirst(name).orElseThrow().run(writer, writer, arguments);
    assertThat(code).as("%s", said).isZero();
  }
}
