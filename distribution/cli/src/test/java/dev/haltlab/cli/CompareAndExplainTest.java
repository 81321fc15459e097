package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins: results that cannot be used again, and an explanation that does not fit what it explains. */
class CompareAndExplainTest {
  private static final String SCENARIO = """
      scenario: pair
      host: { cpu: ivy-bridge, kernel: "3.11" }
      vms:
        guest: { kernel: "3.16", vcpus: 2, pin: [0, 1], workload: tcp-rr }
      run: { for: 100ms, warmup: 5ms, replications: 4 }
      compare:
        native: { native: true }
        "off": { haltPoll: off }
        fixed: { haltPoll: { use: fixed, window: 200us } }
      """;

  @TempDir static Path place;
  @TempDir Path folder;

  @BeforeAll
  static void run() throws IOException {
    Path file = Files.writeString(place.resolve("pair.yaml"), SCENARIO);
    Haltlab.Said said = new Haltlab().run("run", file.toString(), "--out", place.resolve("out").toString());
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
  }

  private static String out(String name) {
    return place.resolve("out").resolve(name).toString();
  }

  @Test
  void a_result_is_the_same_as_itself_in_every_variant() {
    Haltlab.Said said = new Haltlab().run("compare", out(""), out("result.json"));

    assertThat(said.code()).isZero();
    assertThat(said.out()).contains(":native", ":off", ":fixed", "The same to the last digit")
        .doesNotContain("\nDiffer").doesNotContain("\nNoise");
  }

  @Test
  void variants_are_compared_by_name_and_as_json_and_page() throws IOException {
    Path page = folder.resolve("x.html");
    Haltlab.Said said = new Haltlab().run(
        "compare", out("") + ":off", out("") + ":fixed", "--format", "json", "--report", page.toString());

    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("\"paired\": true", "\"figure\": \"guest/latency.mean\"", "\"verdict\": \"differs\"");
    assertThat(Files.readString(page)).contains("guest/latency.mean", "Critical path");
    assertThat(new Haltlab().run("compare", out("") + ":off", out("") + ":fixed", "--report", page.toString()).err())
        .contains("--force");
  }

  @Test
  void variants_without_a_partner_are_told() {
    Haltlab.Said said = new Haltlab().run("compare", out("") + ":off", out(""));

    assertThat(said.code()).isZero();
    assertThat(said.err()).contains("only in ", "not compared: native, fixed").doesNotContain("not compared: off");
  }

  @Test
  void what_is_not_there_is_one_line() {
    assertThat(new Haltlab().run("compare", out("") + ":of", out("")).err())
        .contains("no variant of in it (did you mean off?)");
    assertThat(new Haltlab().run("compare", "gone", out("")).err()).startsWith("gone: no such file or folder");
    assertThat(new Haltlab().run("compare", out("")).code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void explaining_our_own_table_finds_the_load_behind_it() throws IOException {
    Haltlab.Said said = new Haltlab().run("explain", out("perf/off.txt"), "--halt-poll", "off", "--format", "json");

    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("\"rule\": \"short-halts\"", "\"rule\": \"timer-writes\"", "tcp-rr");
    // The model does not know the load's 500 ns of work; from nothing but the table it is to foretell what polling did.
    double off = mean("off");
    double fixed = mean("fixed");
    double foretold = number(said.out(), "\"variant\": \"fixed\"[^}]*\"latencyNs\": \\{\\s*\"value\": ([0-9.]+)");
    assertThat(foretold).isCloseTo(fixed, within(0.05 * off));
  }

  private static double mean(String variant) throws IOException {
    return number(
        Files.readString(place.resolve("out/result.csv")), "pair," + variant + ",,guest,latency.mean,ns,([0-9.]+)");
  }

  private static double number(String text, String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(text);
    assertThat(m.find()).as(pattern).isTrue();
    return Double.parseDouble(m.group(1));
  }

  @Test
  void the_load_can_be_kept_and_run() {
    Path scenario = folder.resolve("like.yaml");
    assertThat(new Haltlab().run(
        "explain", out("perf/off.txt"), "--halt-poll", "off", "--scenario", scenario.toString()).code()).isZero();
    assertThat(new Haltlab().run("validate", scenario.toString()).out()).endsWith(": ok\n");
  }

  @Test
  void long_halts_are_explained_as_idleness() throws IOException {
    Path table = Files.writeString(folder.resolve("idle.txt"), """
        Analyze events for all VMs, all VCPUs:
                     VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time
                         HLT       1000   100.00%   100.00%      1.00us  60000.00us  20000.00us ( +-   3.00% )
        Total Samples:1000, Total events handled time:20000000.00us.
        """);
    Haltlab.Said said = new Haltlab().run("explain", table.toString());

    assertThat(said.code()).isZero();
    assertThat(said.out()).contains("[long-halts]", "idleness", "host polls as long at every halt: a vCPU costs")
        .doesNotContain("round trip");
    Matcher halts = Pattern.compile("The mean halt is 20 ms in the table and ([0-9.]+) ms in the model").matcher(
        said.out().replaceAll("\\s+", " "));
    assertThat(halts.find()).isTrue();
    assertThat(Double.parseDouble(halts.group(1))).isCloseTo(20, within(1.0));
  }

  @Test
  void what_cannot_be_explained_is_told_with_its_place() throws IOException {
    Path table = Files.writeString(folder.resolve("x.txt"), "hello\n");
    Haltlab.Said said = new Haltlab().run("explain", table.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err()).startsWith(table + ": no table of perf kvm stat in it");
    assertThat(new Haltlab().run("explain", "gone").err()).isEqualTo("haltlab: gone: no such file\n");
    assertThat(new Haltlab().run("explain").code()).isEqualTo(ExitCode.USAGE);
    assertThat(new Haltlab().run("explain", table.toString(), "--window", "x").code()).isEqualTo(ExitCode.USAGE);
    assertThat(new Haltlab().run("explain", "--rules").out()).contains("[short-halts]", "Source: ");
  }

  @Test
  void runs_print_csv_and_perfs_table() {
    Haltlab.Said csv = new Haltlab().run("run", place.resolve("pair.yaml").toString(), "--format", "csv");
    assertThat(csv.out()).startsWith("scenario,variant,replication,vm,metric,unit,value\npair,native,0,guest,");
    Haltlab.Said perf = new Haltlab().run("run", place.resolve("pair.yaml").toString(), "--format", "perf");
    assertThat(perf.out()).contains("# pair, variant native: bare hardware", "Analyze events for all VMs, all VCPUs:");
  }
}
