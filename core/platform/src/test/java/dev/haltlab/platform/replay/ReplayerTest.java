package dev.haltlab.platform.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.trace.PluginFault;
import dev.haltlab.trace.TraceFile;
import dev.haltlab.trace.Troubles.Trouble;
import dev.haltlab.trace.UnreadableTraceException;
import dev.haltlab.trace.replay.Parameter;
import dev.haltlab.trace.replay.WhatIf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: a recording of a real kernel in which the built-in rules decide otherwise than the kernel did, in any of the
 * formats; and a replay that could not tell.
 */
public class ReplayerTest {
  private static final Pattern LINE = Pattern.compile(
      "\\s*(?<comm>.+)-(?<pid>\\d+)\\s+\\[(?<cpu>\\d+)]\\s+\\S+\\s+(?<time>\\d+\\.\\d+): (?<event>\\w+): "
          + "(?<payload>.*)");

  private static final ReplayRequest AS_RECORDED = request(Map.of(), false);

  private static ReplayRequest request(Map<Parameter, Long> said, boolean running) {
    return new ReplayRequest(
        said, null, running, null, ReplayRequest.HOST_RULE, ReplayRequest.GUEST_RULE, List.of(), OptionalLong.empty());
  }

  private static ReplayRequest heldAgainst(String rule) {
    return new ReplayRequest(
        Map.of(), null, false, null, rule, ReplayRequest.GUEST_RULE, List.of(), OptionalLong.empty());
  }

  private static Replayed replay(TraceFile file, ReplayRequest request) {
    return replay(Catalogs.load(new CatalogRequest(List.of())), file, request);
  }

  private static Replayed replay(Catalog catalog, TraceFile file, ReplayRequest request) {
    try {
      return new Replayer(catalog, request).replay(file);
    } catch (UnreadableTraceException | ProblemsException e) {
      throw new AssertionError(e);
    }
  }

  private static Replayed.Part only(Replayed replayed) {
    assertThat(replayed.parts()).hasSize(1);
    return replayed.parts().get(0);
  }

  static Stream<Path> hostRecordings() {
    return Recordings.host().stream();
  }

  static Stream<Path> guestRecordings() {
    return Recordings.guest().stream();
  }

  // ---- agreement

  @ParameterizedTest
  @MethodSource("hostRecordings")
  void theHostsRuleDecidesAsTheKernelDid(Path file) {
    Replayed replayed = replay(TraceFile.of(file), AS_RECORDED);
    Replayed.Part part = only(replayed);
    assertThat(replayed.format()).isEqualTo("ftrace");
    assertThat(part.rule()).isEqualTo("adaptive");
    assertThat(part.firstMismatch()).isEmpty();
    assertThat(part.mismatches()).isZero();
    assertThat(part.unverified()).isZero();
    assertThat(part.halts()).isGreaterThan(100);
    assertThat(replayed.troubles().first()).isEmpty();
    long traced = Recordings.lines(file).stream().filter(line -> line.contains(": kvm_halt_poll_ns: ")).count();
    assertThat(part.decisions()).as("every traced decision was compared").isEqualTo(traced);
  }

  @ParameterizedTest
  @MethodSource("guestRecordings")
  void theGuestsRuleDecidesAsTheKernelDid(Path file) {
    Replayed replayed = replay(TraceFile.of(file), AS_RECORDED);
    Replayed.Part part = only(replayed);
    assertThat(part.guest()).isTrue();
    assertThat(part.rule()).isEqualTo("haltpoll");
    assertThat(part.firstMismatch()).isEmpty();
    assertThat(part.mismatches()).isZero();
    long traced = Recordings.lines(file).stream().filter(line -> line.contains(": guest_halt_poll_ns: ")).count();
    assertThat(part.decisions()).as("every traced decision was compared").isEqualTo(traced).isPositive();
  }

  @Test
  void aRecordingWithoutAHeadTakesItsParametersFromTheUser() {
    List<String> bare = Recordings.lines(Recordings.host("n-hp5000-gstart10000-mixwide")).stream()
        .filter(line -> !line.startsWith("#")).toList();
    Map<Parameter, Long> said = new EnumMap<>(Parameter.class);
    said.put(Parameter.MAX, 5_000L);
    said.put(Parameter.GROW_START, 10_000L);
    assertThat(only(replay(Recordings.of(bare), request(said, false))).mismatches()).isZero();
    assertThat(only(replay(Recordings.of(bare), AS_RECORDED)).mismatches()).as("with default parameters").isPositive();
  }

  @Test
  void whatTheHeadLeavesOutIsTheRecordingKernelsDefault() {
    List<String> lines = Recordings.lines(Recordings.host("n-shrink0-exp200us")).stream()
        .filter(line -> !line.startsWith("# haltlab shrink=")).toList();
    assertThat(only(replay(Recordings.of(lines), AS_RECORDED)).mismatches()).as("0 until Linux 6.10").isZero();
    ReplayRequest newer = new ReplayRequest(
        Map.of(), "6.11", false, null, ReplayRequest.HOST_RULE, ReplayRequest.GUEST_RULE, List.of(),
        OptionalLong.empty());
    assertThat(only(replay(Recordings.of(lines), newer)).mismatches()).as("2 since Linux 6.11").isPositive();
  }

  // ---- disagreement

  @ParameterizedTest
  @CsvSource({
      "h-default-edge150_210us, MAX, 180000", "n-default-mixwide, GROW, 3", "n-default-mixwide, GROW_START, 5000",
      "h-default-burst30x15us_off5ms, SHRINK, 0", "h-cap50000-ramp5_500us, CAP, 60000",
      "h-default-const100us, NO_POLL, 1"})
  void anyWrongParameterIsFound(String recording, Parameter parameter, long value) {
    Replayed.Part part =
        only(replay(TraceFile.of(Recordings.host(recording)), request(Map.of(parameter, value), false)));
    assertThat(part.mismatches()).isPositive();
    assertThat(part.firstMismatch()).hasValueSatisfying(first -> {
      assertThat(first.line()).isGreaterThan(20);
      assertThat(first.text()).contains("the kernel's window", "the rule's window").doesNotContain("\n");
    });
  }

  @ParameterizedTest
  @CsvSource({
      "g-contended-futex-haltpoll50000-two-cpu, MAX, 40000", "g-contended-pipe-haltpoll200000-two-cpu, GROW, 1",
      "g-contended-futex-haltpoll50000-two-cpu, ALLOW_SHRINK, 0", "g-contended-pipe-haltpoll200000-two-cpu, SHRINK, 4",
      "g-contended-futex-haltpoll50000-two-cpu, GROW_START, 20000"})
  void anyWrongParameterOfAGuestIsFound(String recording, Parameter parameter, long value) {
    Replayed.Part part =
        only(replay(TraceFile.of(Recordings.guest(recording)), request(Map.of(parameter, value), false)));
    assertThat(part.mismatches()).isPositive();
  }

  /** As the built-in rule but for one thing: it cuts growth back at once, as kernels before 6.1 did. */
  public static final class OldClamp implements HaltPollProvider<OldClamp.Config> {
    public record Config(Duration max, long grow, Duration growStart, long shrink) {}

    @Override
    public String id() {
      return "old-clamp";
    }

    @Override
    public Config defaults() {
      return new Config(Duration.ofNanos(200_000), 2, Duration.ofNanos(10_000), 2);
    }

    @Override
    public HaltPoll create(Config c, Seat seat) {
      return new HaltPoll() {
        private long window;

        @Override
        public long budget(long nowNs) {
          return window;
        }

        @Override
        public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
          long max = c.max().toNanos();
          if (haltNs > window && haltNs < max && window < max) {
            window = Math.min(max, Math.max(window * c.grow(), c.growStart().toNanos()));
          } else if (haltNs > max && window > 0) {
            window = window / c.shrink() < c.growStart().toNanos() ? 0 : window / c.shrink();
          }
        }

        @Override
        public long windowNs() {
          return window;
        }
      };
    }
  }

  private static Catalog with(Provider<?> more) {
    List<Provider<?>> all = new ArrayList<>(List.of(more));
    ServiceLoader.load(HaltPollProvider.class).forEach(all::add);
    ServiceLoader.load(IdlePolicyProvider.class).forEach(all::add);
    ServiceLoader.load(TraceReaderProvider.class).forEach(all::add);
    return Catalogs.of(all, "1", "test");
  }

  @Test
  void anotherKernelsRuleIsFoundOut() {
    ReplayRequest old = heldAgainst("old-clamp");
    Replayed.Part part = only(
        replay(with(new OldClamp()), TraceFile.of(Recordings.host("h-default-const100us")), old));
    assertThat(part.rule()).isEqualTo("old-clamp");
    assertThat(part.firstMismatch()).hasValueSatisfying(
        first -> assertThat(first.text()).contains("160000 -> 320000", "160000 -> 200000"));
  }

  @Test
  void aStrategyWithoutAWindowIsNoRule() {
    ReplayRequest off = heldAgainst("off");
    assertThatThrownBy(
            () -> new Replayer(with(new OldClamp()), off).replay(TraceFile.of(Recordings.host().get(0))))
        .isInstanceOf(UnreadableTraceException.class).hasMessageContaining("no window");
  }

  @Test
  void aGuestsChoiceOfStateIsHeldAgainstTheRuleToo() {
    List<String> lines = new ArrayList<>(Recordings.lines(Recordings.guest("g-contended-futex-haltpoll50000-two-cpu")));
    int at = 0;
    while (!lines.get(at).contains("(grow 0)")) {
      at++;
    }
    while (!lines.get(at).contains("cpu_idle: state=0")) {
      at++;
    }
    lines.set(at, lines.get(at).replace("state=0", "state=1"));
    int line = at + 1;
    assertThat(only(replay(Recordings.of(lines), AS_RECORDED)).firstMismatch()).hasValueSatisfying(first -> {
      assertThat(first.line()).isEqualTo(line);
      assertThat(first.text()).contains("the kernel's choice is to halt, the rule's choice is to poll");
    });
  }

  // ---- formats

  private interface Rewriting {
    String line(Matcher ftrace);
  }

  private static List<String> rewritten(Path file, Rewriting rewriting) {
    return Recordings.lines(file).stream()
        .map(line -> {
          Matcher m = LINE.matcher(line);
          return m.matches() ? rewriting.line(m) : line;
        }).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"n-changing-mixwide", "h-full-default-msi-exp100us"})
  void theSameEventsInAnotherFormatGiveTheSameOutcome(String recording) {
    Path file = Recordings.host(recording);
    Replayed.Part expected = only(replay(TraceFile.of(file), AS_RECORDED));
    Replayed perf = replay(Recordings.of(rewritten(file, m -> String.format(java.util.Locale.ROOT,
        "%16s %5s [%s]  %s: %s:%s: %s", m.group("comm"), m.group("pid"), m.group("cpu"), m.group("time"),
        m.group("event").startsWith("kvm") ? "kvm" : "sched", m.group("event"), m.group("payload")))), AS_RECORDED);
    assertThat(perf.format()).isEqualTo("perf-script");
    assertThat(only(perf)).isEqualTo(expected);
    List<String> traceCmd = new ArrayList<>(List.of("cpus=2"));
    traceCmd.addAll(rewritten(file, m -> String.format(java.util.Locale.ROOT,
        "%16s-%-5s [%s]  %s: %-20s %s", m.group("comm"), m.group("pid"), m.group("cpu"), m.group("time"),
        (m.group("event").startsWith("tracing") ? "print" : m.group("event")) + ":",
        (m.group("event").startsWith("tracing") ? "tracing_mark_write: " : "") + m.group("payload"))));
    Replayed cmd = replay(Recordings.of(traceCmd), AS_RECORDED);
    assertThat(cmd.format()).isEqualTo("trace-cmd");
    assertThat(only(cmd).mismatches()).isZero();
    assertThat(only(cmd).decisions()).isEqualTo(expected.decisions());
    assertThat(cmd.troubles().first()).isEmpty();
  }

  @Test
  void whatPerfItselfPrintedIsRead() {
    Replayed replayed = replay(TraceFile.of(Recordings.perf()), AS_RECORDED);
    assertThat(replayed.format()).isEqualTo("perf-script");
    assertThat(replayed.kernel()).isNull();
    assertThat(only(replayed).halts()).isEqualTo(300);
    assertThat(only(replayed).mismatches()).isZero();
  }

  @Test
  void whatIsNoTraceIsSaidToBeNone() throws ProblemsException {
    Replayer replayer = new Replayer(Catalogs.load(new CatalogRequest(List.of())), AS_RECORDED);
    assertThatThrownBy(() -> replayer.replay(Recordings.of(List.of("Dear all,", "", "please find the trace attached"))))
        .hasMessageStartingWith("made.txt: not a trace").hasMessageContaining("ftrace, perf-script, trace-cmd");
  }

  /** A format of somebody else's that takes nothing it does not know. */
  public static final class Touchy implements TraceReaderProvider<Touchy.Config> {
    public record Config() {}

    @Override
    public String id() {
      return "touchy";
    }

    @Override
    public Config defaults() {
      return new Config();
    }

    @Override
    public TraceReader create(Config config) {
      return (text, from, to, sink) -> {
        throw new NumberFormatException("what is this");
      };
    }
  }

  @Test
  void aFormatThatThrowsIsOnlyAskedIfItIsWanted() {
    TraceFile file = TraceFile.of(Recordings.host("h-default-const100us"));
    assertThat(replay(with(new Touchy()), file, AS_RECORDED).format()).isEqualTo("ftrace");
    ReplayRequest wanted = new ReplayRequest(
        Map.of(), null, false, "touchy", ReplayRequest.HOST_RULE, ReplayRequest.GUEST_RULE, List.of(),
        OptionalLong.empty());
    assertThatThrownBy(() -> new Replayer(with(new Touchy()), wanted).replay(file))
        .isInstanceOf(PluginFault.class).hasMessageContaining("line 1").hasMessageContaining("what is this");
  }

  // ---- several vCPUs

  /** The events of several recordings in the order of time, each in a thread of its own. */
  private static List<String> merged(List<String> names, boolean apart) {
    record Event(double time, int order, String line) {}
    List<Event> events = new ArrayList<>();
    int order = 0;
    for (int i = 0; i < names.size(); i++) {
      double start = -1;
      for (String line : Recordings.lines(Recordings.host(names.get(i)))) {
        Matcher m = LINE.matcher(line);
        if (m.matches() && m.group("event").startsWith("kvm_")) {
          start = start < 0 ? Double.parseDouble(m.group("time")) : start;
          double time = Double.parseDouble(m.group("time")) - start + 1;
          String thread = apart ? "CPU " + i + "/KVM-" + (100 + i) : "CPU 0/KVM-100";
          events.add(new Event(time, order++, String.format(java.util.Locale.ROOT, "%s [00%d] ..... %.6f: %s: %s",
              thread, i, time, m.group("event"), m.group("payload"))));
        }
      }
    }
    events.sort(Comparator.comparingDouble(Event::time).thenComparingInt(Event::order));
    return events.stream().map(Event::line).toList();
  }

  @Test
  void vcpusAreToldApartByTheirThreads() {
    List<String> names = List.of("h-default-edge150_210us", "h-default-const100us", "h-default-samecpu-exp100us");
    Replayed.Part part = only(replay(Recordings.of(merged(names, true)), AS_RECORDED));
    assertThat(part.vcpus()).isEqualTo(3);
    assertThat(part.mismatches()).isZero();
    assertThat(only(replay(Recordings.of(merged(names, false)), AS_RECORDED)).mismatches())
        .as("all in one thread").isPositive();
  }

  // ---- gaps

  private static List<String> without(List<String> lines, int from, int count, String instead) {
    List<String> rest = new ArrayList<>(lines.subList(0, from));
    rest.add(instead);
    rest.addAll(lines.subList(from + count, lines.size()));
    return rest;
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 501, 1_500})
  void behindAGapTheWindowIsTakenUpFromTheTrace(int at) {
    List<String> lines = Recordings.lines(Recordings.host("h-default-samecpu-exp100us"));
    Replayed replayed = replay(Recordings.of(without(lines, at, 37, "CPU:0 [LOST 37 EVENTS]")), AS_RECORDED);
    Replayed.Part part = only(replayed);
    assertThat(part.mismatches()).isZero();
    assertThat(part.gaps()).isEqualTo(1);
    assertThat(part.lostEvents()).isEqualTo(37);
    assertThat(part.decisions()).isPositive();
    assertThat(replayed.troubles().dropped()).isZero();
    assertThat(replayed.troubles().first()).singleElement().extracting(Trouble::what).asString()
        .contains("vcpu0-", "its window is taken up from here");
  }

  @Test
  void aGapThatNobodyToldOfIsADifference() {
    List<String> lines = Recordings.lines(Recordings.host("h-default-samecpu-exp100us"));
    int first = 0;
    while (!lines.get(first).contains("(grow 40000)")) {
      first++;
    }
    assertThat(only(replay(Recordings.of(without(lines, first, 2, "# nothing")), AS_RECORDED)).mismatches())
        .isPositive();
  }

  @Test
  void aLineThatCannotBeReadIsAGap() {
    List<String> lines = new ArrayList<>(Recordings.lines(Recordings.host("h-default-samecpu-exp100us")));
    int at = 0;
    while (!lines.get(at).contains("(grow 40000)")) {
      at++;
    }
    String lookAlike = "vcpu 0 new 80000 old 40000 grow 1";
    lines.set(at, lines.get(at).replace("vcpu 0: halt_poll_ns 80000 (grow 40000)", lookAlike));
    Replayed replayed = replay(Recordings.of(lines), AS_RECORDED);
    assertThat(only(replayed).mismatches()).isZero();
    assertThat(only(replayed).unverified()).isPositive();
    int line = at + 1;
    assertThat(replayed.troubles().first()).first().satisfies(trouble -> {
      assertThat(trouble.line()).isEqualTo(line);
      assertThat(trouble.what()).contains(lookAlike);
      assertThat(trouble.dropped()).isTrue();
    });
  }

  @Test
  void aRecordingThatBeganInTheMiddleIsTakenUpWhereItBegan() {
    List<String> lines = Recordings.lines(Recordings.host("n-default-mixwide"));
    List<String> head = lines.stream().filter(line -> line.startsWith("# haltlab")).toList();
    List<String> later = new ArrayList<>(head);
    int middle = lines.size() / 2;
    while (!lines.get(middle).contains("(shrink 40000)")) {
      middle++;
    }
    later.addAll(lines.subList(middle, lines.size()));
    assertThat(only(replay(Recordings.of(later), AS_RECORDED)).mismatches()).as("from 0").isPositive();
    assertThat(only(replay(Recordings.of(later), request(Map.of(), true))).mismatches()).as("by option").isZero();
    later.add(0, "# haltlab running=1");
    assertThat(only(replay(Recordings.of(later), AS_RECORDED)).mismatches()).as("by its head").isZero();
    later.set(0, "# entries-in-buffer/entries-written: 500/1000   #P:2");
    assertThat(only(replay(Recordings.of(later), AS_RECORDED)).mismatches()).as("by ftrace's own head").isZero();
  }

  // ---- what if

  private static WhatIf.Outcome whatIf(String recording, String... strategies) {
    ReplayRequest request = new ReplayRequest(
        Map.of(), null, false, null, ReplayRequest.HOST_RULE, ReplayRequest.GUEST_RULE, List.of(strategies),
        OptionalLong.empty());
    return replay(TraceFile.of(Recordings.host(recording)), request).whatIf().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h-default-const100us", "h-default-burst30x15us_off5ms", "h-full-default-msi-exp100us"})
  void theKernelsOwnStrategyWouldHaveDoneWhatTheKernelDid(String recording) {
    WhatIf.Outcome outcome = whatIf(recording, "adaptive");
    WhatIf.Row recorded = outcome.recorded();
    WhatIf.Row adaptive = outcome.trials().get(0);
    assertThat(outcome.latency().known()).isTrue();
    assertThat(adaptive.caught()).isCloseTo(recorded.caught(), within(outcome.halts() / 50));
    assertThat(adaptive.polledNs()).isCloseTo(recorded.polledNs(), within(recorded.polledNs() / 20));
  }

  @Test
  void theBoundStandsBesideEveryTrialOnce() {
    assertThat(whatIf("h-default-const100us", "off", "{use: fixed, window: 50us}").trials())
        .extracting(WhatIf.Row::name).containsExactly("off", "{use: fixed, window: 50us}", "oracle");
    assertThat(whatIf("h-default-const100us", "{use: oracle, horizon: 50us}").trials())
        .extracting(WhatIf.Row::name).containsExactly("{use: oracle, horizon: 50us}");
  }

  @Test
  void aLatencyThatCannotBeToldIsNotMadeUp() {
    WhatIf.Outcome outcome = whatIf("n-hp0-mixwide", "{use: fixed, window: 50us}");
    assertThat(outcome.latency().known()).isFalse();
  }

  @Test
  void aStrategyThatCannotBeUsedIsToldBeforeAnythingIsRead() {
    assertThatThrownBy(() -> whatIf("h-default-const100us", "{use: fixed, windw: 50us}"))
        .hasMessageContaining("--strategy: windw: unknown key (did you mean window?)");
    assertThatThrownBy(() -> whatIf("h-default-const100us", "fixd"))
        .hasMessageContaining("--strategy").hasMessageContaining("did you mean fixed?");
  }

  // ---- what the recording says of the kernel

  @Test
  void aGuestThatForbidsPollingIsSeenInItsWrites() {
    List<String> lines = Recordings.lines(Recordings.host("h-default-nopoll-exp100us"));
    List<String> said = new ArrayList<>();
    for (String line : lines) {
      if (line.contains("kvm_vcpu_wakeup") && said.stream().noneMatch(l -> l.contains("kvm_msr"))) {
        said.add(line.replaceFirst("kvm_vcpu_wakeup: .*", "kvm_msr: msr_write 4b564d05 = 0x0"));
      }
      if (!line.contains("nopoll=")) {
        said.add(line);
      }
    }
    assertThat(only(replay(Recordings.of(said), AS_RECORDED)).mismatches()).isZero();
    said.removeIf(line -> line.contains("kvm_msr"));
    assertThat(only(replay(Recordings.of(said), AS_RECORDED)).mismatches()).as("without that write").isPositive();
  }

  @Test
  void badParametersInAHeadAreToldWithTheirLine() {
    List<String> lines = new ArrayList<>(Recordings.lines(Recordings.host("h-default-const100us")));
    lines.add(3, "# haltlab grow=many");
    Replayed replayed = replay(Recordings.of(lines), AS_RECORDED);
    assertThat(replayed.troubles().first()).containsExactly(
        new Trouble(4, "grow: expected a number from 0 to 4294967295, found 'many'", true));
    lines.set(3, "# haltlab kernel=six");
    assertThatThrownBy(() -> new Replayer(Catalogs.load(new CatalogRequest(List.of())), AS_RECORDED)
        .replay(Recordings.of(lines))).hasMessageContaining("not a kernel version: 'six'");
  }

  @Test
  void aParameterThatNobodyKnowsIsToldWhereItIsWritten() {
    List<String> lines = new ArrayList<>(Recordings.lines(Recordings.host("n-changing-mixwide")));
    int at = 0;
    while (!lines.get(at).contains("halt_poll_param")) {
      at++;
    }
    lines.set(at, lines.get(at).replace("halt_poll_ns_shrink", "halt_poll_ns_shrnk"));
    int line = at + 1;
    assertThat(replay(Recordings.of(lines), AS_RECORDED).troubles().first()).contains(
        new Trouble(line, "no parameter of halt polling is named halt_poll_ns_shrnk", true));
  }
}
