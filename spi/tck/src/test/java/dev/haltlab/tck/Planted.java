package dev.haltlab.tck;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.Step;
import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceSink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** For each rule a plugin that breaks it, as somebody in a hurry might write it. */
public final class Planted {
  private static final AtomicLong SHARED = new AtomicLong();

  private Planted() {}

  /** The rule's id to the plugin that breaks it. */
  static Map<String, Provider<?>> all() {
    Map<String, Provider<?>> planted = new LinkedHashMap<>();
    providers(planted);
    strategies(planted);
    policies(planted);
    workloads(planted);
    profiles(planted);
    readers(planted);
    return planted;
  }

  /** The rules that the plugin planted for one breaks, in order: some breaches are two by nature. */
  static List<String> alsoBreaks(String rule) {
    return switch (rule) {
      // a configuration that is refused without a name serves for two
      case "required_002_defaultsAreEqualEachTime" -> List.of(rule, "required_006_refusalsNameTheComponent");
      // where time is the real one, nothing is the same twice
      case "required_103_sameSeatSameAnswers" ->
          List.of(rule, "required_104_instancesShareNothing", "required_107_windowNsHasNoEffect",
              "required_111_resumeTakesTheWindowOrRefuses");
      case "required_206_sameSeatSameAnswers" ->
          List.of(rule, "required_207_instancesShareNothing", "required_210_questionsHaveNoEffect",
              "required_213_resumeTakesTheLimitOrRefuses");
      // steps are told by the names of their tasks
      case "required_303_defineIsRepeatable" ->
          List.of(rule, "required_308_sameGuestSameSteps", "required_309_guestsShareNothing");
      case "required_308_sameGuestSameSteps" -> List.of(rule, "required_309_guestsShareNothing");
      // what differs each time differs beside others as well
      case "required_506_sameLinesSameEvents" ->
          List.of("required_503_onlyItsLineIsRead", rule, "required_507_readersShareNothing");
      default -> List.of(rule);
    };
  }

  // --- any provider

  /** Names, defaults and configurations. */
  public static class Odd<C extends Record> implements HaltPollProvider<C> {
    private final C defaults;

    Odd(C defaults) {
      this.defaults = defaults;
    }

    @Override
    public String id() {
      return "odd";
    }

    @Override
    public C defaults() {
      return defaults;
    }

    @Override
    public HaltPoll create(C config, Seat seat) {
      return now -> 0;
    }
  }

  /** Holds what no scenario can. */
  public record Doubles(double factor) {}

  /** Is not what it was given. */
  public record Rounded(int percent) {
    public Rounded {
      percent = percent + 1;
    }
  }

  /** Refuses in words that name no key. */
  public record Nameless(Duration window) {
    public Nameless {
      if (window.toNanos() > 1_000_000_000) {
        throw new IllegalArgumentException("that is too long");
      }
    }
  }

  /** Takes any. */
  public record Window(Duration window) {}

  private static void providers(Map<String, Provider<?>> planted) {
    planted.put("required_001_idIsLowerCaseWordsJoinedByHyphens", new Odd<>(new Plain.Config()) {
      @Override
      public String id() {
        return "My Poll";
      }
    });
    planted.put("required_002_defaultsAreEqualEachTime", new Odd<>(new Nameless(Duration.ZERO)) {
      private int asked;

      @Override
      public Nameless defaults() {
        return new Nameless(Duration.ofNanos(asked++));
      }
    });
    planted.put("required_003_summaryIsOneLine", new Odd<>(new Plain.Config()) {
      @Override
      public String summary() {
        return "polls\nand polls";
      }
    });
    planted.put("required_004_configHoldsAllowedTypes", new Odd<>(new Doubles(1.5)));
    planted.put("required_005_configRoundTrips", new Odd<>(new Rounded(40)));
    planted.put("required_006_refusalsNameTheComponent", new Odd<>(new Nameless(Duration.ZERO)));
    planted.put("required_007_completeIsDoneOnce", new Odd<>(new Window(Duration.ofNanos(1))) {
      @Override
      public Window complete(Window config) {
        return new Window(config.window().plusNanos(1));
      }
    });
    planted.put("required_008_adviceNamesTheComponent", new Odd<>(new Window(Duration.ofNanos(1))) {
      @Override
      public List<String> advice(Window config) {
        return config.window().isZero() ? List.of("that will not poll") : List.of();
      }
    });
  }

  // --- halt-poll strategies

  /** Remembers halts in a static, to save a field. */
  private static final class Static implements HaltPoll {
    @Override
    public long budget(long nowNs) {
      return SHARED.get() % 100_000;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      SHARED.set(haltNs);
    }
  }

  private static void strategies(Map<String, Provider<?>> planted) {
    planted.put("required_100_createMakesAStrategyForEveryVcpu", Plain.poll(seat -> {
      long[] perVcpu = new long[8]; // enough for everyone
      perVcpu[seat.vcpu()] = 50_000;
      return now -> 50_000;
    }));
    planted.put("required_101_budgetIsNeverNegative", Plain.poll(seat -> new HaltPoll() {
      private long window = 100_000;

      @Override
      public long budget(long nowNs) {
        return window;
      }

      @Override
      public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
        window = 100_000 - haltNs;
      }
    }));
    planted.put("required_102_budgetAndWokenAllocateNothing", Plain.poll(seat -> new HaltPoll() {
      private final List<Long> history = new ArrayList<>();

      @Override
      public long budget(long nowNs) {
        return 50_000;
      }

      @Override
      public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
        history.add(haltNs);
        if (history.size() > 100) {
          history.clear();
        }
      }
    }));
    planted.put("required_103_sameSeatSameAnswers", Plain.poll(seat -> now -> System.nanoTime() & 0xffff));
    planted.put("required_104_instancesShareNothing", Plain.poll(seat -> {
      SHARED.set(0);
      return new Static();
    }));
    planted.put("required_105_budgetWithoutWokenIsNormal", Plain.poll(seat -> new HaltPoll() {
      private boolean asked;

      @Override
      public long budget(long nowNs) {
        if (asked) {
          throw new IllegalStateException("asked twice");
        }
        asked = true;
        return 50_000;
      }

      @Override
      public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
        asked = false;
      }
    }));
    planted.put("required_106_extremeValuesAreTolerated", Plain.poll(seat -> new HaltPoll() {
      private long sum;

      @Override
      public long budget(long nowNs) {
        return sum;
      }

      @Override
      public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
        sum = (sum * 7 + haltNs) / 8;
      }
    }));
    planted.put("required_107_windowNsHasNoEffect", Plain.poll(seat -> new HaltPoll() {
      private long window = 100_000;

      @Override
      public long budget(long nowNs) {
        return window;
      }

      @Override
      public long windowNs() {
        return window ^= 1;
      }
    }));
    planted.put("required_108_yieldsIsAlwaysTheSame", Plain.poll(seat -> new HaltPoll() {
      private long last;

      @Override
      public long budget(long nowNs) {
        return 50_000;
      }

      @Override
      public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
        last = haltNs;
      }

      @Override
      public boolean yields() {
        return last < 1_000_000;
      }
    }));
    planted.put("required_109_hostIsAskedInsideBudgetAndWokenOnly", Plain.poll(seat -> {
      HostView host = seat.host();
      long window = host.siblingBusy() ? 10_000 : 50_000;
      return now -> window;
    }));
    planted.put("required_110_budgetAndWokenThrowNothing", Plain.poll(seat -> new HaltPoll() {
      private long last = 1;

      @Override
      public long budget(long nowNs) {
        return nowNs / last;
      }

      @Override
      public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
        last = haltNs / 10_000_000;
      }
    }));
    planted.put("required_111_resumeTakesTheWindowOrRefuses", Plain.poll(seat -> new HaltPoll() {
      @Override
      public long budget(long nowNs) {
        return 50_000;
      }

      @Override
      public boolean resume(long windowNs) {
        return true; // somebody has one, surely
      }
    }));
  }

  // --- idle policies

  private static void policies(Map<String, Provider<?>> planted) {
    planted.put("required_200_createMakesAPolicyForEveryVcpu", Plain.idle(seat -> {
      if (seat.vcpus() > 32) {
        throw new IllegalStateException("so many?");
      }
      return new Plain.Halts();
    }));
    planted.put("required_201_statesAreThereAndTheSame", Plain.idle(seat -> new Plain.Halts() {
      @Override
      public List<IdleState> states() {
        return List.of();
      }
    }));
    planted.put("required_202_statesAreShallowestFirst", Plain.idle(seat -> new Plain.Halts() {
      private final List<IdleState> states = List.of(
          new IdleState("HLT", IdleState.Kind.HLT, 10, 10), new IdleState("POLL", IdleState.Kind.POLL, 0, 0));

      @Override
      public List<IdleState> states() {
        return states;
      }
    }));
    planted.put("required_203_selectIsInRange", Plain.idle(seat -> new Plain.Halts() {
      @Override
      public int select(long nowNs, long sleepNs, boolean tickStopped) {
        return sleepNs == Long.MAX_VALUE ? 1 : 0;
      }
    }));
    planted.put("required_204_pollNsIsNeverNegative", Plain.idle(seat -> new Plain.Halts() {
      private final List<IdleState> states = List.of(new IdleState("POLL", IdleState.Kind.POLL, 0, 0));
      private long last;

      @Override
      public List<IdleState> states() {
        return states;
      }

      @Override
      public int select(long nowNs, long sleepNs, boolean tickStopped) {
        last = sleepNs;
        return 0;
      }

      @Override
      public long pollNs() {
        return 100_000 - last;
      }
    }));
    planted.put("required_205_idleLoopAllocatesNothing", Plain.idle(seat -> new Plain.Halts() {
      private Object last = "";

      @Override
      public void reflect(int state, long residencyNs, boolean pollTimedOut) {
        last = residencyNs;
      }

      @Override
      public String toString() {
        return last.toString();
      }
    }));
    planted.put("required_206_sameSeatSameAnswers", Plain.idle(seat -> new Plain.Halts() {
      @Override
      public boolean stopsTick() {
        // without a period, so that it never happens to be in step with what asks
        return Long.bitCount(SHARED.incrementAndGet()) % 2 == 0;
      }
    }));
    planted.put("required_207_instancesShareNothing", Plain.idle(seat -> {
      SHARED.set(0);
      return new Plain.Halts() {
        private boolean stops;

        @Override
        public int select(long nowNs, long sleepNs, boolean tickStopped) {
          stops = SHARED.getAndSet(sleepNs) > 1_000_000;
          return 0;
        }

        @Override
        public boolean stopsTick() {
          return stops;
        }
      };
    }));
    planted.put("required_208_extremeValuesAreTolerated", Plain.idle(seat -> new Plain.Halts() {
      @Override
      public int select(long nowNs, long sleepNs, boolean tickStopped) {
        Math.addExact(nowNs, Math.min(sleepNs, 1L << 62));
        return 0;
      }
    }));
    planted.put("required_209_selectWithoutReflectIsNormal", Plain.idle(seat -> new Plain.Halts() {
      private int open;

      @Override
      public int select(long nowNs, long sleepNs, boolean tickStopped) {
        return ++open > 12 ? 1 : 0; // a pass or two may be given up, surely not a dozen
      }

      @Override
      public void reflect(int state, long residencyNs, boolean pollTimedOut) {
        open = 0;
      }
    }));
    planted.put("required_210_questionsHaveNoEffect", Plain.idle(seat -> new Plain.Halts() {
      private boolean stopped;

      @Override
      public boolean stopsTick() {
        return stopped = !stopped;
      }
    }));
    planted.put("required_211_hostIsNotAsked", Plain.idle(seat -> new Plain.Halts() {
      @Override
      public boolean stopsTick() {
        return seat.host().stealNs() < 0;
      }
    }));
    planted.put("required_212_idleLoopThrowsNothing", Plain.idle(seat -> new Plain.Halts() {
      @Override
      public void reflect(int state, long residencyNs, boolean pollTimedOut) {
        Math.toIntExact(residencyNs << 12);
      }
    }));
    planted.put("required_213_resumeTakesTheLimitOrRefuses", Plain.idle(seat -> new Plain.Halts() {
      private boolean stops;

      @Override
      public boolean stopsTick() {
        return stops;
      }

      @Override
      public boolean resume(long pollNs) {
        stops = true;
        return false;
      }
    }));
  }

  // --- workloads

  private static void workloads(Map<String, Provider<?>> planted) {
    planted.put("required_300_defineRefusesInWords", Plain.workload(guest -> {
      if (guest.vcpus() < 2) {
        throw new IllegalStateException("needs two");
      }
      guest.task("a", 0, Script.forever().compute(1_000));
    }));
    planted.put("required_301_defineDeclaresSomethingToDo", Plain.workload(guest -> guest.probe("nothing")));
    planted.put("required_302_declarationsFitTheVm", Plain.workload(guest -> {
      guest.task("a", 0, Script.forever().compute(1_000));
      guest.task("b", 1, Script.forever().compute(1_000)); // where there is only one vCPU?
      guest.task("c", guest.vcpus(), Script.forever().compute(1_000));
    }));
    planted.put("required_303_defineIsRepeatable", Plain.workload(guest ->
        guest.task("task-" + SHARED.incrementAndGet(), 0, Script.forever().compute(1_000))));
    planted.put("required_304_nextIssuesOneVerb", Plain.workload(guest -> guest.task("a", 0, cpu -> {
      cpu.compute(1_000);
      cpu.sleep(1_000);
    })));
    planted.put("required_305_verbsMakeSense", Plain.workload(guest -> guest.task("a", 0, cpu ->
        cpu.sleep(1_000_000 - 2 * cpu.nowNs()))));
    planted.put("required_306_measurementsEnd", Plain.workload(Planted::deadlock));
    planted.put("required_307_nextAllocatesNothing", Plain.workload(guest -> {
      List<Long> history = new ArrayList<>();
      guest.task("a", 0, cpu -> {
        history.add(cpu.nowNs());
        cpu.compute(1_000);
      });
    }));
    planted.put("required_308_sameGuestSameSteps", Plain.workload(guest ->
        guest.task("a", 0, cpu -> cpu.compute(System.nanoTime() & 0xffff))));
    planted.put("required_309_guestsShareNothing", Plain.workload(guest -> {
      SHARED.set(0);
      guest.task("a", 0, cpu -> cpu.compute(SHARED.incrementAndGet() % 1_000));
    }));
    planted.put("required_310_guestIsUsedInDefineOnly", Plain.workload(guest -> {
      guest.socket("first");
      guest.task("a", 0, cpu -> cpu.send(guest.socket("second"), 1));
    }));
    planted.put("required_311_aBodyServesOneTask", Plain.workload(guest -> {
      Script both = Script.forever().compute(1_000);
      guest.task("a", 0, both);
      guest.task("b", 0, both);
    }));
  }

  /** Each waits for the other to begin. */
  private static void deadlock(Guest guest) {
    Socket ping = guest.socket("ping");
    Socket pong = guest.socket("pong");
    Probe trip = guest.probe("trip");
    guest.task("a", 0, Script.forever().receive(pong).start(trip).send(ping, 1));
    guest.task("b", 0, Script.forever().receive(ping).stop(trip).send(pong, 1));
  }

  // --- host profiles

  private static void profiles(Map<String, Provider<?>> planted) {
    planted.put("required_400_titleIsOneLine", profile(" ", cost(100), "C1", 1, "C6", 100));
    planted.put("required_401_pricesCanBeDrawn", profile("slow", cost(1L << 47), "C1", 1, "C6", 100));
    planted.put(
        "required_402_pricesHaveSources", profile("guessed", Cost.ofNs(100, Basis.MEASURED, ""), "C1", 1, "C6", 100));
    planted.put("required_403_somethingIsPriced", profile("free", cost(0), "C1", 1, "C6", 100));
    planted.put("required_404_cstatesAreShallowestFirst", profile("mixed up", cost(100), "C6", 100, "C1", 1));
  }

  private static Cost cost(long ns) {
    return Cost.ofNs(ns, Basis.ASSUMED, "a test");
  }

  private static Provider<?> profile(
      String title, Cost price, String first, long firstUs, String second, long secondUs) {
    return Plain.profile(() -> new HostProfile(
        title, new Hertz(2_000_000_000L), Map.of(Step.VM_EXIT, price),
        List.of(cstate(first, firstUs), cstate(second, secondUs)), Set.of()));
  }

  private static CState cstate(String name, long us) {
    return new CState(name, Duration.ofNanos(us * 1_000), Duration.ofNanos(us * 3_000), -1);
  }

  // --- readers of traces

  private static void readers(Map<String, Provider<?>> planted) {
    planted.put("required_500_createMakesAReader", Plain.format(() -> null));
    planted.put("required_501_lineThrowsNothing", Plain.format(() -> (text, from, to, sink) ->
        text[from] == '#' ? null : "no comment"));
    planted.put("required_502_whatIsWrongIsAFewWords", Plain.format(() -> (text, from, to, sink) ->
        from == to ? null : "no event:\n" + (to - from) + " bytes"));
    planted.put("required_503_onlyItsLineIsRead", Plain.format(() -> (text, from, to, sink) -> {
      int end = from;
      while (end < text.length && text[end] >= '0' && text[end] <= '9') {
        end++;
      }
      sink.event(end - from, 0, 0, text, from, from);
      return null;
    }));
    planted.put("required_504_aLineTellsOneEvent", Plain.format(() -> (text, from, to, sink) -> {
      sink.kvmEntry(0);
      return null;
    }));
    planted.put("required_505_lineAllocatesNothing", Plain.format(() -> new TraceReader() {
      private String last = "";

      @Override
      public @Nullable String line(byte[] text, int from, int to, TraceSink sink) {
        last = new String(text, from, to - from, StandardCharsets.UTF_8);
        sink.event(last.length(), 0, 0, text, from, from);
        return null;
      }
    }));
    planted.put("required_506_sameLinesSameEvents", Plain.format(() -> Planted::counted));
    planted.put("required_507_readersShareNothing", Plain.format(() -> {
      SHARED.set(0);
      return Planted::counted;
    }));
  }

  private static @Nullable String counted(byte[] text, int from, int to, TraceSink sink) {
    sink.event(SHARED.incrementAndGet(), 0, 0, text, from, from);
    return null;
  }
}
