package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins what scripts rely on: exit codes, results on standard output and nothing else there, one line per mistake of the
 * user and never a stack trace.
 */
class CommandsTest {
  private static final String SCENARIO = """
      # A scenario for tests.
      scenario: small
      host:
        cpu: ivy-bridge
      vms:
        rr:
          vcpus: 2
          workload: tcp-rr
      """;

  @TempDir Path folder;
  private Path good;
  private Path bad;

  @BeforeEach
  void write() throws IOException {
    good = Files.writeString(folder.resolve("good.yaml"), SCENARIO);
    bad = Files.writeString(folder.resolve("bad.yaml"), SCENARIO.replace("vcpus", "vcpu"));
  }

  private static void oneLine(String text) {
    assertThat(text.strip()).isNotEmpty().doesNotContain("\n").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "--help", "run --help", "validate --help", "schema -h", "init --help", "plugins --help", "plugins list --help",
      "plugins describe --help", "plugins verify --help", "plugins install --help", "replay --help", "capture --help",
      "--version", "generate-completion"})
  void help_goes_to_standard_output_and_is_no_failure(String args) {
    Haltlab.Said said = new Haltlab().run(args.split(" "));
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).isNotBlank();
    assertThat(said.err()).isEmpty();
  }

  @Test
  void the_version_names_platform_contracts_and_jdk() {
    assertThat(new Haltlab().run("--version").out())
        .containsPattern("haltlab \\S+\\s+SPI level 1\\.0\\.0\\s+JDK " + Runtime.version().feature());
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "", "rnu", "run", "run x.yaml --replications 0", "run x.yaml --replications two", "run x.yaml --threads 0",
      "run x.yaml --format xml", "run x.yaml y.yaml", "schema nothing", "plugins", "validate",
      "plugins list --plugins gone"})
  void a_wrong_command_line_is_exit_code_2_and_prints_no_result(String args) {
    Haltlab.Said said = new Haltlab().run(args.isEmpty() ? new String[0] : args.split(" "));
    assertThat(said.code()).isEqualTo(ExitCode.USAGE);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).startsWith("haltlab: ").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ten", "-1", "1e3", "5s"})
  void patience_that_is_no_number_of_seconds_is_exit_code_2(String patience) {
    Haltlab.Said said = new Haltlab().env("HALTLAB_PATIENCE", patience).run("plugins", "list");
    assertThat(said.code()).isEqualTo(ExitCode.USAGE);
    oneLine(said.err());
    assertThat(said.err()).contains("HALTLAB_PATIENCE", patience);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0.5", "600"})
  void patience_is_a_number_of_seconds_and_0_is_without_end(String patience) {
    assertThat(new Haltlab().env("HALTLAB_PATIENCE", patience).run("validate", good.toString()).code())
        .isEqualTo(ExitCode.DONE);
  }

  @Test
  void a_mistyped_command_gets_a_suggestion() {
    assertThat(new Haltlab().run("valdiate", "x").err()).contains("did you mean").contains("validate");
  }

  @Test
  void a_good_scenario_validates() {
    Haltlab.Said said = new Haltlab().run("validate", good.toString());
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).isEqualTo(good + ": ok\n");
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void a_problem_is_one_line_with_its_place_and_exit_code_1() {
    Haltlab.Said said = new Haltlab().run("validate", bad.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    oneLine(said.err());
    assertThat(said.err()).startsWith(bad + ":7:5: ").contains("did you mean vcpus?");
    assertThat(said.out()).isEmpty();
  }

  @Test
  void validate_goes_on_after_a_bad_file() {
    Haltlab.Said said = new Haltlab().run("validate", bad.toString(), good.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.out()).isEqualTo(good + ": ok\n");
  }

  @Test
  void problems_as_json_stand_on_standard_output() {
    Haltlab.Said said = new Haltlab().run("validate", "--format", "json", bad.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.out()).contains("\"problems\": [", "\"line\": 7", "\"column\": 5", "\"path\": \"vms.rr.vcpu\"");
    assertThat(said.err()).isEmpty();
    assertThat(new Haltlab().run("validate", "--format", "json", good.toString()).out()).contains("\"problems\": []");
  }

  @Test
  void what_is_probably_not_meant_is_a_warning_on_standard_error_and_stops_nothing() throws IOException {
    Path odd = Files.writeString(
        folder.resolve("odd.yaml"),
        SCENARIO + "haltPoll:\n  use: adaptive\n  growStart: 0\nrun: {for: 1ms, warmup: 1ms, replications: 1}\n");
    String warning = odd + ":11:14: warning: haltPoll.growStart: is 0, and 0 times grow is 0: ";
    Haltlab.Said validate = new Haltlab().run("validate", odd.toString());
    assertThat(validate.code()).isEqualTo(ExitCode.DONE);
    assertThat(validate.out()).isEqualTo(odd + ": ok\n");
    oneLine(validate.err());
    assertThat(validate.err()).startsWith(warning);
    Haltlab.Said run = new Haltlab().run("run", odd.toString(), "--format", "json");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    oneLine(run.err());
    assertThat(run.err()).startsWith(warning);
    assertThat(run.out()).startsWith("{").doesNotContain("warning");
    assertThat(new Haltlab().run("validate", "--format", "json", odd.toString()).out())
        .contains("\"problems\": []", "\"warnings\": [", "\"path\": \"haltPoll.growStart\"", "\"line\": 11");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone.yaml", "."})
  void a_file_that_cannot_be_read_is_one_line(String name) {
    Haltlab.Said said = new Haltlab().run("run", folder.resolve(name).toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    oneLine(said.err());
  }

  @Test
  void a_place_for_the_result_is_checked_before_anything_runs() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Haltlab.Said said = new Haltlab().run("run", good.toString(), "--out", out.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    oneLine(said.err());
    assertThat(said.err()).contains("--force");
  }

  @Test
  void a_bad_scenario_leaves_no_result_behind() {
    Path out = folder.resolve("out");
    Haltlab.Said said = new Haltlab().run("run", bad.toString(), "--out", out.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out).doesNotExist();
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("good.yaml", "bad.yaml");
  }

  @Test
  void a_report_is_one_file_and_leaves_nothing_beside_it() throws IOException {
    Path report = folder.resolve("report.html");
    Haltlab.Said said = new Haltlab().run("run", good.toString(), "--set", "run.for=2ms", "--set", "run.warmup=0ms",
        "--report", report.toString());
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(Files.readString(report)).startsWith("<!doctype html>").contains("<title>haltlab: small</title>",
        "SPI level 1.0.0").endsWith("</html>\n");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("good.yaml", "bad.yaml", "report.html");
  }

  @ParameterizedTest
  @CsvSource({"report.html,--force", "gone/report.html,there is no folder", "., name the file"})
  void a_report_that_cannot_be_written_is_refused_before_anything_runs(String name, String why) throws IOException {
    Files.writeString(folder.resolve("report.html"), "years of work");
    Haltlab.Said said = new Haltlab().run("run", good.toString(), "--report", folder.resolve(name).toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    oneLine(said.err());
    assertThat(said.err()).contains(why);
    assertThat(said.out()).isEmpty();
    assertThat(folder.resolve("report.html")).hasContent("years of work");
  }

  @Test
  void built_in_plugins_are_listed_with_their_kinds() {
    assertThat(new Haltlab().run("plugins", "list").out())
        .containsPattern("haltPoll +adaptive +\\S+ +built-in").containsPattern("haltPoll +linux-5\\.4 ")
        .containsPattern("idle +nohz ")
        .containsPattern("workload +tcp-rr ").containsPattern("cpu +ivy-bridge ");
    assertThat(new Haltlab().run("plugins", "list", "--format", "json").out())
        .contains("\"plugins\": [", "\"id\": \"oracle\"", "\"unusable\": []");
  }

  @Test
  void a_file_that_is_no_plugin_is_listed_with_the_reason() throws IOException {
    Path jar = Files.writeString(folder.resolve("x.jar"), "no jar");
    Haltlab.Said said = new Haltlab().env("HALTLAB_PLUGINS", jar.toString()).run("plugins", "list");
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).contains("Unusable:", jar + ": not a jar");
    Haltlab.Said describe = new Haltlab().run("plugins", "describe", "x", "--plugins", folder.toString());
    assertThat(describe.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(describe.err()).contains("cannot be used", "not a jar");
  }

  @ParameterizedTest
  @CsvSource({
      "adaptive, 'max +time, such as 10us +200us'", "tcp-rr, 'messageBytes +bytes'", "ivy-bridge, 'clock +frequency'",
      "halt, 'Nothing to set'", "program, 'tasks +map'"})
  void a_plugin_is_described_with_its_keys_types_and_defaults(String id, String expected) {
    Haltlab.Said said = new Haltlab().run("plugins", "describe", id);
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).containsPattern(expected).contains("built-in");
  }

  @Test
  void an_unknown_plugin_is_one_line() {
    Haltlab.Said said = new Haltlab().run("plugins", "describe", "nothing");
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    oneLine(said.err());
  }

  @Test
  void shipped_scenarios_are_listed_by_their_first_comment() throws IOException {
    Files.copy(good, Files.createDirectories(folder.resolve("home/config/scenarios")).resolve("small.yaml"));
    assertThat(new Haltlab().property("haltlab.home", folder.resolve("home")).run("init").out())
        .isEqualTo("small  A scenario for tests.\n");
  }

  @Test
  void an_unknown_scenario_is_one_line_that_names_the_known_ones() throws IOException {
    Files.copy(good, Files.createDirectories(folder.resolve("home/config/scenarios")).resolve("small.yaml"));
    Haltlab.Said said = new Haltlab().property("haltlab.home", folder.resolve("home")).run("init", "big");
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    oneLine(said.err());
    assertThat(said.err()).contains("small");
  }

  @Test
  void a_closed_pipe_ends_quietly() {
    OutputStream closed = new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("Broken pipe");
      }
    };
    for (String command : new String[] {"plugins list", "--help"}) {
      Haltlab.Said said = new Haltlab().run(closed, command.split(" "));
      assertThat(said.code()).isEqualTo(ExitCode.DONE);
      assertThat(said.err()).isEmpty();
    }
  }

  @Test
  void a_full_disk_is_no_success() {
    OutputStream full = new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("No space left on device");
      }
    };
    Haltlab.Said said = new Haltlab().run(full, "plugins", "list");
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    oneLine(said.err());
  }
}
