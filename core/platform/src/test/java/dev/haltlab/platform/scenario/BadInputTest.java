package dev.haltlab.platform.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins that each mistake is one clear problem with its place and what to do, and never an exception or a guess. */
final class BadInputTest {
  private static final String GOOD = """
      scenario: s
      host:
        cpu: ivy-bridge
        pcpus: 4
      haltPoll:
        use: fixed
        window: 50us
      vms:
        rr:
          vcpus: 2
          pin: [0, 1]
          workload:
            use: tcp-rr
            clientWork: 3us
      run:
        for: 1s
      """;

  @TempDir private Path folder;

  static Stream<Arguments> mistakes() {
    return Stream.of(
        // what is wrong, replaced text, by what, the problem
        mistake("an unknown key", "window: 50us", "windw: 50us",
            "7:3: haltPoll.windw: unknown key (did you mean window?)"),
        mistake("a key like no other", "window: 50us", "colour: red",
            "7:3: haltPoll.colour: unknown key (there are: window)"),
        mistake("an unknown key at the top", "run:\n", "runs:\n", "15:1: runs: unknown key (did you mean run?)"),
        mistake("a wrong type", "vcpus: 2", "vcpus: two",
            "10:12: vms.rr.vcpus: expected a whole number, found 'two' (write a number such as 4)"),
        mistake("a fraction", "vcpus: 2", "vcpus: 2.0",
            "10:12: vms.rr.vcpus: expected a whole number, found the number 2.0 (write it without a point)"),
        mistake("an octal", "vcpus: 2", "vcpus: 02",
            "10:12: vms.rr.vcpus: expected a whole number, found '02' (write a number such as 4)"),
        mistake("a huge number", "vcpus: 2", "vcpus: 2e99999999",
            "10:12: vms.rr.vcpus: the number 2e99999999 is out of range (-2147483648 to 2147483647)"),
        mistake("a number out of range", "vcpus: 2\n    pin: [0, 1]", "vcpus: 5000",
            "10:12: vms.rr.vcpus: must be 1 to 1024, was 5000"),
        mistake("a mapping for a scalar", "vcpus: 2", "vcpus: {a: 1}",
            "10:12: vms.rr.vcpus: expected a whole number, found a mapping of keys (write a number such as 4)"),
        mistake("a scalar for a mapping", "run:\n  for: 1s", "run: 1s",
            "15:6: run: expected a mapping, found '1s' (its keys are: for, warmup, replications)"),
        mistake("a scalar for a list", "pin: [0, 1]", "pin: 0",
            "11:10: vms.rr.pin: expected a list, found the number 0 (write [0])"),
        mistake("a text for a boolean", "vcpus: 2", "vcpus: 2\n    watchdog: yes",
            "11:15: vms.rr.watchdog: expected true or false, found 'yes' (write true or false)"),
        mistake("a number for a text", "scenario: s", "scenario: 7",
            "1:11: scenario: expected text, found the number 7 (write it quoted: \"7\")"),
        mistake("a name that cannot be a name", "scenario: s", "scenario: a/b",
            "1:11: scenario: the name 'a/b' cannot be used (names are letters, digits, - and _)"),
        mistake("a missing unit", "window: 50us", "window: 50",
            "7:11: haltPoll.window: the time 50 has no unit (write 50us (units: ns, us, ms, s))"),
        mistake("an unknown unit", "window: 50us", "window: 50min",
            "7:11: haltPoll.window: unknown unit in the time '50min' (units are ns, us, ms, s)"),
        mistake("a negative time", "window: 50us", "window: -50us",
            "7:11: haltPoll.window: a time must not be negative, was -50us"),
        mistake("a time beyond a long", "window: 50us", "window: 99999999999999999999s",
            "7:11: haltPoll.window: the time 99999999999999999999s is too long (the longest is 292 years)"),
        mistake("a time below the nanosecond", "window: 50us", "window: 0.5ns",
            "7:11: haltPoll.window: the time 0.5ns is finer than 1ns (round it)"),
        mistake("a simulated time of nothing", "for: 1s", "for: 0", "16:8: run.for: must be more than 0"),
        mistake("a distribution that is none", "clientWork: 3us", "clientWork: {gaussian: 3us}",
            "14:20: vms.rr.workload.clientWork.gaussian: unknown key (there are: exponential, uniform, quantiles)"),
        mistake("a distribution of two", "clientWork: 3us", "clientWork: {exponential: 3us, uniform: [1us, 2us]}",
            "14:19: vms.rr.workload.clientWork: expected one of exponential, uniform, quantiles "
                + "(write {exponential: 100us})"),
        mistake("a distribution upside down", "clientWork: 3us", "clientWork: {uniform: [2us, 1us]}",
            "14:19: vms.rr.workload.clientWork: to must not be less than the one before it "
                + "(give the times in increasing order)"),
        mistake("a cost without its quantiles", "cpu: ivy-bridge",
            "cpu: {use: ivy-bridge, steps: {coldWake: {min: 1us}}}", 4,
            "3:44: host.cpu.steps.coldWake.p50: is missing (keys without a default: min, p50, p90, p99, max)",
            "3:44: host.cpu.steps.coldWake.p90: is missing (keys without a default: min, p50, p90, p99, max)",
            "3:44: host.cpu.steps.coldWake.p99: is missing (keys without a default: min, p50, p90, p99, max)",
            "3:44: host.cpu.steps.coldWake.max: is missing (keys without a default: min, p50, p90, p99, max)"),
        mistake("an unknown step", "cpu: ivy-bridge", "cpu: {use: ivy-bridge, steps: {coldWalk: 1us}}",
            "3:34: host.cpu.steps.coldWalk: unknown key (did you mean coldWake?)"),
        mistake("a bad enum value", "cpu: ivy-bridge", "cpu: {use: ivy-bridge, features: [virtualEio]}",
            "3:37: host.cpu.features[0]: expected one of virtualEoi, pvEoi, postedInterrupts, hostMwaitIdle, "
                + "preemptionTimer, ipiVirtualization, avic, idleHlt, postedTimer; found 'virtualEio' (did you mean virtualEoi?)"),
        mistake("an unknown idle governor", "cpu: ivy-bridge", "cpu: ivy-bridge\n  idleGovernor: laddr",
            "4:17: host.idleGovernor: expected one of average, ladder, deepest; found 'laddr' (did you mean ladder?)"),
        mistake("a pause that TPAUSE does not take", "cpu: ivy-bridge", "cpu: ivy-bridge\n  tpause: 1ms",
            "4:11: host.tpause: must be at most 100us, was 1000000ns"),
        mistake("an enum value twice", "cpu: ivy-bridge", "cpu: {use: ivy-bridge, features: [pvEoi, pvEoi]}",
            "3:44: host.cpu.features[1]: 'pvEoi' is listed twice (remove one)"),
        mistake("a timer that is none", "vcpus: 2", "vcpus: 2\n    apicTimer: tsc",
            "11:16: vms.rr.apicTimer: expected one of oneShot, tscDeadline; found 'tsc'"),
        mistake("nothing that can be passed through", "vcpus: 2", "vcpus: 2\n    passThrough: [hlt, pause]",
            "11:24: vms.rr.passThrough[1]: expected one of hlt, mwait; found 'pause'"),
        mistake("MWAIT that is not passed through", "vcpus: 2",
            "vcpus: 2\n    passThrough: [hlt]\n    idle: { use: menu, states: [{ name: C1, kind: mwait, exitLatency: 1us, residency: 1us }] }",
            "12:18: vms.rr.idle.use: the idle policy 'menu' has the MWAIT state C1, and MWAIT is not passed through to VM"
                + " 'rr' (set vms.rr.passThrough: [hlt, mwait], which is QEMU's -overcommit cpu-pm=on)"),
        mistake("idle states upside down", "vcpus: 2",
            "vcpus: 2\n    idle:\n      use: teo\n      states:\n        - { name: C6, kind: hlt, exitLatency: 9us, residency: 9us }\n"
                + "        - { name: C1, kind: hlt, exitLatency: 1us, residency: 1us }",
            "15:11: vms.rr.idle.states[1]: must not be shallower than the state before it: exit latencies and residencies"
                + " rise"),
        mistake("a version that is a number", "cpu: ivy-bridge", "cpu: ivy-bridge\n  kernel: 3.10",
            "4:11: host.kernel: expected a kernel version, found the number 3.10 "
                + "(write it quoted: \"3.10\"; unquoted, 3.10 is the number 3.1)"),
        mistake("a version that is none", "cpu: ivy-bridge", "cpu: ivy-bridge\n  kernel: newest",
            "4:11: host.kernel: expected a kernel version, found 'newest' (write it quoted, as \"6.11\")"),
        mistake("a rule of a kernel without one", "use: fixed\n  window: 50us", "use: adaptive\n  kernel: \"3.19\"",
            "7:11: haltPoll.kernel: must be 4.0 or later, was 3.19: before, KVM did not poll, as with haltPoll: off"),
        mistake("a rule of a kernel to come", "use: fixed\n  window: 50us", "use: adaptive\n  kernel: \"8.0\"",
            "7:11: haltPoll.kernel: must be 4.0 to 7.x, was 8.0: its rule is not known; the newest known is 7.1"),
        mistake("another kernel's release", "use: fixed\n  window: 50us", "use: linux-5.4\n  kernel: \"5.10\"",
            "7:11: haltPoll.kernel: must be 5.4 or one of its stable releases, was 5.10; use: adaptive takes any version"),
        mistake("a change of nothing", "use: fixed\n  window: 50us", "use: adaptive\n  changes:\n    - at: 1ms",
            "8:11: haltPoll.changes[0].at: needs at least one of max, grow, growStart, shrink, cap beside it"),
        mistake("a frequency without unit", "cpu: ivy-bridge", "cpu: {use: ivy-bridge, clock: 2600}",
            "3:33: host.cpu.clock: expected a frequency, found the number 2600 (write 2.6GHz)"),
        mistake("a negative size", "clientWork: 3us", "messageBytes: -1",
            "14:21: vms.rr.workload.messageBytes: a size must not be negative, was -1"),
        mistake("an unknown plugin", "use: fixed", "use: fixd",
            "6:8: haltPoll.use: there is no halt-poll strategy 'fixd' (did you mean fixed?)"),
        mistake("a plugin that is nothing like any", "use: tcp-rr\n      clientWork: 3us", "use: doom",
            "13:12: vms.rr.workload.use: there is no guest workload 'doom' "
                + "(there are: background, event-objects, idle, ipi-latency, memcache, program, tcp-rr)"),
        mistake("an unknown host CPU", "cpu: ivy-bridge", "cpu: ivybridge",
            "3:8: host.cpu: there is no host CPU profile 'ivybridge' (did you mean ivy-bridge?)"),
        mistake("a host CPU outside the folder", "cpu: ivy-bridge", "cpu: ../ivy-bridge",
            "3:8: host.cpu: there is no host CPU profile '../ivy-bridge' (did you mean ivy-bridge?)"),
        mistake("a plugin that is a number", "use: fixed\n  window: 50us", "use: 7",
            "6:8: haltPoll.use: expected a plugin's id, found the number 7 (write use: and an id)"),
        mistake("a slot without a plugin", "use: fixed\n", "",
            "6:5: haltPoll.use: is missing (write use: adaptive)"),
        mistake("a missing workload", "    workload:\n      use: tcp-rr\n      clientWork: 3us\n", "",
            "10:5: vms.rr.workload: is missing (keys without a default: workload)"),
        mistake("a missing host CPU", "  cpu: ivy-bridge\n", "",
            "3:3: host.cpu: is missing (keys without a default: cpu)"),
        mistake("no host", "host:\n  cpu: ivy-bridge\n  pcpus: 4\n", "",
            "1:1: host.cpu: is missing (keys without a default: cpu)"),
        mistake("no VMs at all", GOOD.substring(GOOD.indexOf("vms:"), GOOD.indexOf("run:")), "",
            "1:1: vms: is missing (keys without a default: scenario, vms)"),
        mistake("no VMs", GOOD.substring(GOOD.indexOf("vms:"), GOOD.indexOf("run:")), "vms: {}\n",
            "8:6: vms: names no VM (a scenario needs at least one)"),
        mistake("a plugin's own refusal", "clientWork: 3us", "wheelTimersPerSecond: -7",
            "14:29: vms.rr.workload.wheelTimersPerSecond: must be 0 to 1000000, was -7"),
        mistake("too few pCPUs pinned", "pin: [0, 1]", "pin: [0]",
            "11:10: vms.rr.pin: must name one pCPU for each of the 2 vCPUs, it names 1"),
        mistake("a pCPU that is not there", "pin: [0, 1]", "pin: [0, 4]",
            "11:14: vms.rr.pin[1]: there is no pCPU 4 (the host has pCPUs 0 to 3)"),
        mistake("a negative pCPU", "pin: [0, 1]", "pin: [0, -1]",
            "11:14: vms.rr.pin[1]: there is no pCPU -1 (the host has pCPUs 0 to 3)"),
        mistake("a host task on no pCPU", "pcpus: 4", "pcpus: 4\n  tasks: {t: {pcpu: 9, period: 1ms, burst: 1us}}",
            "5:21: host.tasks.t.pcpu: there is no pCPU 9 (the host has pCPUs 0 to 3)"),
        mistake("a host task without a burst", "pcpus: 4", "pcpus: 4\n  tasks: {t: {period: 1ms}}",
            "5:14: host.tasks.t.burst: is missing (keys without a default: period, burst)"),
        mistake("native without pins", "    pin: [0, 1]\n", "    # not pinned\nnative: true\n".substring(0, 17),
            "native: true\n", "1:9: native: native needs each vCPU of 'rr' pinned to a pCPU of its own "
                + "(give vms.rr.pin, as [0, 1])"),
        mistake("native on one pCPU", "pin: [0, 1]", "pin: [2, 2]",
            "native: true\n", "1:9: native: native needs each vCPU of 'rr' pinned to a pCPU of its own "
                + "(give vms.rr.pin, as [0, 1])"),
        mistake("native with two VMs", "run:", "  other: {pin: [3], workload: idle}\nrun:",
            "native: true\n", "1:9: native: native needs exactly one VM, there are 2"),
        mistake("a measured VM that is not there", "run:", "measure: rx\nrun:",
            "15:10: measure: there is no VM 'rx' (did you mean rr?)"),
        mistake("an idle state that is not there", "pcpus: 4", "pcpus: 4\n  deepestCState: C9",
            "5:18: host.deepestCState: this CPU has no idle state 'C9' (did you mean C1?)"),
        mistake("a workload that needs more vCPUs",
            "use: tcp-rr\n      clientWork: 3us", "use: program\n      tasks: {t: {vcpu: 2, forever: [compute: 1us]}}",
            "14:14: vms.rr.workload.tasks: 't' is placed on vCPU 2, the VM has 0 to 1"),
        mistake("a name with a point", "  rr:", "  r.r:",
            "9:3: vms.r.r: the name 'r.r' cannot be used (names are letters, digits, - and _)"),
        mistake("a duplicate key", "pcpus: 4", "pcpus: 4\n  cpu: haswell",
            "5:3: host.cpu: duplicate key (the first one is in line 3)"),
        mistake("an alias", "pcpus: 4", "pcpus: &n 4\n  hz: *n",
            "5:7: host.hz: aliases (*name) are not used here (write the value out)"),
        mistake("an anchor", "pcpus: 4", "pcpus: &n 4",
            "4:10: host.pcpus: anchors (&name) are not used here (remove it)"),
        mistake("a recursive alias", "pin: [0, 1]", "pin: &p [0, *p]",
            "11:17: vms.rr.pin[1]: aliases (*name) are not used here (write the value out)"),
        mistake("a merge key", "pcpus: 4", "pcpus: 4\n  <<: {hz: 100}",
            "5:3: host: merge keys (<<) are not used here (write the keys out)"),
        mistake("a tag", "pcpus: 4", "pcpus: !!int 4",
            "4:10: host.pcpus: tags (!!int) are not used here (remove it; the key decides the type)"),
        mistake("a null", "pcpus: 4", "pcpus: null",
            "4:10: host.pcpus: has no value (give it a value or leave the key out)"),
        mistake("an empty value", "pcpus: 4", "pcpus:",
            "4:3: host.pcpus: has no value (give it a value or leave the key out)"),
        mistake("a key that is no text", "pcpus: 4", "pcpus: 4\n  7: 8",
            "5:3: host: the key 7 is not text (write it quoted: \"7\")"),
        mistake("a key that is a list", "pcpus: 4", "pcpus: 4\n  ? [a]\n  : b",
            "5:5: host: a key must be text, not a mapping or list (is a quote or a colon missing?)"),
        mistake("a second document", "run:", "---\nrun:",
            "15:1: a second document starts here (keep one document in a file)"),
        mistake("a tab", "  pcpus: 4", "\tpcpus: 4", "4:1: not YAML: a tab cannot indent (use spaces)"),
        mistake("a bracket that is not closed", "pin: [0, 1]", "pin: [0, 1",
            "12:13: not YAML: expected ',' or ']', but got : (while parsing a flow sequence that starts in line 11)"),
        mistake("a control character", "scenario: s", "scenario: \u0001s",
            "1:11: not YAML: the character U+0001 is not allowed (is it a text file?)"),
        mistake("deep nesting", "pcpus: 4", "pcpus: " + "[".repeat(10_000),
            "4:72: host.pcpus" + "[0]".repeat(62)
                + ": nested deeper than 64 levels (nothing in a scenario is that deep)"),
        mistake("compare without variants", "run:", "compare: {}\nrun:",
            "15:10: compare: names no variant (name one or leave compare out)"),
        mistake("a variant that is a text", "run:", "compare: {off: off}\nrun:",
            "15:16: compare.off: expected the keys that this variant changes, found 'off' (write {} for no change)"),
        mistake("a null in a variant", "run:", "compare: {a: {haltPoll: ~}}\nrun:",
            "15:25: compare.a.haltPoll: has no value (give it a value or leave the key out)"),
        mistake("a variant with a seed of its own", "run:", "compare: {a: {seed: 4}}\nrun:",
            "15:15: compare.a.seed: cannot differ between variants (set it once for the scenario)"),
        mistake("a variant of replications", "run:", "compare: {a: {run: {replications: 4}}}\nrun:",
            "15:21: compare.a.run.replications: cannot differ between variants (set it once for the scenario)"),
        mistake("a variant of a VM that is not there", "run:", "compare: {a: {vms: {rx: {vcpus: 1}}}}\nrun:",
            "15:21: compare.a.vms.rx: there is no VM 'rx' (did you mean rr?)"),
        mistake("a slip in one variant of two", "run:", "compare: {a: {}, b: {haltPoll: {windw: 1us}}}\nrun:",
            "15:33: compare.b.haltPoll.windw: unknown key (did you mean window?)"),
        mistake("a slip in what all variants replace", "window: 50us", "windw: 50us\ncompare: {a: {haltPoll: off}}",
            "7:3: haltPoll.windw: unknown key (did you mean window?)"));
  }

  private static Arguments mistake(String what, String replaced, String by, String problem) {
    return mistake(what, replaced, by, 1, problem);
  }

  private static Arguments mistake(String what, String replaced, String by, String before, String problem) {
    return Arguments.of(what, before + good(replaced, by), List.of(problem));
  }

  private static Arguments mistake(String what, String replaced, String by, int count, String... problems) {
    assertThat(problems).hasSize(count);
    return Arguments.of(what, good(replaced, by), List.of(problems));
  }

  private static String good(String replaced, String by) {
    assertThat(GOOD).contains(replaced);
    return GOOD.replace(replaced, by);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void aMistakeIsOneProblemWithItsPlace(String what, String yaml, List<String> expected) throws IOException {
    Path file = Files.writeString(folder.resolve("s.yaml"), yaml);
    List<String> lines = new ArrayList<>();
    for (Problem problem : problems(file)) {
      assertThat(problem.toString()).doesNotContain("\n");
      lines.add(problem.toString().replace(file + ":", ""));
    }
    assertThat(lines.stream().map(String::strip)).containsExactlyElementsOf(expected);
  }

  @Test
  void theScenarioThatTheMistakesAreMadeInIsGood() throws IOException, ProblemsException {
    assertThat(plan(Files.writeString(folder.resolve("s.yaml"), GOOD)).variants()).hasSize(1);
  }

  @Test
  void severalMistakesAreAllReportedInTheOrderOfTheFile() throws IOException {
    Path file = Files.writeString(
        folder.resolve("s.yaml"),
        GOOD.replace("window: 50us", "windw: 50us").replace("clientWork: 3us", "clientWork: 3")
            .replace("vcpus: 2", "vcpus: two").replace("for: 1s", "for: *x"));
    assertThat(problems(file)).extracting(Problem::line).containsExactly(7, 10, 14, 16);
  }

  @Test
  void aFileThatIsNotThereIsAProblem() {
    Path file = folder.resolve("none.yaml");
    assertThat(problems(file)).extracting(Problem::toString).containsExactly(file + ": no such file");
  }

  @Test
  void aFolderIsAProblem() {
    assertThat(problems(folder)).extracting(Problem::toString)
        .containsExactly(folder + ": is a directory (name a YAML file)");
  }

  @Test
  void aDeviceIsNotRead() {
    Path device = Path.of("/dev/zero");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(device));
    assertThat(problems(device)).extracting(Problem::message).containsExactly("is not a regular file");
  }

  @Test
  void aGigabyteIsRefusedByItsSize() throws IOException {
    Path file = folder.resolve("huge.yaml");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 30);
    }
    assertThat(problems(file)).extracting(Problem::toString)
        .containsExactly(file + ": is too large: 1073741824 bytes (the limit is 1 MiB)");
  }

  @Test
  void emptyFilesAreAProblemEach() throws IOException {
    for (String text : List.of("", "\n\n", "# a comment\n", "---\n", "\uFEFF")) {
      Path file = Files.writeString(folder.resolve("empty.yaml"), text);
      assertThat(problems(file)).singleElement().extracting(Problem::message).isEqualTo("is empty");
    }
  }

  @Test
  void whatIsNoMappingIsNoScenario() throws IOException {
    for (String text : List.of("hello", "- a\n- b\n", "42", "%PDF-1.4 things")) {
      Path file = Files.writeString(folder.resolve("other.yaml"), text);
      assertThat(problems(file)).hasSize(1);
    }
  }

  @Test
  void bytesThatAreNotUtf8AreAProblemWithTheirLine() throws IOException {
    byte[] latin = "scenario: s\n# f\u00fcr\n".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(folder.resolve("latin.yaml"), latin);
    assertThat(problems(file)).extracting(Problem::toString)
        .containsExactly(file + ":2:4: is not UTF-8 (save it as UTF-8 text)");
  }

  @Test
  void aByteOrderMarkIsFine() throws IOException, ProblemsException {
    assertThat(plan(Files.writeString(folder.resolve("s.yaml"), "\uFEFF" + GOOD)).scenario()).isEqualTo("s");
  }

  @Test
  void aPlanIsNeverMadeOfABadFile() {
    assertThatThrownBy(() -> plan(folder.resolve("none.yaml"))).isInstanceOf(ProblemsException.class);
  }

  private static Plan plan(Path file) throws ProblemsException {
    return new Planner(Plugins.builtIn())
        .plan(new PlanRequest(file, List.of(), OptionalLong.empty(), OptionalInt.empty()));
  }

  private static List<Problem> problems(Path file) {
    ProblemsException e = catchThrowableOfType(ProblemsException.class, () -> plan(file));
    return e == null ? List.of() : e.problems();
  }
}
