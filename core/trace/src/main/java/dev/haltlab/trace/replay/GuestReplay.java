package dev.haltlab.trace.replay;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.TraceSink;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.UnfitRuleException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the idle episodes of a recording made inside a guest against the rule of its haltpoll governor. Each CPU's
 * policy is asked and told as the kernel asks and tells it: which state to enter, how long the CPU stayed. Compared are
 * the limits that {@code guest_halt_poll_ns} shows and the states that {@code cpu_idle} shows.
 *
 * <p>A guest has run long before anybody records it, so a CPU's limit is taken up from its first traced decision, and
 * again behind a gap.
 *
 * <p>Times in a state come from the {@code cpu_idle} events around it, which are traced in us and a little outside of
 * what the governor measures: {@link #SLACK_NS}. Where a threshold is nearer than that, the traced decision itself says
 * on which side it was, and how a poll ended that was not clearly shorter than the limit is said by the state chosen
 * next. Everything else must follow from the rule. Without {@code cpu_idle} events only the size of each step can be
 * held against it.
 */
public final class GuestReplay implements TraceSink {
  /** How far a recorded time in a state may be from the one the governor measured. */
  private static final long SLACK_NS = 3_000;

  private static final int MOST_CPUS = 1 << 13;
  private static final int AWAKE = -1;
  private static final int POLL = 0;

  private final Parameters parameters;
  private final GuestRules rules;
  private final LongSupplier line;
  private final Troubles troubles;

  private final List<@Nullable Cpu> cpus = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private boolean begun;
  private boolean decides;
  private long originNs;
  private long timeNs;
  private int eventCpu;

  private int seen;
  private long halts;
  private long polls;
  private long decisions;
  private long choices;
  private long mismatches;
  private long unverified;
  private long losses;
  private long lostEvents;
  private @Nullable Mismatch firstMismatch;

  /**
   * A replay that has not begun.
   *
   * @param parameters what the user says; the recording's head is added
   * @param line number of the line that is being read
   * @param troubles is told of what cannot be used
   */
  public GuestReplay(Parameters parameters, GuestRules rules, LongSupplier line, Troubles troubles) {
    this.parameters = parameters;
    this.rules = rules;
    this.line = line;
    this.troubles = troubles;
  }

  /**
   * What came of it.
   *
   * @param cpus guest CPUs with idle episodes
   * @param halts times a CPU halted
   * @param polls times it polled
   * @param decisions traced limits that were compared
   * @param choices traced states that were compared
   * @param mismatches limits and states in which the rule differs
   * @param unverified halts whose limit was not known, at the start or behind a gap
   * @param losses gaps
   * @param lostEvents events missing there, as far as the trace says
   * @param firstMismatch the first difference
   */
  public record Outcome(
      int cpus, long halts, long polls, long decisions, long choices, long mismatches, long unverified, long losses,
      long lostEvents, Optional<Mismatch> firstMismatch) {}

  /** What came of it so far. */
  public Outcome outcome() {
    return new Outcome(
        seen, halts, polls, decisions, choices, mismatches, unverified, losses, lostEvents,
        Optional.ofNullable(firstMismatch));
  }

  // ---- what the trace says

  @Override
  public void event(long newTimeNs, int cpu, int pid, byte[] text, int commFrom, int commTo) {
    if (!begun) {
      begun = true;
      originNs = newTimeNs;
    }
    timeNs = newTimeNs - originNs;
    eventCpu = cpu;
  }

  @Override
  public void lost(long events) {
    losses++;
    lostEvents += Math.max(0, events);
    for (int i = 0; i < cpus.size(); i++) {
      Cpu cpu = cpus.get(i);
      if (cpu != null) {
        cpu.forget();
      }
    }
  }

  @Override
  public void changed(String key, String value) {
    Parameter parameter = Parameter.named(key).orElse(null);
    if (parameter == null || !key.startsWith("guest_")) {
      return; // the host's, or nobody's, which the host's replay tells
    }
    if (changes.size() == Change.MOST) {
      troubles.drop(line.getAsLong(), "more than " + Change.MOST + " writes of parameters: split the recording");
      return;
    }
    try {
      changes.add(new Change(timeNs, parameter, parameter.read(value)));
    } catch (IllegalArgumentException e) {
      troubles.drop(line.getAsLong(), key + ": " + e.getMessage());
      return;
    }
    for (int i = 0; i < cpus.size(); i++) {
      Cpu cpu = cpus.get(i);
      if (cpu != null) {
        cpu.change();
      }
    }
  }

  @Override
  public void cpuIdle(int state, int number) {
    if (!decides && !parameters.ofGuest()) {
      return; // a host's, or a guest's of another governor
    }
    Cpu cpu = cpu(number);
    if (cpu == null) {
      return;
    }
    if (state < 0) {
      cpu.leave();
    } else {
      cpu.enter(state);
    }
  }

  @Override
  public void guestHaltPollNs(long newNs, boolean grow, long oldNs) {
    decides = true;
    Cpu cpu = cpu(eventCpu);
    if (cpu != null) {
      cpu.decided(newNs, grow, oldNs);
    }
  }

  private @Nullable Cpu cpu(int number) {
    if (number < 0 || number >= MOST_CPUS) {
      troubles.drop(line.getAsLong(), "no such CPU: " + number);
      return null;
    }
    while (cpus.size() <= number) {
      cpus.add(null);
    }
    Cpu cpu = cpus.get(number);
    if (cpu == null) {
      cpu = new Cpu(number);
      cpus.set(number, cpu);
      seen++;
    }
    return cpu;
  }

  // ---- one guest CPU

  private final class Cpu {
    private final int number;
    private IdlePolicy policy;
    private boolean known;

    private int state = AWAKE;
    private long enteredNs;
    /** A state that was left and of which the policy has not been told yet. */
    private int left = AWAKE;
    private long stayNs;

    Cpu(int number) {
      this.number = number;
      policy = rules.create(number, parameters, List.of());
      List<IdleState> states = policy.states();
      if (states.size() < 2 || states.get(POLL).kind() != IdleState.Kind.POLL) {
        throw new UnfitRuleException("this idle policy does not poll first and halt then, as haltpoll does");
      }
    }

    void forget() {
      known = false;
      state = AWAKE;
      left = AWAKE;
    }

    void change() {
      long limitNs = policy.pollNs();
      policy = rules.create(number, parameters, List.copyOf(changes));
      policy.resume(limitNs);
      policy.reflect(POLL, 0, false);
    }

    void enter(int newState) {
      boolean vague = left == POLL && stayNs >= policy.pollNs() - SLACK_NS;
      if (left == POLL) {
        policy.reflect(POLL, stayNs, vague && newState != POLL);
      } else if (left != AWAKE) {
        halted(HaltListener.UNKNOWN, false, HaltListener.UNKNOWN);
      }
      left = AWAKE;
      if (known) {
        int chosen = policy.select(timeNs, Long.MAX_VALUE, false);
        if (!vague) {
          choices++;
          if ((chosen == POLL) != (newState == POLL)) {
            mismatches++;
            if (firstMismatch == null) {
              firstMismatch = new Mismatch(
                  line.getAsLong(), "cpu " + number, -1, "choice is " + name(newState), "choice is " + name(chosen));
            }
          }
        }
      }
      state = newState;
      enteredNs = timeNs;
    }

    void leave() {
      if (state == AWAKE) {
        return; // entered before the recording began
      }
      left = state;
      stayNs = timeNs - enteredNs;
      polls += state == POLL ? 1 : 0;
      halts += state == POLL ? 0 : 1;
      state = AWAKE;
    }

    void decided(long newNs, boolean grow, long oldNs) {
      if (left == POLL) {
        policy.reflect(POLL, stayNs, false); // traced without the halt that followed
        left = AWAKE;
      }
      if (left == AWAKE) {
        halts++;
        stayNs = HaltListener.UNKNOWN;
      }
      if (!known && policy.resume(oldNs)) {
        known = true;
        if (losses > 0) {
          troubles.note(line.getAsLong(), "cpu " + number + ": its limit is taken up from here, at " + oldNs + " ns");
        }
      }
      halted(newNs, grow, oldNs);
      left = AWAKE;
    }

    /** The policy is told of a halt; {@code tracedNew} is unknown if the kernel decided nothing. */
    private void halted(long tracedNew, boolean grow, long tracedOld) {
      long before = policy.pollNs();
      boolean traced = tracedNew != HaltListener.UNKNOWN;
      long blockNs = plausible(stayNs, before, traced, grow);
      policy.reflect(1, blockNs, false);
      if (!known) {
        unverified++;
        return;
      }
      long after = policy.pollNs();
      decisions += traced ? 1 : 0;
      if (traced ? before != tracedOld || after != tracedNew : before != after) {
        mismatches++;
        if (firstMismatch == null) {
          firstMismatch = new Mismatch(
              line.getAsLong(), "cpu " + number, stayNs,
              traced ? Mismatch.window(tracedOld, tracedNew) : Mismatch.window(before, before),
              Mismatch.window(before, after));
        }
      }
    }

    /**
     * The time in HLT within the slack of the recorded one that fits the traced decision, if there is one: growing
     * takes more than the limit and at most the maximum, shrinking more than the maximum, no decision at most the
     * limit.
     */
    private long plausible(long recordedNs, long limitNs, boolean traced, boolean grow) {
      long maxNs = rules.maxNs(parameters, changes);
      long least = !traced ? 0 : grow ? limitNs + 1 : maxNs + 1;
      long most = !traced ? limitNs : grow ? maxNs : Long.MAX_VALUE;
      if (recordedNs < 0) {
        return least;
      }
      long nearest = Math.max(least, Math.min(most, recordedNs));
      return least <= most && Math.abs(nearest - recordedNs) <= SLACK_NS ? nearest : recordedNs;
    }
  }

  private static String name(int state) {
    return state == POLL ? "to poll" : "to halt";
  }
}
