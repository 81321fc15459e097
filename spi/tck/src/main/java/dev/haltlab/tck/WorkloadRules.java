package dev.haltlab.tck;

import dev.haltlab.spi.Body;
import dev.haltlab.spi.Stability;
import dev.haltlab.spi.WorkloadProvider;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is asked of a guest workload, rules 300 to 399. */
@Stability(Stability.Level.PROVISIONAL)
public final class WorkloadRules {
  static final int REFUSES = 300;
  static final int DECLARATIONS = 302;
  static final int VERBS = 304;
  static final int ARGUMENTS = 305;
  static final int GUEST_KEPT = 310;
  static final int SHARED_BODY = 311;

  private static final int CALLS = 20_000;
  private static final int TRACED = 5_000;
  private static final long SEED = 20_261_122;
  private static final int[] SIZES = {2, 1, 3, 8, 64};

  /** Rule 300. */
  public static final Rule<WorkloadProvider<?>> REFUSES_IN_WORDS = rule(
      REFUSES, "defineRefusesInWords",
      "define populates a VM or refuses it with an IllegalArgumentException that says why",
      "the message is shown to the user, at the workload's place in the scenario; anything else is a failed plugin",
      WorkloadRules::refusesInWords);

  /** Rule 301. */
  public static final Rule<WorkloadProvider<?>> SOMETHING_IS_DECLARED = rule(
      301, "defineDeclaresSomethingToDo",
      "define declares at least one task or one background timer",
      "a VM with neither sleeps for ever, which is never meant",
      WorkloadRules::somethingIsDeclared);

  /** Rule 302. */
  public static final Rule<WorkloadProvider<?>> DECLARATIONS_HOLD = rule(
      DECLARATIONS, "declarationsFitTheVm",
      "names are unique, tasks and timers are placed on vCPUs of the VM, and every task has a body",
      "the guest cannot be built otherwise",
      WorkloadRules::ordinary);

  /** Rule 303. */
  public static final Rule<WorkloadProvider<?>> DEFINE_IS_REPEATABLE = rule(
      303, "defineIsRepeatable",
      "define declares the same in equal guests, however often it is called",
      "it is called once per VM, variant and replication, always on one provider",
      WorkloadRules::defineIsRepeatable);

  /** Rule 304. */
  public static final Rule<WorkloadProvider<?>> ONE_VERB_A_CALL = rule(
      VERBS, "nextIssuesOneVerb",
      "each call of next issues exactly one verb, and throws nothing",
      "two verbs at once have no order in time, and a task without one stands still",
      WorkloadRules::ordinary);

  /** Rule 305. */
  public static final Rule<WorkloadProvider<?>> ARGUMENTS_MAKE_SENSE = rule(
      ARGUMENTS, "verbsMakeSense",
      "times and sizes are not negative, and sockets, events and probes are those of the task's own guest",
      "another guest's queue would tie two VMs together that know nothing of each other",
      WorkloadRules::ordinary);

  /** Rule 306. */
  public static final Rule<WorkloadProvider<?>> MEASUREMENTS_END = rule(
      306, "measurementsEnd",
      "where a probe is declared, measurements are completed as long as the tasks run",
      "a run is measured by them: a forgotten stop or tasks that wait for each other measure nothing",
      WorkloadRules::measurementsEnd);

  /** Rule 307. */
  public static final Rule<WorkloadProvider<?>> NOTHING_IS_ALLOCATED = rule(
      307, "nextAllocatesNothing",
      "next allocates nothing once it is warm",
      "a run calls it tens of millions of times; garbage there is most of its time",
      WorkloadRules::nothingIsAllocated);

  /** Rule 308. */
  public static final Rule<WorkloadProvider<?>> SAME_GUEST_SAME_STEPS = rule(
      308, "sameGuestSameSteps",
      "tasks take the same steps in equal guests; their only chance is what the guest gives them",
      "the same plan and seed must give the same bytes, and variants are compared on the same random numbers",
      WorkloadRules::sameGuestSameSteps);

  /** Rule 309. */
  public static final Rule<WorkloadProvider<?>> GUESTS_SHARE_NOTHING = rule(
      309, "guestsShareNothing",
      "what happens in one guest changes no step in another one",
      "several VMs may run one workload, and replications run side by side in one process",
      WorkloadRules::guestsShareNothing);

  /** Rule 310. */
  public static final Rule<WorkloadProvider<?>> GUEST_IS_NOT_KEPT = rule(
      GUEST_KEPT, "guestIsUsedInDefineOnly",
      "the guest is used inside define only",
      "nothing can be declared once the simulation runs",
      WorkloadRules::ordinary);

  /** Rule 311. */
  public static final Rule<WorkloadProvider<?>> BODIES_ARE_NOT_SHARED = rule(
      SHARED_BODY, "aBodyServesOneTask",
      "every task has a body object of its own",
      "a body keeps its task's place in the program; two tasks would push each other along",
      WorkloadRules::ordinary);

  /** All of them, by number. */
  public static final List<Rule<WorkloadProvider<?>>> ALL = List.of(
      REFUSES_IN_WORDS, SOMETHING_IS_DECLARED, DECLARATIONS_HOLD, DEFINE_IS_REPEATABLE, ONE_VERB_A_CALL,
      ARGUMENTS_MAKE_SENSE, MEASUREMENTS_END, NOTHING_IS_ALLOCATED, SAME_GUEST_SAME_STEPS, GUESTS_SHARE_NOTHING,
      GUEST_IS_NOT_KEPT, BODIES_ARE_NOT_SHARED);

  private WorkloadRules() {}

  private static Rule<WorkloadProvider<?>> rule(
      int number, String name, String sentence, String why, Rule.Check<WorkloadProvider<?>> check) {
    return new Rule<>(number, name, sentence, why, Breach.sorted(number, WorkloadRules::ordinary, check));
  }

  private static String refusesInWords(Subject<WorkloadProvider<?>> subject) {
    int populated = 0;
    String refusal = "";
    for (int vcpus : SIZES) {
      try {
        guest(subject, SEED, vcpus);
        populated++;
      } catch (IllegalArgumentException refused) {
        if (refused.getMessage() == null || refused.getMessage().isBlank()) {
          throw new Violation("define threw an IllegalArgumentException without a message for a VM of " + vcpus
              + " vCPUs");
        }
        refusal = refused.getMessage();
      } catch (Breach other) {
        if (other.isOf(REFUSES)) {
          throw other;
        }
        populated++; // what is wrong with its declarations is another rule's
      }
    }
    return populated + " of " + SIZES.length + " VMs populated" + (refusal.isEmpty() ? "" : "; refused: " + refusal);
  }

  private static String somethingIsDeclared(Subject<WorkloadProvider<?>> subject) {
    TestGuest guest = ready(subject, SEED);
    if (guest.taskCount() == 0 && guest.timerCount() == 0) {
      throw new Violation("neither a task nor a timer in a VM of " + guest.vcpus() + " vCPUs");
    }
    return guest.taskCount() + " tasks, " + guest.timerCount() + " timers, " + guest.probeCount() + " probes";
  }

  /** Tasks as they go in any run. */
  private static String ordinary(Subject<WorkloadProvider<?>> subject) {
    TestGuest guest = ready(subject, SEED);
    int calls = guest.run(CALLS);
    return calls(calls) + " in a VM of " + guest.vcpus() + " vCPUs";
  }

  private static String defineIsRepeatable(Subject<WorkloadProvider<?>> subject) {
    TestGuest first = ready(subject, SEED);
    Same.steps("declaration", first.declared(), "in an equal guest", ready(subject, SEED).declared());
    first.run(CALLS);
    Same.steps("declaration", first.declared(), "after a run", ready(subject, SEED).declared());
    return first.declared().size() + " declarations, three times the same";
  }

  private static String measurementsEnd(Subject<WorkloadProvider<?>> subject) {
    TestGuest guest = withTasks(subject, SEED);
    if (guest.probeCount() == 0) {
      throw new NotApplicable("it declares no probe");
    }
    int calls = guest.run(5 * CALLS);
    if (guest.measured() == 0) {
      throw new Violation(calls < 5 * CALLS
          ? "no measurement was completed, and after " + calls(calls) + " no task can go on: " + guest.standstill()
          : "no measurement was completed in " + calls(calls));
    }
    return guest.measured() + " measurements in " + calls(calls);
  }

  private static String nothingIsAllocated(Subject<WorkloadProvider<?>> subject) {
    List<Body> bodies = withTasks(subject, SEED).bodies();
    ordinary(subject); // what breaks another rule must not be counted here
    Body[] all = bodies.toArray(Body[]::new);
    int each = Math.max(1, CALLS / all.length);
    StillCpu[] cpus = Stream.generate(StillCpu::new).limit(all.length).toArray(StillCpu[]::new);
    return Allocation.none("calls of next", each * all.length, () -> {
      for (int task = 0; task < all.length; task++) {
        for (int i = 0; i < each && !cpus[task].exited(); i++) {
          all[task].next(cpus[task]);
        }
      }
    });
  }

  private static String sameGuestSameSteps(Subject<WorkloadProvider<?>> subject) {
    List<String> first = steps(withTasks(subject, SEED).traced());
    Same.steps("step", first, "in an equal guest", steps(withTasks(subject, SEED).traced()));
    return calls(TRACED) + " twice, with the same " + first.size() + " steps";
  }

  private static List<String> steps(TestGuest guest) {
    guest.run(TRACED);
    return guest.trace();
  }

  private static String guestsShareNothing(Subject<WorkloadProvider<?>> subject) {
    List<String> alone = steps(withTasks(subject, SEED).traced());
    TestGuest guest = withTasks(subject, SEED).traced();
    TestGuest other = withTasks(subject, SEED + 1);
    for (int i = 0; i < TRACED; i++) {
      other.step();
      guest.step();
    }
    Same.steps("step", alone, "beside another guest", guest.trace());
    return calls(TRACED) + ", alone and beside another guest, with the same steps";
  }

  private static TestGuest withTasks(Subject<WorkloadProvider<?>> subject, long seed) {
    TestGuest guest = ready(subject, seed);
    if (guest.taskCount() == 0) {
      throw new NotApplicable("it declares no task");
    }
    return guest;
  }

  /** A guest of a size the workload accepts; without one there is nothing to try. */
  private static TestGuest ready(Subject<WorkloadProvider<?>> subject, long seed) {
    @Nullable String refusal = null;
    for (int vcpus : SIZES) {
      try {
        return guest(subject, seed, vcpus);
      } catch (IllegalArgumentException refused) {
        refusal = refusal == null ? refused.getMessage() : refusal;
      }
    }
    throw new NotApplicable("define refuses VMs of 1 to 64 vCPUs with this configuration: " + refusal);
  }

  /** @throws IllegalArgumentException if the workload refuses it */
  @SuppressWarnings("unchecked") // the configuration is this provider's own
  private static TestGuest guest(Subject<WorkloadProvider<?>> subject, long seed, int vcpus) {
    TestGuest guest = new TestGuest(seed, vcpus);
    Record config = subject.config();
    try {
      ((WorkloadProvider<Record>) subject.provider()).define(config, guest);
    } catch (IllegalArgumentException | Breach e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(REFUSES, "define " + Thrown.by(e) + " for a VM of " + vcpus + " vCPUs");
    }
    return guest.defined();
  }

  private static String calls(int calls) {
    return String.format(Locale.ROOT, "%,d calls of next", calls);
  }
}
