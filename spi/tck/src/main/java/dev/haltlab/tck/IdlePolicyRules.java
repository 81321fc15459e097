package dev.haltlab.tck;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Stability;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is asked of a guest idle policy, rules 200 to 299. */
@Stability(Stability.Level.PROVISIONAL)
public final class IdlePolicyRules {
  private static final int PASSES = 20_000;
  private static final long SEED = 20_261_122;
  private static final long[] LIMITS = {0, 1, 10_000, 50_000, 200_000, 4_294_967_295L};
  private static final int FEW = 500;
  private static final long LATE = 1L << 62;
  static final int RANGE = 203;
  static final int NEGATIVE = 204;
  static final int THROWS = 212;
  private static final long[] TIMES = {0, 1, 999, 4_000_000, 3_600_000_000_000L, LATE, Long.MAX_VALUE};

  /** Rule 200. */
  public static final Rule<IdlePolicyProvider<?>> CREATE = rule(
      200, "createMakesAPolicyForEveryVcpu",
      "create returns a policy for its defaults on any vCPU of a VM of any size",
      "the platform makes one per vCPU before time 0; a failure there ends the run",
      IdlePolicyRules::create);

  /** Rule 201. */
  public static final Rule<IdlePolicyProvider<?>> STATES_ARE_THERE = rule(
      201, "statesAreThereAndTheSame",
      "states names at least one state, and the same ones each time it is asked",
      "it is asked once, when the run is built, and select answers with an index into it",
      IdlePolicyRules::statesAreThere);

  /** Rule 202. */
  public static final Rule<IdlePolicyProvider<?>> STATES_GET_DEEPER = rule(
      202, "statesAreShallowestFirst",
      "states stand shallowest first, neither exit latency nor residency decreasing, each with a name of its own",
      "that is the order of the guest driver's table, and reports tell states apart by name",
      IdlePolicyRules::statesGetDeeper);

  /** Rule 203. */
  public static final Rule<IdlePolicyProvider<?>> SELECT_IS_IN_RANGE = rule(
      RANGE, "selectIsInRange",
      "select returns an index into states, whatever it was told before",
      "there is nothing to enter otherwise; the run ends there",
      IdlePolicyRules::ordinary);

  /** Rule 204. */
  public static final Rule<IdlePolicyProvider<?>> POLL_IS_NEVER_NEGATIVE = rule(
      NEGATIVE, "pollNsIsNeverNegative",
      "pollNs returns 0 or more nanoseconds whenever a POLL state was selected",
      "a negative time to spin has no meaning; the run ends there",
      IdlePolicyRules::polls);

  /** Rule 205. */
  public static final Rule<IdlePolicyProvider<?>> NOTHING_IS_ALLOCATED = rule(
      205, "idleLoopAllocatesNothing",
      "select, stopsTick, pollNs and reflect allocate nothing once they are warm",
      "a run asks them tens of millions of times; garbage there is most of its time",
      IdlePolicyRules::nothingIsAllocated);

  /** Rule 206. */
  public static final Rule<IdlePolicyProvider<?>> SAME_SEAT_SAME_ANSWERS = rule(
      206, "sameSeatSameAnswers",
      "a policy answers the same in an equal seat with the same history; its only chance is the seat's random()",
      "the same plan and seed must give the same bytes, and variants are compared on the same random numbers",
      IdlePolicyRules::sameSeatSameAnswers);

  /** Rule 207. */
  public static final Rule<IdlePolicyProvider<?>> INSTANCES_SHARE_NOTHING = rule(
      207, "instancesShareNothing",
      "what one policy is told changes no answer of another one",
      "each vCPU has its own, and replications run side by side in one process",
      IdlePolicyRules::instancesShareNothing);

  /** Rule 208. */
  public static final Rule<IdlePolicyProvider<?>> EXTREMES_ARE_TOLERATED = rule(
      208, "extremeValuesAreTolerated",
      "times near 2^62 ns, sleeps without end and residencies from 0 ns to 2^62 ns neither throw nor make an answer"
          + " wrong",
      "sums of such times overflow easily, and a CPU without timers sleeps without end",
      IdlePolicyRules::extremesAreTolerated);

  /** Rule 209. */
  public static final Rule<IdlePolicyProvider<?>> SELECT_WITHOUT_REFLECT = rule(
      209, "selectWithoutReflectIsNormal",
      "a policy goes on after a select that no reflect answered",
      "a task that becomes runnable just before the CPU sleeps ends the pass there",
      IdlePolicyRules::selectWithoutReflect);

  /** Rule 210. */
  public static final Rule<IdlePolicyProvider<?>> QUESTIONS_HAVE_NO_EFFECT = rule(
      210, "questionsHaveNoEffect",
      "stopsTick and pollNs answer the same when asked again, and asking them changes no other answer",
      "how often they are asked depends on what else happens in the guest",
      IdlePolicyRules::questionsHaveNoEffect);

  /** Rule 211. */
  public static final Rule<IdlePolicyProvider<?>> HOST_IS_NOT_ASKED = rule(
      211, "hostIsNotAsked",
      "a policy does not ask the seat's host",
      "it runs in the guest, which sees nothing of the host's run queues",
      IdlePolicyRules::hostIsNotAsked);

  /** Rule 212. */
  public static final Rule<IdlePolicyProvider<?>> NOTHING_IS_THROWN = rule(
      THROWS, "idleLoopThrowsNothing",
      "select, stopsTick, pollNs and reflect throw nothing, whatever the history",
      "there is no answer then; the run ends there",
      IdlePolicyRules::ordinary);

  /** Rule 213. */
  public static final Rule<IdlePolicyProvider<?>> RESUME_TAKES_OR_REFUSES = rule(
      213, "resumeTakesTheLimitOrRefuses",
      "after resume returned true pollNs is what it was given; where it returned false nothing has changed",
      "a replay puts a policy where the recorded guest was, and judges the decisions that follow",
      IdlePolicyRules::resumeTakesOrRefuses);

  /** All of them, by number. */
  public static final List<Rule<IdlePolicyProvider<?>>> ALL = List.of(
      CREATE, STATES_ARE_THERE, STATES_GET_DEEPER, SELECT_IS_IN_RANGE, POLL_IS_NEVER_NEGATIVE, NOTHING_IS_ALLOCATED,
      SAME_SEAT_SAME_ANSWERS, INSTANCES_SHARE_NOTHING, EXTREMES_ARE_TOLERATED, SELECT_WITHOUT_REFLECT,
      QUESTIONS_HAVE_NO_EFFECT, HOST_IS_NOT_ASKED, NOTHING_IS_THROWN, RESUME_TAKES_OR_REFUSES);

  private IdlePolicyRules() {}

  private static Rule<IdlePolicyProvider<?>> rule(
      int number, String name, String sentence, String why, Rule.Check<IdlePolicyProvider<?>> check) {
    return new Rule<>(number, name, sentence, why, Breach.sorted(number, IdlePolicyRules::ordinary, check));
  }

  private static String create(Subject<IdlePolicyProvider<?>> subject) {
    int made = 0;
    for (int vcpus : new int[] {1, 2, 3, 64}) {
      for (int vcpu = 0; vcpu < vcpus; vcpu++) {
        if (make(subject, new TestSeat(SEED, vcpu, vcpus)) == null) {
          throw new Violation("create returned null for vCPU " + vcpu + " of " + vcpus);
        }
        made++;
      }
    }
    return made + " policies made, in VMs of 1 to 64 vCPUs";
  }

  private static String statesAreThere(Subject<IdlePolicyProvider<?>> subject) {
    IdlePolicy policy = ready(subject, new TestSeat(SEED));
    List<IdleState> states = policy.states();
    if (states == null || states.isEmpty()) {
      throw new Violation("states() returned " + states);
    }
    List<IdleState> first = List.copyOf(states);
    if (!first.equals(policy.states())) {
      throw new Violation("states() was " + names(first) + ", and asked again " + names(policy.states()));
    }
    new IdleLoop(policy, first, SEED).run(PASSES);
    if (!first.equals(policy.states())) {
      throw new Violation("states() was " + names(first) + ", and later " + names(policy.states()));
    }
    return names(first);
  }

  private static String statesGetDeeper(Subject<IdlePolicyProvider<?>> subject) {
    List<IdleState> states = states(ready(subject, new TestSeat(SEED)));
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < states.size(); i++) {
      IdleState state = states.get(i);
      if (!names.add(state.name())) {
        throw new Violation("two states have the name " + state.name());
      }
      if (i > 0 && state.exitLatencyNs() < states.get(i - 1).exitLatencyNs()) {
        throw new Violation("the exit latency of " + state.name() + " is less than that of the state before it");
      }
      if (i > 0 && state.residencyNs() < states.get(i - 1).residencyNs()) {
        throw new Violation("the residency of " + state.name() + " is less than that of the state before it");
      }
    }
    return names(states);
  }

  /** Passes as they come in any run. */
  private static String ordinary(Subject<IdlePolicyProvider<?>> subject) {
    IdlePolicy policy = ready(subject, new TestSeat(SEED));
    int count = states(policy).size();
    loop(policy).run(PASSES);
    return passes() + ", states 0 to " + (count - 1);
  }

  private static String polls(Subject<IdlePolicyProvider<?>> subject) {
    IdlePolicy policy = ready(subject, new TestSeat(SEED));
    IdleLoop loop = loop(policy);
    long largest = -1;
    for (int i = 0; i < PASSES; i++) {
      loop.pass();
      largest = loop.polls() ? Math.max(largest, loop.pollNs()) : largest;
    }
    return passes() + (largest < 0 ? ", no POLL state selected" : ", at most " + HaltLoop.words(largest));
  }

  private static String nothingIsAllocated(Subject<IdlePolicyProvider<?>> subject) {
    IdleLoop loop = loop(ready(subject, new TestSeat(SEED)));
    return Allocation.none("passes", PASSES, () -> loop.run(PASSES));
  }

  private static String sameSeatSameAnswers(Subject<IdlePolicyProvider<?>> subject) {
    long[] first = loop(ready(subject, new TestSeat(SEED))).answers(PASSES);
    different(first, "in an equal seat", loop(ready(subject, new TestSeat(SEED))).answers(PASSES));
    return passes() + " twice, with the same answers";
  }

  private static String instancesShareNothing(Subject<IdlePolicyProvider<?>> subject) {
    long[] alone = loop(ready(subject, new TestSeat(SEED))).answers(PASSES);
    IdleLoop loop = loop(ready(subject, new TestSeat(SEED)));
    IdlePolicy second = ready(subject, new TestSeat(SEED + 1, 1, 2));
    IdleLoop other = new IdleLoop(second, states(second), SEED + 1);
    long[] beside = new long[PASSES];
    for (int i = 0; i < PASSES; i++) {
      other.pass();
      beside[i] = loop.pass();
    }
    different(alone, "beside another policy", beside);
    return passes() + ", alone and beside another policy, with the same answers";
  }

  private static String extremesAreTolerated(Subject<IdlePolicyProvider<?>> subject) {
    IdlePolicy policy = ready(subject, new TestSeat(SEED));
    IdleLoop loop = loop(policy);
    long nowNs = LATE;
    int tried = 0;
    for (int round = 0; round < 3; round++) {
      for (long sleepNs : TIMES) {
        for (long residencyNs : TIMES) {
          if (residencyNs > LATE) {
            continue; // nothing outlasts the run
          }
          boolean stopped = (tried & 1) != 0;
          int state = loop.select(nowNs++, sleepNs, stopped);
          loop.stopsTick();
          if (loop.polls()) {
            loop.pollNs();
          }
          loop.reflect(state, residencyNs, (tried & 2) != 0);
          tried++;
        }
      }
    }
    return tried + " extreme passes";
  }

  private static String selectWithoutReflect(Subject<IdlePolicyProvider<?>> subject) {
    IdlePolicy policy = ready(subject, new TestSeat(SEED));
    IdleLoop loop = loop(policy);
    Chance chance = new Chance(SEED);
    for (int i = 0; i < PASSES; i++) {
      if (chance.onceIn(3)) {
        loop.pass();
      } else {
        loop.select(i, chance.ns(), false);
        loop.stopsTick();
      }
    }
    return passes() + ", two in three given up before the CPU slept";
  }

  private static String questionsHaveNoEffect(Subject<IdlePolicyProvider<?>> subject) {
    long[] once = loop(ready(subject, new TestSeat(SEED))).answers(PASSES);
    IdlePolicy policy = ready(subject, new TestSeat(SEED));
    IdleLoop loop = loop(policy);
    long[] often = new long[PASSES];
    for (int i = 0; i < PASSES; i++) {
      often[i] = loop.pass();
      boolean same = loop.stopsTick() == loop.stopsTick() && (!loop.polls() || loop.pollNs() == loop.pollNs());
      if (!same) {
        throw new Violation("stopsTick() or pollNs() answered otherwise when asked again, after " + (i + 1)
            + " passes");
      }
    }
    different(once, "with stopsTick() and pollNs() asked more often", often);
    return passes() + " with the same answers, asked once or often";
  }

  private static String hostIsNotAsked(Subject<IdlePolicyProvider<?>> subject) {
    TestSeat seat = new TestSeat(SEED);
    loop(ready(subject, seat)).run(PASSES);
    if (!seat.calledWhileClosed().isEmpty()) {
      throw new Violation(seat.calledWhileClosed() + " was called");
    }
    return passes() + ", the host never asked";
  }

  private static String resumeTakesOrRefuses(Subject<IdlePolicyProvider<?>> subject) {
    long[] untouched = loop(ready(subject, new TestSeat(SEED))).answers(2 * FEW);
    int taken = 0;
    for (long limitNs : LIMITS) {
      IdlePolicy policy = ready(subject, new TestSeat(SEED));
      IdleLoop loop = loop(policy);
      loop.run(FEW);
      boolean took = resume(policy, limitNs);
      if (took && policy.pollNs() != limitNs) {
        throw new Violation("resume(" + limitNs + ") returned true, and pollNs() " + policy.pollNs() + " after it");
      }
      taken += took ? 1 : 0;
      long[] after = loop.answers(FEW);
      if (!took) {
        different(Arrays.copyOfRange(untouched, FEW, 2 * FEW), "after a resume that refused", after);
      }
    }
    return taken + " of " + LIMITS.length + " limits taken up";
  }

  private static boolean resume(IdlePolicy policy, long limitNs) {
    try {
      return policy.resume(limitNs);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Violation("resume(" + limitNs + ") " + Thrown.by(e));
    }
  }

  private static void different(long[] first, String otherwise, long[] second) {
    for (int i = 0; i < first.length; i++) {
      if (first[i] != second[i]) {
        throw new Violation("pass " + (i + 1) + " was answered " + words(first[i]) + ", and " + otherwise + " "
            + words(second[i]));
      }
    }
  }

  private static String words(long packed) {
    return "with state " + (packed >> 1 & 0x7f) + ((packed & 1) != 0 ? " without the tick" : " with the tick");
  }

  private static IdleLoop loop(IdlePolicy policy) {
    return new IdleLoop(policy, states(policy), SEED);
  }

  private static List<IdleState> states(IdlePolicy policy) {
    List<IdleState> states = policy.states();
    if (states == null || states.isEmpty()) {
      throw new NotApplicable("states() names no state, see " + STATES_ARE_THERE.id());
    }
    return states;
  }

  private static String names(List<IdleState> states) {
    return String.join(", ", states.stream().map(IdleState::name).toList());
  }

  /** A policy to try other rules with; without one there is nothing to try. */
  private static IdlePolicy ready(Subject<IdlePolicyProvider<?>> subject, TestSeat seat) {
    IdlePolicy policy;
    try {
      policy = make(subject, seat);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new NotApplicable("create " + Thrown.by(e) + ", see " + CREATE.id());
    }
    if (policy == null) {
      throw new NotApplicable("create returned null, see " + CREATE.id());
    }
    return policy;
  }

  @SuppressWarnings("unchecked") // the configuration is this provider's own
  private static IdlePolicy make(Subject<IdlePolicyProvider<?>> subject, TestSeat seat) {
    return ((IdlePolicyProvider<Record>) subject.provider()).create(subject.config(), seat);
  }

  private static String passes() {
    return String.format(Locale.ROOT, "%,d passes", PASSES);
  }
}
