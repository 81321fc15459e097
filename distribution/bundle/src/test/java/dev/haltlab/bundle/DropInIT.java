package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins the promise to authors of strategies: one class compiled by plain javac against the bundle's contracts, one
 * line, a jar in plugins/, and it is everywhere a built-in is.
 */
class DropInIT {
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
  private static Author author;

  @TempDir Path folder;

  @BeforeAll
  static void drop() {
    bundle = Bundle.copyTo(place.resolve("haltlab"));
    author = new Author(bundle, place);
    author.jar(bundle.root.resolve("plugins/my-poll-1.0.jar"), "MyPoll", Author.MY_POLL);
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
    author.jar(mine.resolve("other.jar"), "Other", Author.strategy("Other", "other", "my-poll", "other"));
    Path third = Files.createDirectory(folder.resolve("third"));
    author.jar(third.resolve("third.jar"), "Third", Author.strategy("Third", "third", "my-poll", "third"));
    assertThat(bundle.run(folder, "plugins", "list", "--plugins", "my plugins", "--plugins", "third").out())
        .contains("my-poll", "other.jar", "third.jar");
    assertThat(Bundle.process(folder, Map.of("HALTLAB_PLUGINS", mine + ":" + third.resolve("third.jar")),
        List.of(bundle.command().toString(), "plugins", "list")).out()).contains("my-poll", "other.jar", "third.jar");
  }
}
