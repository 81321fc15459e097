package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins the promise to authors of strategies: one class compiled by plain javac against the bundle's contracts, one
 * line, a jar in plugins/, and it is everywhere a built-in is.
 */
class DropInIT {
  private static final String MY_POLL = """
      import dev.haltlab.spi.*;
      import java.time.Duration;

      public final class MyPoll implements HaltPollProvider<MyPoll.Config> {
        public record Config(Duration window) {}
        public String id() { return "my-poll"; }
        public Config defaults() { return new Config(Duration.ofNanos(50_000)); }
        public HaltPoll create(Config c, Seat s) { long ns = c.window().toNanos(); return now -> ns; }
      }
      """;

  private static final String SCENARIO = """
      scenario: mine
      host: { cpu: ivy-bridge }
      vms:
        rr: { vcpus: 2, pin: [0, 1], workload: tcp-rr }
      run: { for: 20ms, warmup: 1ms, replications: 2 }
      compare:
        mine: { haltPoll: { use: my-poll, window: 80us } }
        adaptive: { haltPoll: adaptive }
        oracle: { haltPoll: oracle }
      """;

  @TempDir static Path place;
  private static Bundle bundle;

  @TempDir Path folder;

  @BeforeAll
  static void drop() throws IOException {
    bundle = Bundle.copyTo(place.resolve("haltlab"));
    jar(bundle.root.resolve("plugins/my-poll-1.0.jar"), "MyPoll", MY_POLL);
  }

  private static void jar(Path jar, String name, String text) throws IOException {
    Path work = Files.createTempDirectory(place, "work");
    Path source = Files.writeString(work.resolve(name + ".java"), text);
    Path classes = Files.createDirectory(work.resolve("classes"));
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve("dev.haltlab.spi.HaltPollProvider"), name + "\n");
    String contracts;
    try (Stream<Path> files = Files.walk(bundle.root.resolve("sdk"))) {
      contracts = files.filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow().toString();
    }
    // -Werror: a stranger's first compilation should not greet them with warnings about our annotations.
    tool("javac", "--release", "17", "-Xlint:all", "-Werror", "-cp", contracts, "-d", classes.toString(),
        source.toString());
    tool("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
  }

  private static void tool(String name, String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int code = ToolProvider.findFirst(name).orElseThrow().run(writer, writer, arguments);
    assertThat(code).as("%s", said).isZero();
  }

  @Test
  void it_is_listed_with_its_version_and_file() {
    assertThat(bundle.run(folder, "plugins", "list").out())
        .containsPattern("haltPoll +my-poll +1\\.0 +\\S+my-poll-1\\.0\\.jar");
  }

  @Test
  void it_is_described_with_its_key() {
    assertThat(bundle.run(folder, "plugins", "describe", "my-poll").out())
        .containsPattern("window +time, such as 10us +50us");
  }

  @Test
  void it_is_in_the_schema() {
    assertThat(bundle.run(folder, "schema").out()).contains("\"my-poll\"");
    assertThat(bundle.run(folder, "schema", "haltPoll").out()).contains("\"my-poll\"");
  }

  @Test
  void it_runs_beside_adaptive_and_oracle() throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), SCENARIO);
    Bundle.Said said = bundle.run(folder, "run", "mine.yaml", "--format", "json");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("\"mine\"", "\"adaptive\"", "\"oracle\"", "\"my-poll\"", "80us");
  }

  @Test
  void a_place_of_ones_own_is_named_by_option_or_environment() throws IOException {
    Path mine = Files.createDirectory(folder.resolve("my plugins"));
    jar(mine.resolve("other.jar"), "Other", MY_POLL.replace("MyPoll", "Other").replace("my-poll", "other"));
    assertThat(bundle.run(folder, "plugins", "list", "--plugins", "my plugins").out()).contains("my-poll", "other.jar");
    assertThat(Bundle.process(folder, Map.of("HALTLAB_PLUGINS", mine.toString()),
        List.of(bundle.command().toString(), "plugins", "list")).out()).contains("my-poll", "other.jar");
  }

  @Test
  void one_that_throws_is_named_in_one_line_with_exit_code_3() throws IOException {
    Path mine = Files.createDirectory(folder.resolve("mine"));
    jar(mine.resolve("broken.jar"), "Broken", MY_POLL.replace("MyPoll", "Broken").replace("my-poll", "broken")
        .replace("now -> ns", "now -> { throw new IllegalStateException(\"no idea\"); }"));
    Files.writeString(folder.resolve("mine.yaml"), SCENARIO.replace("my-poll", "broken"));
    Bundle.Said said = bundle.run(folder, "run", "mine.yaml", "--plugins", "mine");
    assertThat(said.code()).isEqualTo(3);
    assertThat(said.err().strip()).contains("broken", "broken.jar", "no idea").doesNotContain("\n");
    assertThat(said.out()).isEmpty();
  }
}
