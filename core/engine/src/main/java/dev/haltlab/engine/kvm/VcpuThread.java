package dev.haltlab.engine.kvm;

import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.host.HostThread;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.Track;
import dev.haltlab.engine.sim.Alarm;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.Step;

/**
 * The thread of a vCPU: it halts, polls, sleeps, is woken, and shares its pCPU with others.
 *
 * <p>Source: virt/kvm/kvm_main.c (kvm_vcpu_halt, kvm_vcpu_block); what is decided and counted there is
 * {@link HaltPath}'s.
 */
abstract class VcpuThread extends VcpuRun implements HostThread, HostView {
  private static final int SCHED_IN_LABEL = PathStep.SCHED_IN.ordinal();
  private static final int HLT_LABEL = PathStep.HLT_EXIT.ordinal();
  private static final int POLLING_LABEL = PathStep.POLLING.ordinal();
  private static final int POLL_NOTICE_LABEL = PathStep.POLL_NOTICE.ordinal();
  private static final int PREEMPTED_LABEL = PathStep.PREEMPTED.ordinal();

  private static final int COLD_WAKE_COST = Step.COLD_WAKE.ordinal();
  private static final int HOST_SWITCH_COST = Step.HOST_SWITCH.ordinal();
  private static final int POLL_NOTICE_COST = Step.POLL_NOTICE.ordinal();
  private static final int POLL_RETURN_COST = Step.POLL_RETURN.ordinal();
  private static final int SCHEDULE_ABORT_COST = Step.SCHEDULE_ABORT.ordinal();
  private static final int SCHEDULE_OUT_COST = Step.SCHEDULE_OUT.ordinal();
  private static final int SCHED_IN_COST = Step.SCHED_IN.ordinal();
  private static final int TIMER_SWITCH_COST = Step.TIMER_SWITCH.ordinal();
  private static final int WAKE_THREAD_COST = Step.WAKE_THREAD.ordinal();

  final Entity entity;
  final Alarm pollEnd;
  final HaltPath halt;
  private final boolean hostIdlePolls;
  private final boolean goesCold;
  private final long tpauseNs;

  private long pollDeadlineNs;
  /** When the poll loop last began to pause. */
  private long pauseSinceNs;
  private boolean stillLoaded;
  /** What comes before the thread's own wake-up on an idle pCPU: the timer's handler. */
  long wakeExtraNs;
  boolean wokenFromAnotherPcpu;
  /** The interrupt that wakes the thread has come before its pCPU entered a C-state. */
  private boolean stillAwake;
  /** The timer is one of the host's while the thread blocks. */
  private boolean timerSwitched;
  private int preemptedIn;
  long stealBeforeNs;

  // A host interrupt that lengthens a step in host mode.
  boolean overlaid;
  boolean kickedMeanwhile;
  private boolean pollOverMeanwhile;
  private boolean othersMeanwhile;
  private long resumeNs;
  private int resumeWay;
  private int resumeLabel;

  VcpuThread(VcpuParts parts, HaltPoll strategy) {
    super(parts);
    this.entity = new Entity(this, parts.boundTo(), parts.cpu());
    this.pollEnd = new Alarm(parts.calendar(), parts.pollSlot());
    this.halt = new HaltPath(strategy, parts.vm(), parts.index(), parts.pollForbidden(), parts.abortIsSuccess());
    this.hostIdlePolls = parts.features().contains(Feature.HOST_MWAIT_IDLE);
    this.goesCold = parts.goesCold();
    this.tpauseNs = parts.tpauseNs();
  }

  // --- the halt path ---

  @Override
  final void haltExit() {
    halt.exited();
    if ((visible | pending) != 0) {
      prepareEntry(); // straight back in; the strategy is not asked
      return;
    }
    if (paths.preemptionTimer() && timer.dueNs() != Calendar.NEVER) {
      timerSwitched = true;
      step(SWITCHING_TIMER, CpuTime.EXIT, HLT_LABEL, costs.draw(TIMER_SWITCH_COST));
    } else {
      block();
    }
  }

  /** kvm_vcpu_halt() begins: the strategy decides, and the thread polls or sleeps. */
  final void block() {
    long nowNs = calendar.nowNs();
    long deadlineNs = halt.begin(nowNs);
    if (deadlineNs == nowNs) {
      if (pending != 0) {
        abortSchedule();
      } else {
        scheduleOut();
      }
      return;
    }
    pollDeadlineNs = deadlineNs;
    pauseSinceNs = nowNs;
    phase = halt.isHindsight() ? UNDECIDED : POLLING;
    spend(CpuTime.POLL, POLLING_LABEL);
    until(Calendar.NEVER);
    if (pending != 0) { // it came while the timer was switched
      pollHit(false);
      return;
    }
    if (entity.cpu().waiting() > 0) {
      othersWait();
      if (phase != POLLING) {
        return;
      }
    }
    pollEnd.set(deadlineNs);
  }

  final void pollDeadline() {
    if (phase == UNDECIDED) {
      settleAsBlock();
    } else if (overlaid) {
      pollOverMeanwhile = true;
    } else if (phase == POLLING) {
      halt.pollEnded(calendar.nowNs());
      scheduleOut();
    }
  }

  /** An interrupt is pending: the poll loop sees it at once or, from another pCPU, when its pause is over. */
  final void noticed(boolean fromAnotherPcpu) {
    pollEnd.off();
    long nowNs = calendar.nowNs();
    long pauseNs = fromAnotherPcpu ? pauseLeftNs(nowNs) : 0; // an interrupt of this pCPU ends TPAUSE
    halt.pollEnded(nowNs + pauseNs);
    step(POLL_NOTICE, CpuTime.POLL, POLL_NOTICE_LABEL, pauseNs + costs.draw(POLL_NOTICE_COST));
  }

  /** The last pause ends with the window. */
  private long pauseLeftNs(long nowNs) {
    if (tpauseNs == 0) {
      return 0;
    }
    long intoNs = (nowNs - pauseSinceNs) % tpauseNs;
    return intoNs == 0 ? 0 : Math.min(tpauseNs - intoNs, pollDeadlineNs - nowNs);
  }

  /** The poll, or the bound's wait, ends with an interrupt. */
  final void pollHit(boolean fromAnotherPcpu) {
    if (phase == UNDECIDED) {
      halt.settleAsPoll(calendar.nowNs());
    }
    noticed(fromAnotherPcpu);
  }

  /** An interrupt comes before the switch to another thread: the sleep is given up. */
  final void abortSchedule() {
    step(SCHEDULE_ABORTED, CpuTime.SWITCH, WAKE_THREAD_LABEL, costs.draw(SCHEDULE_ABORT_COST));
  }

  private void scheduleOut() {
    pollEnd.off();
    step(SCHEDULING_OUT, CpuTime.SWITCH, WAKE_THREAD_LABEL, costs.draw(SCHEDULE_OUT_COST));
  }

  final void sleep() {
    slept = true;
    needResched = false;
    phase = BLOCKED;
    spend(CpuTime.BLOCKED, WAKE_THREAD_LABEL);
    until(Calendar.NEVER);
    entity.cpu().blocked(entity, timer.dueNs());
    if (pending != 0) {
      stillAwake = true;
      wakeUpVector();
    }
  }

  /**
   * The host's interrupt for a vCPU that has blocked, on the pCPU where it did: a notification's, or the one a pCPU sends
   * itself when it finds as it puts the vCPU that the notification came before (pi_enable_wakeup_handler()).
   */
  abstract void wakeUpVector();

  /** A bound's wake-up did not come within its horizon, or another thread wants the pCPU: it has slept all along. */
  private void settleAsBlock() {
    pollEnd.off();
    long nowNs = calendar.nowNs();
    long sinceNs = Math.max(halt.blockNs(), window.openedNs());
    long outNs = Math.min(costs.draw(SCHEDULE_OUT_COST), nowNs - sinceNs);
    recharge(CpuTime.POLL, CpuTime.SWITCH, outNs);
    recharge(CpuTime.POLL, CpuTime.BLOCKED, nowNs - sinceNs - outNs);
    Track told = track;
    if (told != null) {
      told.spentSince(CpuTime.SWITCH, WAKE_THREAD_LABEL, sinceNs);
      told.spentSince(CpuTime.BLOCKED, WAKE_THREAD_LABEL, sinceNs + outNs);
    }
    slept = true;
    needResched = false;
    phase = BLOCKED;
    spend(CpuTime.BLOCKED, WAKE_THREAD_LABEL);
    entity.cpu().blockedSince(entity, sinceNs + outNs, timer.dueNs());
  }

  /** The vCPU goes back in without having slept; {@code inLoop} if the poll loop itself saw the interrupt. */
  final void backFromPoll(boolean inLoop) {
    halt.end(calendar.nowNs(), false, inLoop, track);
    stepThenEnter(SCHED_IN, SCHED_IN_LABEL, costs.draw(POLL_RETURN_COST) + switchTimerBack());
  }

  /** The thread is back in kvm_vcpu_block() after having slept. */
  final void backInBlock() {
    if (exit != ON_BOOT) {
      halt.end(calendar.nowNs(), true, false, track);
    }
    coldNs = goesCold ? costs.draw(COLD_WAKE_COST) : 0;
    // with its context still loaded there is nothing to load: it returns as from a poll
    int cost = stillLoaded ? POLL_RETURN_COST : SCHED_IN_COST;
    stillLoaded = false;
    stepThenEnter(SCHED_IN, SCHED_IN_LABEL, costs.draw(cost) + switchTimerBack());
  }

  private long switchTimerBack() {
    boolean switched = timerSwitched;
    timerSwitched = false;
    return switched ? costs.draw(TIMER_SWITCH_COST) : 0;
  }

  // --- the thread ---

  @Override
  public Entity entity() {
    return entity;
  }

  @Override
  public void wokenOnIdle(long cstateExitNs, boolean loaded) {
    stillLoaded = loaded;
    moveTo(entity.cpu().id(), entity.cpu().account());
    boolean inCstate = !stillAwake;
    stillAwake = false;
    if (cstateExitNs > 0 && inCstate) {
      step(C_EXIT, CpuTime.C_EXIT, CSTATE_EXIT_LABEL, cstateExitNs);
    } else {
      startWaking();
    }
  }

  final void startWaking() {
    long extraNs = wakeExtraNs;
    wakeExtraNs = 0;
    if (wokenFromAnotherPcpu && !hostIdlePolls) {
      extraNs += costs.draw(HOST_IPI_COST);
    }
    step(WAKING, CpuTime.WAKING, WAKE_THREAD_LABEL, extraNs + costs.draw(WAKE_THREAD_COST));
  }

  @Override
  public void queued() {
    if (phase == BLOCKED) {
      preemptedIn = BLOCKED;
    }
    stillAwake = false;
    moveTo(entity.cpu().id(), entity.cpu().account());
    phase = RUNNABLE;
    spend(CpuTime.RUNNABLE, PREEMPTED_LABEL);
    until(Calendar.NEVER);
  }

  @Override
  public void dispatched() {
    needResched = false;
    step(SWITCHING_IN, CpuTime.SWITCH, WAKE_THREAD_LABEL, costs.draw(HOST_SWITCH_COST));
  }

  final void switchedIn() {
    switch (preemptedIn) {
      case BLOCKED -> backInBlock();
      case POLLING -> {
        coldNs = goesCold ? costs.draw(COLD_WAKE_COST) : 0;
        phase = POLLING;
        pauseSinceNs = calendar.nowNs();
        spend(CpuTime.POLL, POLLING_LABEL);
        until(Calendar.NEVER);
        if (pending != 0) {
          noticed(false);
        } else if (pollDeadlineNs <= calendar.nowNs()) {
          halt.pollEnded(calendar.nowNs());
          scheduleOut();
        } else {
          pollEnd.set(pollDeadlineNs);
        }
      }
      default -> {
        coldNs = goesCold ? costs.draw(COLD_WAKE_COST) : 0;
        prepareEntry();
      }
    }
  }

  @Override
  final void preempt(int in) {
    preemptedIn = in;
    needResched = false;
    pollEnd.off();
    entity.cpu().preempted(entity);
  }

  @Override
  public void reschedule(boolean sliceOver) {
    touched();
    if (phase == POLLING || phase == UNDECIDED) {
      if (sliceOver) {
        if (overlaid) {
          needResched = true;
        } else {
          preempt(POLLING);
        }
      }
      return; // a strategy that does not yield polls on; one that does has stopped already
    }
    needResched = true;
    if (phase == GUEST || phase == GUEST_COLD) {
      kickOut();
    } else if (phase == ENTERING) {
      hostKick = true;
    }
  }

  @Override
  public void othersWait() {
    if (phase == UNDECIDED) {
      settleAsBlock();
    } else if (phase == POLLING && halt.yields()) {
      if (overlaid) {
        othersMeanwhile = true;
      } else {
        halt.pollCutShort(calendar.nowNs());
        scheduleOut();
      }
    }
  }

  @Override
  public void interruptedFor(long ns) {
    touched();
    switch (phase) {
      case GUEST, GUEST_COLD -> breakOut(ON_INTERRUPT, ns);
      case ENTERING -> {
        hostKick = true;
        hostKickNs += ns;
      }
      case UNDECIDED -> { } // a bound has no interrupts to lose time to
      default -> {
        if (!overlaid) {
          overlaid = true;
          kickedMeanwhile = false;
          pollOverMeanwhile = false;
          othersMeanwhile = false;
          resumeWay = way();
          resumeLabel = label();
          resumeNs = endNs == Calendar.NEVER ? Calendar.NEVER : endNs - calendar.nowNs();
          spend(CpuTime.HOST_IRQ, HOST_IRQ_LABEL);
          until(calendar.nowNs() + ns);
        } else {
          until(endNs + ns);
        }
      }
    }
  }

  /** The host interrupt that lengthened a step is over; what came meanwhile is seen now. */
  final void interruptOver() {
    overlaid = false;
    spend(resumeWay, resumeLabel);
    until(resumeNs == Calendar.NEVER ? Calendar.NEVER : calendar.nowNs() + resumeNs);
    if (phase == POLLING) {
      pauseSinceNs = calendar.nowNs();
      if (kickedMeanwhile) {
        noticed(false);
      } else if (pollOverMeanwhile) {
        halt.pollEnded(calendar.nowNs());
        scheduleOut();
      } else if (othersMeanwhile) {
        halt.pollCutShort(calendar.nowNs());
        scheduleOut();
      } else if (needResched) {
        preempt(POLLING);
      }
    } else if (phase == SCHEDULING_OUT && kickedMeanwhile) {
      abortSchedule();
    }
  }

  // --- the strategy's view of the host ---

  @Override
  public int otherRunnable() {
    return entity.cpu().waiting();
  }

  @Override
  public long stealNs() {
    return stealBeforeNs + spentNs(CpuTime.RUNNABLE);
  }

  @Override
  public boolean siblingBusy() {
    return false; // the hosts of this model have one hardware thread a core
  }
}
