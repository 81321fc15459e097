package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins: half a timeline, one of another result, options that do nothing, a refusal after minutes of simulation. */
class TimelineCommandTest {
  private static final String SCENARIO = """
      scenario: small
      host:
        cpu: ivy-bridge
        pcpus: 2
      vms:
        rr:
          kernel: "3.16"
          vcpus: 2
          pin: [0, 1]
          workload: tcp-rr
      run:
        for: 4ms
        warmup: 2ms
        replications: 2
      """;

  @TempDir Path folder;
  private Path scenario;

  @BeforeEach
  void write() throws IOException {
    scenario = folder.resolve("small.yaml");
    Files.writeString(scenario, SCENARIO);
  }

  private Haltlab.Said run(String... more) {
    List<String> words = new java.util.ArrayList<>(List.of("run", scenario.toString(), "--quiet"));
    words.addAll(List.of(more));
    return new Haltlab().run(words.toArray(String[]::new));
  }

  @Test
  void aTimelineIsOneFileAndChangesNoResult() throws IOException {
    Path file = folder.resolve("a.pftrace");
    Haltlab.Said with = run("--timeline", file.toString(), "--timeline-for", "1ms");
    assertThat(with.code()).isZero();
    assertThat(with.err()).isEmpty();
    assertThat(with.out()).isEqualTo(run().out());
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes.length).isGreaterThan(10_000);
    Path again = folder.resolve("b.pftrace");
    run("--timeline", again.toString(), "--timeline-from", "2ms", "--timeline-for", "1000us", "--threads", "1");
    assertThat(again).as("the warm-up's end is where it begins anyway").hasBinaryContent(bytes);
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("small.yaml", "a.pftrace", "b.pftrace");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "--timeline-for|1ms|--timeline-for needs --timeline FILE|2",
    "--timeline-from|1ms|--timeline-from needs --timeline FILE|2",
    "--timeline-for|3|'3' is no time; write 50ms (units: ns, us, ms, s)|2",
    "--format|csv|--explain comes as text or json, not as csv|2",
    "--timeline-from|0.1ns|'0.1ns' is too long, or finer than 1ns|2",
  })
  void optionsThatDoNotFitAreUsageErrors(String option, String value, String why, int code) {
    Haltlab.Said said = option.equals("--format") ? run(option, value, "--explain") : run(option, value);
    assertThat(said.code()).isEqualTo(code);
    assertThat(said.err()).contains(why);
  }

  @Test
  void aTimeAfterTheRunIsRefusedAndNoFileIsLeft() {
    Haltlab.Said said = run("--timeline", folder.resolve("a").toString(), "--timeline-from", "1s");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).isEqualTo(
        "haltlab: --timeline-from 1s: variant 'base' is over at 6ms, warm-up included; ask for an earlier time, or"
            + " lengthen it by --set run.for=...\n");
    assertThat(folder.resolve("a")).doesNotExist();
  }

  @Test
  void aTimelineThatIsTooLongIsRefusedAndNoFileIsLeft() {
    Haltlab.Said said = run(
        "--set", "run.for=2s", "--replications", "1", "--timeline", folder.resolve("a").toString(), "--timeline-for",
        "2s");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains("2s are too long").contains("2,000,000 events").contains("of variant 'base'")
        .contains("ask for less by --timeline-for");
    assertThat(folder.toFile().list()).containsExactly("small.yaml");
  }

  @Test
  void aFileThatIsThereIsKeptUnlessForced() throws IOException {
    Path file = folder.resolve("a.pftrace");
    Files.writeString(file, "years of work");
    assertThat(run("--timeline", file.toString()).err()).contains("exists already; --force replaces it");
    assertThat(file).hasContent("years of work");
    assertThat(run("--timeline", file.toString(), "--force").code()).isZero();
    assertThat(Files.size(file)).isGreaterThan(10_000);
  }

  @Test
  void anExplanationIsPrintedInsteadOfTheTables() {
    Haltlab.Said said = run("--explain");
    assertThat(said.code()).isZero();
    assertThat(said.out()).startsWith("Variant base: transaction ").contains("Critical path: guest ")
        .doesNotContain("Latency of");
    assertThat(run("--explain", "--format", "json").out()).startsWith("{\"schema\":1,\"explained\":[{");
  }
}
