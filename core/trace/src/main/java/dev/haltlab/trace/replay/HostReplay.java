package dev.haltlab.trace.replay;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.TraceSink;
import dev.haltlab.trace.PluginFault;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.UnfitRuleException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the host's halts of a recording against the kernel's rule. Each vCPU's rule runs freely, from a window of 0: it
 * is given the recorded lengths of halts and nothing else, and each window it comes to is compared with the traced one.
 *
 * <p>Behind a gap in the recording, and from its start if the vCPUs had run before, the window is not known. It is
 * taken up again from the vCPU's next traced decision; halts up to there are counted as not verified.
 *
 * <p>{@code kvm_vcpu_wakeup} names no vCPU, so vCPUs are told apart by their threads. {@code kvm_halt_poll_ns} comes
 * before it, and only if the rule grew or shrank. A parameter that was written in the middle of a halt counts for the
 * decision after it, not for the clamp before: the kernel reads its maximum twice.
 */
public final class HostReplay implements TraceSink {
  /** MSR_KVM_POLL_CONTROL: bit 0 allows the host to poll. */
  private static final long POLL_CONTROL = 0x4b564d05L;

  private static final int NO_THREAD = -1;
  private static final long UNKNOWN = HaltListener.UNKNOWN;
  private static final long FORBIDDEN = HaltListener.FORBIDDEN;

  private final Parameters parameters;
  private final HostRules rules;
  private final LongSupplier line;
  private final Troubles troubles;
  private final HaltListener listener;

  private final Threads threads = new Threads();
  private final List<Vcpu> vcpus = new ArrayList<>();
  private final IntIndex<Vcpu> byPid = new IntIndex<>();
  private final IntIndex<Vcpu> byNumber = new IntIndex<>();
  private final List<Change> changes = new ArrayList<>();

  private boolean begun;
  private boolean gap;
  private long originNs;

  private long timeNs;
  private int pid;
  private byte[] text = {};
  private int commFrom;
  private int commTo;

  private long halts;
  private long waited;
  private long decisions;
  private long mismatches;
  private long unverified;
  private long losses;
  private long lostEvents;
  private long resumed;
  private long firstNs;
  private long lastNs;
  private @Nullable Mismatch firstMismatch;

  /**
   * A replay that has not begun.
   *
   * @param parameters what the user says; the recording's head is added
   * @param line number of the line that is being read
   * @param troubles is told of what cannot be used
   * @param listener is told of each halt
   */
  public HostReplay(
      Parameters parameters, HostRules rules, LongSupplier line, Troubles troubles, HaltListener listener) {
    this.parameters = parameters;
    this.rules = rules;
    this.line = line;
    this.troubles = troubles;
    this.listener = listener;
  }

  /**
   * What came of it.
   *
   * @param vcpus threads with halts
   * @param halts wake-ups
   * @param waited those that had been scheduled out
   * @param decisions traced windows that were compared
   * @param mismatches halts after which the rule's window was not the kernel's
   * @param unverified halts whose window was not known, behind a gap
   * @param losses gaps
   * @param lostEvents events missing there, as far as the trace says
   * @param resumed how often a vCPU's window was taken up again from the trace
   * @param spanNs from the first event to the last halt
   * @param firstMismatch the first difference
   */
  public record Outcome(
      int vcpus, long halts, long waited, long decisions, long mismatches, long unverified, long losses,
      long lostEvents, long resumed, long spanNs, Optional<Mismatch> firstMismatch) {}

  /** What came of it so far. */
  public Outcome outcome() {
    return new Outcome(
        vcpus.size(), halts, waited, decisions, mismatches, unverified, losses, lostEvents, resumed, lastNs - firstNs,
        Optional.ofNullable(firstMismatch));
  }

  /** The parameters, with those of the recording's head. */
  public Parameters parameters() {
    return parameters;
  }

  // ---- what the trace says

  @Override
  public void parameter(String key, String value) {
    String wrong = begun ? "a parameter after the first event is not used: " + key : parameters.record(key, value);
    if (wrong != null) {
      troubles.drop(line.getAsLong(), wrong);
    }
  }

  @Override
  public void event(long newTimeNs, int cpu, int newPid, byte[] newText, int newCommFrom, int newCommTo) {
    if (!begun) {
      begun = true;
      originNs = newTimeNs;
    }
    timeNs = newTimeNs - originNs;
    pid = newPid;
    text = newText;
    commFrom = newCommFrom;
    commTo = newCommTo;
  }

  @Override
  public void lost(long events) {
    losses++;
    lostEvents += Math.max(0, events);
    gap = true;
    for (int i = 0; i < vcpus.size(); i++) {
      vcpus.get(i).forget();
    }
  }

  @Override
  public void changed(String key, String value) {
    if (key.startsWith("guest_")) {
      return; // the guest's replay takes it
    }
    Parameter parameter = Parameter.named(key).orElse(null);
    if (parameter == null) {
      troubles.drop(line.getAsLong(), "no parameter of halt polling is named " + key);
    } else if (changes.size() == Change.MOST) {
      troubles.drop(line.getAsLong(), "more than " + Change.MOST + " writes of parameters: split the recording");
    } else {
      try {
        changes.add(new Change(timeNs, parameter, parameter.read(value)));
      } catch (IllegalArgumentException e) {
        troubles.drop(line.getAsLong(), key + ": " + e.getMessage());
      }
    }
  }

  @Override
  public void kvmMsr(boolean write, long index, long value) {
    if (write && index == POLL_CONTROL) {
      Vcpu vcpu = vcpu();
      if (vcpu != null) {
        vcpu.forbidden = (value & 1) == 0;
      }
    }
  }

  @Override
  public void schedWaking(int woken, int targetCpu) {
    Vcpu vcpu = byPid.get(woken);
    if (vcpu != null) {
      vcpu.wakingNs = timeNs;
    }
  }

  @Override
  public void schedWakeup(int woken, int targetCpu) {
    Vcpu vcpu = byPid.get(woken);
    if (vcpu != null && vcpu.wakingNs <= vcpu.upNs) { // sched_waking, which comes first, is not recorded
      vcpu.wakingNs = timeNs;
    }
  }

  @Override
  public void kvmEntry(int number) {
    Vcpu vcpu = number < 0 ? null : vcpu();
    if (vcpu != null) {
      name(vcpu, number);
    }
  }

  /** Where the scheduler's events are not recorded, an interrupt's arrival is the first sign of a wake-up. */
  @Override
  public void kvmApicAcceptIrq(long apicId, int vector) {
    Vcpu vcpu = apicId < 0 || apicId >= Integer.MAX_VALUE ? null : byNumber.get((int) apicId);
    if (vcpu != null && vcpu.pid != pid) { // in its own thread it is only taken note of what woke it
      vcpu.arrivalNs = timeNs;
    }
  }

  @Override
  public void kvmHaltPollNs(int number, long newNs, boolean grow, long oldNs) {
    Vcpu vcpu = vcpu();
    if (vcpu == null) {
      return;
    }
    if (pid == NO_THREAD && vcpu.number >= 0 && vcpu.number != number) {
      troubles.drop(line.getAsLong(), "the lines name no threads, so vCPUs cannot be told apart: print them whole");
      return;
    }
    if (vcpu.decided) { // its wake-up is missing
      vcpu.forget();
    }
    name(vcpu, number);
    vcpu.decided = true;
    vcpu.decidedAtNs = timeNs;
    vcpu.tracedNewNs = newNs;
    vcpu.tracedOldNs = oldNs;
    vcpu.tracedLine = line.getAsLong();
  }

  @Override
  public void kvmVcpuWakeup(long ns, boolean slept, boolean valid) {
    Vcpu vcpu = vcpu();
    if (vcpu != null) {
      halts++;
      waited += slept ? 1 : 0;
      lastNs = timeNs;
      vcpu.woken(ns, slept, valid);
    }
  }

  /** A vCPU's number is its APIC id, unless several VMs have a vCPU of that number. */
  private void name(Vcpu vcpu, int number) {
    if (vcpu.number == number) {
      return;
    }
    vcpu.number = number;
    Vcpu other = byNumber.get(number);
    if (other == null) {
      byNumber.put(number, vcpu);
    } else {
      other.ambiguous = true;
      vcpu.ambiguous = true;
    }
  }

  /** The vCPU of the event's thread; null if there are too many. */
  private @Nullable Vcpu vcpu() {
    int number = threads.number(pid, text, commFrom, commTo);
    if (number < 0) {
      troubles.drop(line.getAsLong(), "more than " + Threads.MOST + " threads have halts");
      return null;
    }
    if (number == vcpus.size()) {
      Vcpu vcpu = new Vcpu(number, pid);
      vcpus.add(vcpu);
      byPid.put(pid, vcpu);
    }
    return vcpus.get(number);
  }

  // ---- one vCPU

  private final class Vcpu {
    private final int index;
    private final int pid;
    private HaltPoll rule;
    private int applied;
    private boolean known;
    private boolean forbidden;
    private int number = -1;
    private OptionalLong capNs = parameters.host(Parameter.CAP);
    private OptionalLong maxNs = parameters.host(Parameter.MAX);

    private boolean decided;
    private long decidedAtNs;
    private long tracedOldNs;
    private long tracedNewNs;
    private long tracedLine;

    private long wakingNs = -1;
    private long arrivalNs = -1;
    private boolean ambiguous;
    private long upNs;

    Vcpu(int index, int pid) {
      this.index = index;
      this.pid = pid;
      rule = rules.create(index, parameters, List.of());
      known = !gap && !parameters.running();
      forbidden = parameters.host(Parameter.NO_POLL).orElse(0) == 1;
      if (rule.windowNs() < 0) {
        throw new UnfitRuleException("this strategy has no window that could be compared with a recording");
      }
    }

    void forget() {
      known = false;
      decided = false;
    }

    void woken(long haltNs, boolean slept, boolean valid) {
      long endNs = Math.max(upNs, decided ? decidedAtNs : timeNs);
      long startNs = Math.max(upNs, endNs - haltNs);
      apply(startNs);
      long budgetNs = budget(startNs);
      apply(endNs);
      boolean takenUp = !known && decided && rule.resume(tracedOldNs);
      if (takenUp) {
        known = true;
        resumed++;
        budgetNs = forbidden ? 0 : tracedOldNs;
        troubles.note(
            tracedLine, threads.name(index) + ": its window is taken up from here, at " + tracedOldNs + " ns");
      }
      long beforeNs = rule.windowNs();
      if (!forbidden) {
        long polledNs = slept ? Math.min(budgetNs, haltNs) : haltNs;
        tell(endNs, haltNs, polledNs, slept, valid);
      }
      if (known) {
        compare(beforeNs, rule.windowNs(), haltNs);
      } else {
        unverified++;
      }
      listener.halt(
          index, startNs, haltNs, slept, valid, forbidden ? FORBIDDEN : known ? budgetNs : UNKNOWN,
          slept ? latency(startNs, endNs) : UNKNOWN);
      decided = false;
      upNs = endNs;
    }

    private long latency(long startNs, long endNs) {
      if (wakingNs > startNs) {
        return endNs - wakingNs;
      }
      return arrivalNs > startNs && !ambiguous ? endNs - arrivalNs : UNKNOWN;
    }

    private long budget(long startNs) {
      try {
        return rule.budget(startNs);
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        throw new PluginFault("the strategy that is held against the recording threw in budget: " + e, e);
      }
    }

    private void tell(long endNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      try {
        rule.woken(endNs, haltNs, polledNs, slept, valid);
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        throw new PluginFault("the strategy that is held against the recording threw in woken: " + e, e);
      }
    }

    private void compare(long beforeNs, long afterNs, long haltNs) {
      boolean same;
      if (decided) {
        decisions++;
        same = beforeNs == tracedOldNs && afterNs == tracedNewNs;
      } else {
        // with a maximum of 0 the kernel puts the window to 0 and traces nothing
        same = beforeNs == afterNs || afterNs == 0 && capNs.orElse(maxNs.orElse(-1)) == 0;
      }
      if (same) {
        return;
      }
      mismatches++;
      if (firstMismatch == null) {
        firstMismatch = new Mismatch(
            decided ? tracedLine : line.getAsLong(), threads.name(index), haltNs,
            decided ? Mismatch.window(tracedOldNs, tracedNewNs) : Mismatch.window(beforeNs, beforeNs),
            Mismatch.window(beforeNs, afterNs));
      }
    }

    /** Puts parameters into force that were written up to a moment. */
    private void apply(long untilNs) {
      int before = applied;
      while (applied < changes.size() && changes.get(applied).timeNs() <= untilNs) {
        Change change = changes.get(applied);
        applied++;
        switch (change.parameter()) {
          case CAP -> capNs = OptionalLong.of(change.value());
          case MAX -> maxNs = OptionalLong.of(change.value());
          case NO_POLL -> forbidden = change.value() == 1;
          default -> { }
        }
      }
      if (applied > before) {
        long windowNs = rule.windowNs();
        rule = rules.create(index, parameters, List.copyOf(changes.subList(0, applied)));
        rule.resume(windowNs);
      }
    }
  }
}
