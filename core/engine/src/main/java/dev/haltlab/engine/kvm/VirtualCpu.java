package dev.haltlab.engine.kvm;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.guest.LogicalCpu;
import dev.haltlab.engine.host.HostScheduler;
import dev.haltlab.engine.host.PhysicalCpu;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Step;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU, and above all what an interrupt for it finds: the kick table.
 *
 * <p>Source: arch/x86/kvm and virt/kvm/kvm_main.c (kvm_vcpu_kick), as the fact sheet of each step cites.
 */
public final class VirtualCpu extends VcpuThread {
  private static final int ICR_EXIT_LABEL = PathStep.ICR_EXIT.ordinal();
  private static final int ICR_HANDLER_LABEL = PathStep.ICR_HANDLER.ordinal();
  private static final int HOST_TIMER_COST = Step.HOST_TIMER.ordinal();
  private static final int ICR_EXIT_COLD_COST = Step.ICR_EXIT_COLD.ordinal();
  private static final int ICR_EXIT_WARM_COST = Step.ICR_EXIT_WARM.ordinal();
  private static final int ICR_HANDLER_COLD_COST = Step.ICR_HANDLER_COLD.ordinal();
  private static final int ICR_HANDLER_WARM_COST = Step.ICR_HANDLER_WARM.ordinal();
  private static final int ICR_FAST_PATH_COST = Step.ICR_FAST_PATH.ordinal();
  private static final int POSTED_NOTIFICATION_COST = Step.POSTED_NOTIFICATION.ordinal();
  private static final int TRY_TO_WAKE_UP_COST = Step.TRY_TO_WAKE_UP.ordinal();
  private static final int VIRTUAL_ICR_WRITE_COST = Step.VIRTUAL_ICR_WRITE.ordinal();
  private static final int WAKE_UP_VECTOR_COST = Step.WAKE_UP_VECTOR.ordinal();

  private final HostScheduler scheduler;
  private final int timerSlot;

  private @Nullable VirtualCpu ipiTarget;
  private boolean ipiTargetSleeps;

  /** A vCPU that has not booted. */
  public VirtualCpu(VcpuParts parts, HaltPoll strategy) {
    super(parts, strategy);
    this.scheduler = parts.scheduler();
    this.timerSlot = parts.timerSlot();
  }

  @Override
  public void boot() {
    scheduler.wake(entity);
  }

  // --- events ---

  @Override
  protected void otherEvent(int slot) {
    if (slot == timerSlot) {
      if (timer.goesOff()) {
        timerFired();
      }
    } else if (pollEnd.goesOff()) {
      pollDeadline();
    }
  }

  @Override
  protected void finish() {
    if (overlaid) {
      interruptOver();
      return;
    }
    switch (phase) {
      case GUEST -> guestStepOver();
      case GUEST_COLD -> warmedUp();
      case EXIT -> handleExit();
      case ICR_HANDLER -> deliverIpi();
      case EXIT_INTERRUPT, SENDER_TAIL, SCHED_IN -> prepareEntry();
      case ENTERING -> entered();
      case POLL_NOTICE -> backFromPoll(true);
      case SCHEDULING_OUT -> sleep();
      case SCHEDULE_ABORTED -> backFromPoll(false);
      case C_EXIT -> startWaking();
      case WAKING -> backInBlock();
      case SWITCHING_IN -> switchedIn();
      case SWITCHING_TIMER -> block();
      case BLOCKED -> wakeUpVector();
      default -> throw new IllegalStateException("a vCPU in phase " + phase + " had a step");
    }
  }

  // --- the sender ---

  @Override
  public void sendIpi(LogicalCpu target) {
    VirtualCpu other = (VirtualCpu) target;
    ipiTarget = other;
    ipiTargetSleeps = other.phase == BLOCKED ? other.entity.cpu().isIdle() : other.isWaitingInGuest();
    if (paths.ipiVirtualization() || (paths.avic() && other.isOnPcpu())) {
      other.receivePosted();
      begin(ICR_EXIT_LABEL, false, false);
      step(GUEST, CpuTime.GUEST, ICR_EXIT_LABEL, costs.draw(VIRTUAL_ICR_WRITE_COST));
      return;
    }
    leaveGuest(paths.avic() ? ON_INCOMPLETE_IPI : ON_ICR);
    long ns = costs.draw(ipiTargetSleeps ? ICR_EXIT_COLD_COST : ICR_EXIT_WARM_COST);
    if (passesInTwo(EXIT, CpuTime.EXIT, ICR_EXIT_LABEL, ns, ICR_HANDLER, ICR_HANDLER_LABEL, icrHandlerCost())) {
      deliverIpi();
    }
  }

  @Override
  void icrExit() {
    step(ICR_HANDLER, CpuTime.EXIT, ICR_HANDLER_LABEL, costs.draw(icrHandlerCost()));
  }

  private int icrHandlerCost() {
    return paths.icrFastPath() ? ICR_FAST_PATH_COST : ipiTargetSleeps ? ICR_HANDLER_COLD_COST : ICR_HANDLER_WARM_COST;
  }

  private void deliverIpi() {
    long tailNs = ipiTarget().receive(RESCHEDULE);
    stepThenEnter(SENDER_TAIL, TAIL_LABEL, tailNs);
  }

  private VirtualCpu ipiTarget() {
    VirtualCpu target = ipiTarget;
    if (target == null) {
      throw new IllegalStateException("an ICR write without target");
    }
    return target;
  }

  // --- the kick table ---

  /**
   * A vector arrives from another vCPU: what it finds here decides what it costs whom.
   *
   * @return what the sender still has to do for it, ns
   */
  private long receive(int vector) {
    touched();
    tellKick(vector);
    guest.claimTransit();
    pending |= vector;
    if (overlaid) {
      kickedMeanwhile = true;
      return 0;
    }
    switch (phase) {
      case GUEST, GUEST_COLD -> {
        if (paths.posted()) {
          notifyGuest(0);
        } else {
          kickOut(); // EXTERNAL_INTERRUPT exit; injected at the re-entry
        }
      }
      case ENTERING -> hostKick = true; // too late for this entry: an exit follows at once
      case POLLING, UNDECIDED -> pollHit(vector != TIMER || paths.postedTimer());
      case SCHEDULING_OUT -> abortSchedule();
      case BLOCKED -> {
        // its timer fires on the pCPU it ran on, but for one that is posted
        wake(vector != TIMER || paths.postedTimer() || !entity.cpu().isIdle());
        return costs.draw(TRY_TO_WAKE_UP_COST);
      }
      default -> { } // EXIT, WAKING, RUNNABLE and the rest: the bit is found at the next entry
    }
    return 0;
  }

  /** In guest mode: a notification comes {@code ns} from now and its way later; no exit. */
  private void notifyGuest(long ns) {
    if (phase == GUEST_COLD
        || !interruptible
        || !breakAt(calendar.nowNs() + ns + costs.draw(POSTED_NOTIFICATION_COST), INTERRUPT)) {
      see(); // taken as soon as the guest allows it
    }
  }

  private void wake(boolean fromAnotherPcpu) {
    halt.wokenByKick();
    wokenFromAnotherPcpu = fromAnotherPcpu;
    scheduler.wake(entity);
  }

  /**
   * The sender's CPU has posted a reschedule interrupt by itself: no host code runs on the sender's side, and none aborts
   * a sleep that has begun. In host mode a notification finds an empty handler, whose time is not counted.
   */
  private void receivePosted() {
    touched();
    tellKick(RESCHEDULE);
    guest.claimTransit();
    pending |= RESCHEDULE;
    switch (phase) {
      case GUEST, GUEST_COLD -> notifyGuest(0);
      case POLLING, UNDECIDED -> {
        if (overlaid) {
          kickedMeanwhile = true;
        } else {
          pollHit(paths.avic()); // a notification interrupts the pause, a doorbell does nothing in host mode
        }
      }
      case BLOCKED -> {
        if (endNs == Calendar.NEVER) { // else a notification is under way already
          until(calendar.nowNs() + costs.draw(HOST_IPI_COST));
        }
      }
      default -> { } // found at the next entry, without an exit even if that has begun, or when the thread is asleep
    }
  }

  @Override
  void wakeUpVector() {
    PhysicalCpu cpu = entity.cpu();
    boolean idle = cpu.isIdle();
    long ns = costs.draw(WAKE_UP_VECTOR_COST);
    if (idle) {
      wakeExtraNs = ns;
    } else {
      cpu.interrupt(ns);
    }
    wake(!idle);
  }

  /** Whether AVIC takes this vCPU's thread to be on a pCPU, or it has blocked. */
  private boolean isOnPcpu() {
    return switch (phase) {
      case GUEST, GUEST_COLD, EXIT, EXIT_INTERRUPT, ICR_HANDLER, SENDER_TAIL, ENTERING, SCHED_IN, SWITCHING_TIMER -> true;
      case POLLING, UNDECIDED, POLL_NOTICE -> paths.avicWhilePolling();
      default -> false;
    };
  }

  /** The host timer that backs the APIC timer fires on the pCPU of this vCPU. */
  private void timerFired() {
    touched();
    guest.claimSleeper();
    if (paths.postedTimer()) {
      timerFiredElsewhere();
      return;
    }
    if (phase == GUEST || phase == GUEST_COLD) {
      tellKick(TIMER);
      pending |= TIMER;
      if (paths.preemptionTimer()) {
        breakOut(ON_PREEMPTION_TIMER, 0);
      } else {
        breakOut(ON_INTERRUPT, costs.draw(HOST_TIMER_COST));
      }
      return;
    }
    PhysicalCpu cpu = entity.cpu();
    long ns = costs.draw(HOST_TIMER_COST);
    if (phase == BLOCKED && cpu.isIdle()) {
      wakeExtraNs = ns;
    } else {
      cpu.interrupt(ns);
    }
    receive(TIMER);
  }

  /** The host timer fires on a housekeeping CPU, whose time is not counted. */
  private void timerFiredElsewhere() {
    long ns = costs.draw(HOST_TIMER_COST);
    if (phase == GUEST || phase == GUEST_COLD) {
      tellKick(TIMER);
      pending |= TIMER;
      notifyGuest(ns);
      return;
    }
    if (phase == BLOCKED) {
      wakeExtraNs = ns;
    }
    receive(TIMER);
  }

  // --- what was counted ---

  /** Exits in this window. */
  public ExitCounts exits() {
    return exits;
  }

  /** KVM's halt counters in this window. */
  public Outcome.Halts halts() {
    return halt.outcome();
  }

  @Override
  public void reset(long nowNs) {
    flush();
    stealBeforeNs += spentNs(CpuTime.RUNNABLE);
    super.reset(nowNs);
    exits.reset();
    halt.reset();
    exitSinceNs = nowNs; // an exit under way counts from here
  }
}
