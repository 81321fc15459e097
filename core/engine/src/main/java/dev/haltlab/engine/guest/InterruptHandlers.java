package dev.haltlab.engine.guest;

import dev.haltlab.engine.PathStep;
import dev.haltlab.spi.Step;

/** The interrupt handlers of one guest CPU: what they break into, the EOI, the timer's work, the way back. */
final class InterruptHandlers {
  private static final int INTERRUPT = PathStep.GUEST_INTERRUPT.ordinal();
  private static final int RESCHEDULE_ISR = Step.RESCHEDULE_ISR.ordinal();
  private static final int TIMER_ISR = Step.TIMER_ISR.ordinal();
  private static final int SOFTIRQ = Step.SOFTIRQ.ordinal();

  private final GuestCpu guest;

  // What was broken into.
  private boolean ofTask;
  private int resumePhase;
  private int brokenLabel;
  private long brokenNs;

  private int vector;
  private boolean softirq;
  /** Bare guests owe the EOI until their next verb, so that a stamp at the handler's start precedes it. */
  private boolean eoiOwed;

  InterruptHandlers(GuestCpu guest) {
    this.guest = guest;
  }

  /** An interrupt is taken in the phase at hand, with {@code remainingNs} of its operation left. */
  void breakInto(int label, long remainingNs) {
    resumePhase = guest.phase;
    brokenLabel = label;
    brokenNs = remainingNs;
    ofTask = !guest.idle;
    guest.phase = Phase.ISR;
  }

  void enter() {
    vector = guest.under.takeVector();
    if (guest.recorded) {
      Told.interrupted(guest, vector);
    }
    if (vector == LogicalCpu.TIMER) {
      guest.claimSleeper();
    }
    guest.phase = Phase.ISR_EOI;
    guest.run(INTERRUPT, guest.cost(vector == LogicalCpu.TIMER ? TIMER_ISR : RESCHEDULE_ISR), false);
  }

  void acknowledge() {
    if (!guest.under.eoiTakesTime()) {
      body();
    } else if (guest.bare) {
      eoiOwed = true;
      body();
    } else {
      guest.phase = Phase.ISR_BODY;
      guest.under.endOfInterrupt();
      guest.issued = true;
    }
  }

  /** Whether an EOI is still to be written. */
  boolean owesEoi() {
    return eoiOwed;
  }

  /** Writes the EOI that is owed. The phase to go on with is set before. */
  void payEoi() {
    eoiOwed = false;
    guest.under.endOfInterrupt();
    guest.issued = true;
  }

  void body() {
    softirq = false;
    if (vector == LogicalCpu.TIMER) {
      timer();
    }
    guest.phase = Phase.ISR_WRITES;
    writes();
  }

  void writes() {
    if (!guest.writesDone()) {
      return;
    }
    if (softirq) {
      guest.phase = Phase.ISR_EXIT;
      guest.run(INTERRUPT, guest.cost(SOFTIRQ), false);
    } else {
      exit();
    }
  }

  /** hrtimer_interrupt: the tick, the watchdog and the sleepers that are due. */
  private void timer() {
    long nowNs = guest.calendar.nowNs();
    Task running = guest.current;
    if (guest.tick.expired(nowNs)) {
      softirq = guest.wheel.serve(nowNs);
      if (guest.idle) {
        guest.idleLoop.ticked();
      }
      if (running != null) {
        guest.runQueue.charge(running, nowNs);
        guest.needResched |= guest.runQueue.sliceOver(running, nowNs);
      }
    }
    if (guest.timers.expiryOf(TimerQueue.WATCHDOG) <= nowNs) {
      guest.timers.rearm(TimerQueue.WATCHDOG, nowNs + GuestCpu.WATCHDOG_NS);
    }
    Task sleeper = guest.timers.takeExpiredSleeper(nowNs);
    while (sleeper != null) {
      guest.wake(sleeper, null, guest);
      if (!guest.needResched) {
        guest.letWait(sleeper);
      }
      sleeper = guest.timers.takeExpiredSleeper(nowNs);
    }
    guest.timers.reprogramAfterInterrupt();
  }

  void exit() {
    if (guest.under.interruptVisible()) {
      guest.phase = Phase.ISR;
      return;
    }
    if (ofTask && guest.needResched && !guest.runQueue.isEmpty()) {
      Task task = guest.task();
      task.savedLabel = brokenLabel;
      task.savedNs = brokenNs;
      task.savedPhase = resumePhase;
      task.resumeAt = Phase.RESUME;
      guest.preempt(task);
      return;
    }
    guest.phase = resumePhase;
    if (ofTask) {
      guest.run(brokenLabel, brokenNs, true);
    }
  }
}
