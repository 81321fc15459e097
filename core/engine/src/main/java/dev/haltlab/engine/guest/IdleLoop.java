package dev.haltlab.engine.guest;

import dev.haltlab.engine.PathStep;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Step;

/**
 * The idle loop of one guest CPU. The polling flag stands from its start to just before HLT: a waker that meets it sends
 * no interrupt.
 *
 * <p>Source: kernel/sched/idle.c, Linux 3.16 and 4.19.
 */
final class IdleLoop {
  private static final int IDLE = PathStep.GUEST_IDLE.ordinal();
  private static final int IDLE_ENTER_COST = Step.IDLE_ENTER.ordinal();
  private static final int IDLE_EXIT_COST = Step.IDLE_EXIT.ordinal();

  private final GuestCpu guest;
  private final IdleGovernor governor;
  private long sinceNs;

  IdleLoop(GuestCpu guest, IdleGovernor governor) {
    this.guest = guest;
    this.governor = governor;
  }

  void enter() {
    guest.phase = Phase.IDLE_PASS;
    guest.run(IDLE, guest.cost(IDLE_ENTER_COST), false);
  }

  /** One pass: chooses a state, and moves the tick for it. */
  void pass() {
    if (guest.isStuck()) {
      throw governor.failure(
          "makes no progress: " + GuestCpu.STUCK + " passes of the idle loop without simulated time", null);
    }
    if (guest.needResched) {
      exit(); // neither the policy is asked nor the tick stopped
      return;
    }
    long nowNs = guest.calendar.nowNs();
    long wheelNs = guest.bare ? TimerQueue.NEVER : guest.wheel.nextNs();
    governor.select(nowNs, Math.min(wheelNs, guest.timers.earliestButTickNs()), guest.tick.isStopped());
    if (governor.stopsTick() && !guest.bare) {
      guest.tick.stop(nowNs, wheelNs);
    }
    guest.phase = Phase.IDLE_WRITES;
    writes();
  }

  void writes() {
    if (guest.writesDone()) {
      sleep();
    }
  }

  /** Enters the state chosen, unless a task is to run. */
  void sleep() {
    IdleState.Kind kind = governor.kind();
    if (kind == IdleState.Kind.HLT) {
      guest.polling = false;
    }
    if (guest.needResched) {
      exit();
      return;
    }
    if (guest.interrupts.owesEoi()) {
      guest.phase = Phase.IDLE_SLEEP;
      guest.interrupts.payEoi();
      return;
    }
    guest.issued = true;
    sinceNs = guest.calendar.nowNs();
    guest.phase = Phase.IDLE_WOKEN;
    if (kind == IdleState.Kind.HLT) {
      guest.under.halt();
    } else {
      guest.under.spin(IDLE, kind == IdleState.Kind.POLL ? governor.pollNs() : TimerQueue.NEVER);
    }
  }

  /** Out of the state: the loop goes on, unless a task is to run. */
  void woken() {
    governor.reflect(guest.calendar.nowNs() - sinceNs, guest.needResched);
    guest.polling = !guest.bare;
    if (guest.needResched) {
      exit();
    } else {
      guest.phase = Phase.IDLE_PASS;
    }
  }

  void exit() {
    guest.claimTransit();
    guest.phase = Phase.IDLE_RESTART;
    guest.run(IDLE, guest.cost(IDLE_EXIT_COST), false);
  }

  void restartTick() {
    guest.tick.restart(guest.calendar.nowNs());
    exitWrites();
  }

  void exitWrites() {
    guest.phase = Phase.IDLE_EXIT_WRITES;
    if (guest.writesDone()) {
      guest.polling = false;
      guest.schedule();
    }
  }
}
