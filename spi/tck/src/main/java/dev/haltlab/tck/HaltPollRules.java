package dev.haltlab.tck;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Stability;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is asked of a halt-poll strategy, rules 100 to 199. */
@Stability(Stability.Level.PROVISIONAL)
public final class HaltPollRules {
  private static final int BLOCKS = 20_000;
  private static final long SEED = 20_261_122;
  private static final long[] WINDOWS = {0, 1, 10_000, 50_000, 200_000, 4_294_967_295L};
  private static final int FEW = 500;
  private static final long LATE = 1L << 62;
  static final int NEGATIVE = 101;
  static final int THROWS = 110;
  private static final long[] HALTS = {0, 1, 999, 1_000_000, 3_600_000_000_000L, LATE / 2, Long.MAX_VALUE / 2};

  /** Rule 100. */
  public static final Rule<HaltPollProvider<?>> CREATE = rule(
      100, "createMakesAStrategyForEveryVcpu",
      "create returns a strategy for its defaults on any vCPU of a VM of any size",
      "the platform makes one per vCPU before time 0; a failure there ends the run",
      HaltPollRules::create);

  /** Rule 101. */
  public static final Rule<HaltPollProvider<?>> BUDGET_IS_NEVER_NEGATIVE = rule(
      NEGATIVE, "budgetIsNeverNegative",
      "budget returns 0 or more nanoseconds, however long the halts before were",
      "a negative time to poll has no meaning; the run ends there",
      HaltPollRules::ordinary);

  /** Rule 102. */
  public static final Rule<HaltPollProvider<?>> NOTHING_IS_ALLOCATED = rule(
      102, "budgetAndWokenAllocateNothing",
      "budget and woken allocate nothing once they are warm",
      "a run asks them tens of millions of times; garbage there is most of its time, and the kernel has no heap to waste"
          + " at this place either",
      HaltPollRules::nothingIsAllocated);

  /** Rule 103. */
  public static final Rule<HaltPollProvider<?>> SAME_SEAT_SAME_ANSWERS = rule(
      103, "sameSeatSameAnswers",
      "a strategy answers the same in an equal seat with the same history; its only chance is the seat's random()",
      "the same plan and seed must give the same bytes, and variants are compared on the same random numbers",
      HaltPollRules::sameSeatSameAnswers);

  /** Rule 104. */
  public static final Rule<HaltPollProvider<?>> INSTANCES_SHARE_NOTHING = rule(
      104, "instancesShareNothing",
      "what one strategy is told changes no answer of another one",
      "each vCPU has its own, and replications run side by side in one process",
      HaltPollRules::instancesShareNothing);

  /** Rule 105. */
  public static final Rule<HaltPollProvider<?>> BUDGET_WITHOUT_WOKEN = rule(
      105, "budgetWithoutWokenIsNormal",
      "a strategy goes on after a budget that no woken answered",
      "a guest that forbids polling has budget asked, for the kernel's clamp, and woken never called",
      HaltPollRules::budgetWithoutWoken);

  /** Rule 106. */
  public static final Rule<HaltPollProvider<?>> EXTREMES_ARE_TOLERATED = rule(
      106, "extremeValuesAreTolerated",
      "times near 2^62 ns, halts of 0 ns and of 146 years, polls of 0 ns and wake-ups that are not valid neither throw"
          + " nor make a budget negative",
      "sums of such times overflow easily, and nothing in the contract bounds a halt",
      HaltPollRules::extremesAreTolerated);

  /** Rule 107. */
  public static final Rule<HaltPollProvider<?>> WINDOW_HAS_NO_EFFECT = rule(
      107, "windowNsHasNoEffect",
      "windowNs is -1 or a time, and asking it changes no answer",
      "it is asked for plots and counters, by some runs and not by others",
      HaltPollRules::windowHasNoEffect);

  /** Rule 108. */
  public static final Rule<HaltPollProvider<?>> YIELDS_IS_ALWAYS_THE_SAME = rule(
      108, "yieldsIsAlwaysTheSame",
      "yields answers the same before and after any halts",
      "it is asked once, when the run is built",
      HaltPollRules::yieldsIsAlwaysTheSame);

  /** Rule 109. */
  public static final Rule<HaltPollProvider<?>> HOST_IS_ASKED_INSIDE = rule(
      109, "hostIsAskedInsideBudgetAndWokenOnly",
      "the seat's host is asked inside budget and woken only",
      "it shows the moment of the call; before time 0 and between calls there is nothing to see",
      HaltPollRules::hostIsAskedInside);

  /** Rule 110. */
  public static final Rule<HaltPollProvider<?>> NOTHING_IS_THROWN = rule(
      THROWS, "budgetAndWokenThrowNothing",
      "budget and woken throw nothing, whatever the history",
      "there is no answer then; the run ends there",
      HaltPollRules::ordinary);

  /** Rule 111. */
  public static final Rule<HaltPollProvider<?>> RESUME_TAKES_OR_REFUSES = rule(
      111, "resumeTakesTheWindowOrRefuses",
      "after resume returned true windowNs is what it was given; where it returned false nothing has changed",
      "a replay puts a strategy where the recorded kernel was, and judges the decisions that follow",
      HaltPollRules::resumeTakesOrRefuses);

  /** All of them, by number. */
  public static final List<Rule<HaltPollProvider<?>>> ALL = List.of(
      CREATE, BUDGET_IS_NEVER_NEGATIVE, NOTHING_IS_ALLOCATED, SAME_SEAT_SAME_ANSWERS, INSTANCES_SHARE_NOTHING,
      BUDGET_WITHOUT_WOKEN, EXTREMES_ARE_TOLERATED, WINDOW_HAS_NO_EFFECT, YIELDS_IS_ALWAYS_THE_SAME,
      HOST_IS_ASKED_INSIDE, NOTHING_IS_THROWN, RESUME_TAKES_OR_REFUSES);

  private HaltPollRules() {}

  private static Rule<HaltPollProvider<?>> rule(
      int number, String name, String sentence, String why, Rule.Check<HaltPollProvider<?>> check) {
    return new Rule<>(number, name, sentence, why, Breach.sorted(number, HaltPollRules::ordinary, check));
  }

  private static String create(Subject<HaltPollProvider<?>> subject) {
    int made = 0;
    for (int vcpus : new int[] {1, 2, 3, 64}) {
      for (int vcpu = 0; vcpu < vcpus; vcpu++) {
        if (make(subject, new TestSeat(SEED, vcpu, vcpus)) == null) {
          throw new Violation("create returned null for vCPU " + vcpu + " of " + vcpus);
        }
        made++;
      }
    }
    return made + " strategies made, in VMs of 1 to 64 vCPUs";
  }

  /** Blocks as they come in any run. */
  private static String ordinary(Subject<HaltPollProvider<?>> subject) {
    HaltLoop loop = loop(subject);
    loop.run(BLOCKS);
    return blocks() + ": " + loop.range();
  }

  private static String nothingIsAllocated(Subject<HaltPollProvider<?>> subject) {
    HaltLoop loop = loop(subject);
    return Allocation.none("blocks", BLOCKS, () -> loop.run(BLOCKS));
  }

  private static String sameSeatSameAnswers(Subject<HaltPollProvider<?>> subject) {
    long[] first = loop(subject).budgets(BLOCKS);
    Same.answers("budget", first, "in an equal seat", loop(subject).budgets(BLOCKS));
    return blocks() + " twice, with the same budgets";
  }

  private static String instancesShareNothing(Subject<HaltPollProvider<?>> subject) {
    long[] alone = loop(subject).budgets(BLOCKS);
    HaltLoop loop = loop(subject);
    TestSeat otherSeat = new TestSeat(SEED + 1, 1, 2);
    HaltLoop other = new HaltLoop(ready(subject, otherSeat), otherSeat, SEED + 1);
    long[] beside = new long[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      other.block();
      beside[i] = loop.block();
    }
    Same.answers("budget", alone, "beside another strategy", beside);
    return blocks() + ", alone and beside another strategy, with the same budgets";
  }

  private static String budgetWithoutWoken(Subject<HaltPollProvider<?>> subject) {
    HaltLoop loop = loop(subject);
    Chance chance = new Chance(SEED);
    for (int i = 0; i < BLOCKS; i++) {
      if (chance.onceIn(3)) {
        loop.block();
      } else {
        loop.unanswered();
      }
    }
    return blocks() + ", two in three unanswered: " + loop.range();
  }

  private static String extremesAreTolerated(Subject<HaltPollProvider<?>> subject) {
    HaltLoop loop = loop(subject);
    long nowNs = LATE;
    int tried = 0;
    for (int round = 0; round < 3; round++) {
      for (long haltNs : HALTS) {
        for (long polledNs : HALTS) {
          if (polledNs > haltNs) {
            continue;
          }
          for (int flags = 0; flags < 4; flags++) {
            tryOne(loop, nowNs, haltNs, polledNs, flags);
            nowNs++;
            tried++;
          }
        }
      }
      loop.from(nowNs).run(100);
      nowNs += 1L << 40; // beyond what those hundred took
    }
    return tried + " extreme halts: " + loop.range();
  }

  private static void tryOne(HaltLoop loop, long nowNs, long haltNs, long polledNs, int flags) {
    boolean slept = (flags & 1) != 0;
    boolean valid = (flags & 2) != 0;
    loop.budget(nowNs);
    loop.woken(nowNs, haltNs, polledNs, slept, valid);
  }

  private static String windowHasNoEffect(Subject<HaltPollProvider<?>> subject) {
    long[] unasked = loop(subject).budgets(BLOCKS);
    TestSeat seat = new TestSeat(SEED);
    HaltPoll strategy = ready(subject, seat);
    HaltLoop loop = new HaltLoop(strategy, seat, SEED);
    long[] asked = new long[BLOCKS];
    long largest = -1;
    for (int i = 0; i < BLOCKS; i++) {
      for (int times = i % 3; times > 0; times--) {
        long windowNs = strategy.windowNs();
        if (windowNs < -1) {
          throw new Violation("windowNs() returned " + windowNs + " after " + i + " blocks");
        }
        largest = Math.max(largest, windowNs);
      }
      asked[i] = loop.block();
    }
    Same.answers("budget", unasked, "with windowNs() asked before", asked);
    return blocks() + " with the same budgets, asked or not; " + (largest < 0 ? "no window" : "largest " + largest
        + " ns");
  }

  private static String yieldsIsAlwaysTheSame(Subject<HaltPollProvider<?>> subject) {
    TestSeat seat = new TestSeat(SEED);
    HaltPoll strategy = ready(subject, seat);
    boolean before = strategy.yields();
    HaltLoop loop = new HaltLoop(strategy, seat, SEED);
    for (int i = 0; i < BLOCKS; i++) {
      loop.block();
      if (strategy.yields() != before) {
        throw new Violation("yields() was " + before + " at first, and " + !before + " after " + (i + 1) + " blocks");
      }
    }
    return "always " + before;
  }

  private static String hostIsAskedInside(Subject<HaltPollProvider<?>> subject) {
    TestSeat seat = new TestSeat(SEED);
    HaltPoll strategy = ready(subject, seat);
    HaltLoop loop = new HaltLoop(strategy, seat, SEED);
    for (int i = 0; i < BLOCKS; i++) {
      strategy.yields();
      strategy.windowNs();
      loop.block();
    }
    if (!seat.calledWhileClosed().isEmpty()) {
      throw new Violation(seat.calledWhileClosed() + " was called outside budget and woken");
    }
    return blocks() + ", the host not asked in between";
  }

  private static String resumeTakesOrRefuses(Subject<HaltPollProvider<?>> subject) {
    long[] untouched = loop(subject).budgets(2 * FEW);
    int taken = 0;
    for (long windowNs : WINDOWS) {
      TestSeat seat = new TestSeat(SEED);
      HaltPoll strategy = ready(subject, seat);
      HaltLoop loop = new HaltLoop(strategy, seat, SEED);
      loop.run(FEW);
      boolean took = resume(strategy, windowNs);
      if (took && strategy.windowNs() != windowNs) {
        throw new Violation(
            "resume(" + windowNs + ") returned true, and windowNs() " + strategy.windowNs() + " after it");
      }
      taken += took ? 1 : 0;
      long[] after = loop.budgets(FEW);
      if (!took) {
        Same.answers("budget", Arrays.copyOfRange(untouched, FEW, 2 * FEW), "after a resume that refused", after);
      }
    }
    return taken + " of " + WINDOWS.length + " windows taken up";
  }

  private static boolean resume(HaltPoll strategy, long windowNs) {
    try {
      return strategy.resume(windowNs);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Violation("resume(" + windowNs + ") " + Thrown.by(e));
    }
  }

  private static HaltLoop loop(Subject<HaltPollProvider<?>> subject) {
    TestSeat seat = new TestSeat(SEED);
    return new HaltLoop(ready(subject, seat), seat, SEED);
  }

  /** A strategy to try other rules with; without one there is nothing to try. */
  private static HaltPoll ready(Subject<HaltPollProvider<?>> subject, TestSeat seat) {
    HaltPoll strategy;
    try {
      strategy = make(subject, seat);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new NotApplicable("create " + Thrown.by(e) + ", see " + CREATE.id());
    }
    if (strategy == null) {
      throw new NotApplicable("create returned null, see " + CREATE.id());
    }
    return strategy;
  }

  @SuppressWarnings("unchecked") // the configuration is this provider's own
  private static HaltPoll make(Subject<HaltPollProvider<?>> subject, TestSeat seat) {
    return ((HaltPollProvider<Record>) subject.provider()).create(subject.config(), seat);
  }

  private static String blocks() {
    return String.format(Locale.ROOT, "%,d blocks", BLOCKS);
  }
}
