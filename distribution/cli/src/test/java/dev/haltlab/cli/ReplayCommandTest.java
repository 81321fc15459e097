package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins what a script that verifies recordings relies on: exit codes, results on standard output, troubles not. */
class ReplayCommandTest {
  private static final String HEAD = "# haltlab kernel=6.18.44\n# haltlab halt_poll_ns=200000\n";
  private static final String HALTS = """
       CPU 0/KVM-114   [000] .....  6.000100: kvm_vcpu_wakeup: wait time 300000 ns, polling valid
       CPU 0/KVM-114   [000] .....  6.000300: kvm_halt_poll_ns: vcpu 0: halt_poll_ns 10000 (grow 0)
       CPU 0/KVM-114   [000] .....  6.000300: kvm_vcpu_wakeup: wait time 150000 ns, polling valid
      """;

  @TempDir Path folder;
  private Path good;
  private Path wrong;

  @BeforeEach
  void write() throws IOException {
    good = Files.writeString(folder.resolve("good.txt"), HEAD + HALTS);
    wrong = Files.writeString(folder.resolve("wrong.txt"), HEAD + HALTS.replace("10000 (grow", "20000 (grow"));
  }

  private static Haltlab.Said replay(Object... args) {
    String[] all = new String[args.length + 1];
    all[0] = "replay";
    for (int i = 0; i < args.length; i++) {
      all[i + 1] = args[i].toString();
    }
    return new Haltlab().run(all);
  }

  @Test
  void agreement_is_exit_code_0_and_a_table() {
    Haltlab.Said said = replay("--verify", good);
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).containsPattern("6\\.18\\.44 +adaptive +2 +0 +1 +0 +\\S*good\\.txt")
        .contains("1 decisions compared, 0 mismatches");
  }

  @Test
  void a_difference_is_exit_code_1_only_where_it_was_asked_for() {
    assertThat(replay(wrong).code()).isEqualTo(ExitCode.DONE);
    Haltlab.Said said = replay("--verify", good, wrong);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains(wrong + ":4: first mismatch: CPU 0/KVM-114, blocked for 150000 ns: the kernel's"
        + " window 0 -> 20000, the rule's window 0 -> 10000");
  }

  @Test
  void options_win_over_the_recording() {
    assertThat(replay("--verify", good, "--grow-start", "20us").code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(replay("--verify", wrong, "--grow-start", "20us").code()).isEqualTo(ExitCode.DONE);
    assertThat(replay("--verify", wrong, "--grow-start", "20000").code()).isEqualTo(ExitCode.DONE);
    assertThat(replay("--verify", good, "--max", "100us").code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(replay("--verify", good, "--cap", "100us").code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(replay("--verify", good, "--no-poll").code()).isEqualTo(ExitCode.PROBLEMS);
  }

  @Test
  void json_names_file_rule_and_counts() {
    Haltlab.Said said = replay(good, wrong, "--format", "json");
    assertThat(said.out()).startsWith("{").contains(
        "\"files\": [", "\"file\": \"" + good + "\"", "\"kernel\": \"6.18.44\"", "\"rule\": \"adaptive\"",
        "\"halts\": 2", "\"decisions\": 1", "\"mismatches\": 0", "\"mismatches\": 1", "\"firstMismatch\": {");
  }

  @Test
  void a_line_that_cannot_be_read_is_told_with_its_place_and_is_a_problem() throws IOException {
    Path damaged = Files.writeString(
        folder.resolve("damaged.txt"), HEAD + "Dear all,\n" + HALTS.replace("vcpu 0: halt_poll_ns", "vcpu 0 new"));
    Haltlab.Said said = replay(damaged);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err().lines()).hasSize(2).allMatch(line -> line.startsWith(damaged + ":"));
    assertThat(said.err())
        .contains(damaged + ":3: not a line of a trace: 'Dear all,'", damaged + ":5: kvm_halt_poll_ns: ");
    assertThat(said.out()).contains("damaged.txt");
  }

  @Test
  void a_truncated_file_is_told() throws IOException {
    byte[] bytes = (HEAD + HALTS).getBytes(StandardCharsets.UTF_8);
    Path cut = Files.write(folder.resolve("cut.txt"), Arrays.copyOf(bytes, bytes.length - 12));
    Haltlab.Said said = replay(cut);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err()).contains(cut + ":5: the file ends in the middle of this line");
  }

  @Test
  void a_recording_without_halts_is_said_to_be_one() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.txt"), HEAD + "# tracer: nop\n");
    Haltlab.Said said = replay("--verify", empty);
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.err().strip()).startsWith(empty + ": no halts in it").doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone.txt", "."})
  void a_file_that_cannot_be_read_does_not_stop_the_others(String name) {
    Path bad = folder.resolve(name);
    Haltlab.Said said = replay(bad, good);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err().strip()).startsWith(bad + ": ").doesNotContain("\n");
    assertThat(said.out()).contains("good.txt");
  }

  @Test
  void trials_are_shown_beside_the_bound_with_what_a_replay_cannot_know() {
    Haltlab.Said said = replay(good, "--strategy", "off", "--strategy", "{use: fixed, window: 50us}");
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("What if", "recorded", "off", "{use: fixed, window: 50us}", "oracle (bound)",
        "--wake-latency", "The load is taken as it was");
    assertThat(replay(good, "--strategy", "off", "--wake-latency", "45us").out())
        .contains("45.0 us, as given").doesNotContain("--wake-latency");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "replay", "replay x.txt --max many", "replay x.txt --max 5000000000", "replay x.txt --kernel six",
      "replay x.txt --wake-latency soon", "replay x.txt --max 0.5ns"})
  void a_wrong_command_line_is_exit_code_2(String args) {
    Haltlab.Said said = new Haltlab().run(args.split(" "));
    assertThat(said.code()).isEqualTo(ExitCode.USAGE);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).startsWith("haltlab: ");
  }

  @Test
  void a_kernel_whose_rule_is_another_is_refused_or_followed_but_not_ignored() {
    Haltlab.Said said = replay(good, "--kernel", "4.19", "--rule", "adaptive");
    assertThat(said.code() == ExitCode.PROBLEMS ? said.err() : said.out()).contains("4.19");
  }

  @Test
  void a_rule_that_is_not_there_is_named() {
    Haltlab.Said said = replay(good, "--rule", "adptive");
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err().strip()).contains("--rule", "did you mean adaptive?").doesNotContain("\n");
    assertThat(replay(good, "--reader", "ftrac").err()).contains("ftrace, perf-script, trace-cmd");
  }
}
