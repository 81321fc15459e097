package dev.haltlab.cli;

import dev.haltlab.spi.Provider;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;

/** A third party's jar, compiled here from a class of the default package. */
final class TestPlugin {
  private TestPlugin() {}

  /** A jar of one strategy named {@code MyPoll}, with this body of {@code create}. */
  static Path strategy(Path folder, String create) {
    return jar(folder, "HaltPollProvider", """
        import dev.haltlab.spi.*;
        import java.time.Duration;

        public final class MyPoll implements HaltPollProvider<MyPoll.Config> {
          public record Config(Duration window) {}
          public String id() { return "my-poll"; }
          public Config defaults() { return new Config(Duration.ofNanos(50_000)); }
          public HaltPoll create(Config c, Seat s) { %s }
        }
        """.formatted(create), "MyPoll");
  }

  /**
   * A jar of one provider.
   *
   * @param kind the simple name of its interface
   */
  static Path jar(Path folder, String kind, String source, String name) {
    try {
      Path work = Files.createTempDirectory(folder, "work");
      Path classes = Files.createDirectory(work.resolve("classes"));
      Path services = Files.createDirectories(classes.resolve("META-INF/services"));
      Files.writeString(services.resolve("dev.haltlab.spi." + kind), name + "\n");
      Path file = Files.writeString(work.resolve(name + ".java"), source);
      // No processors: those of this test's own class path are none of the plugin's business.
      tool("javac", "--release", "17", "-proc:none", "-cp", contracts(), "-d", classes.toString(), file.toString());
      Path jar = folder.resolve("my-plugin-1.0.jar");
      tool("jar", "--create", "--no-manifest", "--file", jar.toString(), "-C", classes.toString(), ".");
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String contracts() {
    return Path.of(URI.create(Provider.class.getProtectionDomain().getCodeSource().getLocation().toString())).toString();
  }

  private static void tool(String name, String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int code = ToolProvider.findFirst(name).orElseThrow().run(writer, writer, arguments);
    if (code != 0) {
      throw new IllegalStateException(name + ": " + said);
    }
  }
}
