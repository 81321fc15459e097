package dev.haltlab.engine.guest;

import dev.haltlab.engine.PathStep;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Step;

/**
 * The idle loop of one guest CPU. The polling flag stands from its start to just before HLT: a waker that meets it sends
 * no interrupt. Since Linux 4.17 the tick is stopped after a state is selected, if the policy agrees or it is stopped
 * already; before, it is stopped first, whatever state is selected then.
 *
 * <p>Source: kernel/sched/idle.c, Linux 3.16, 4.9 and 4.19.
 */
final class IdleLoop {
  private static final int IDLE = PathStep.GUEST_IDLE.ordinal();
  private static final int IDLE_ENTER_COST = Step.IDLE_ENTER.ordinal();
  private static final int IDLE_EXIT_COST = Step.IDLE_EXIT.ordinal();

  private final GuestCpu guest;
  private final IdleGovernor governor;
  private final boolean tickless;
  private final boolean stopsFirst;
  private long sinceNs;
  private int passes;
  private boolean tickNow;
  private boolean tickCame;

  IdleLoop(GuestCpu guest, IdleGovernor governor) {
    this.guest = guest;
    this.governor = governor;
    this.tickless = governor.isTickless() && !guest.bare;
    this.stopsFirst = !guest.kernel.atLeast(4, 17);
  }

  /** Passes of this idle episode that are over. */
  int passes() {
    return passes;
  }

  /** Whether the tick came during the last pass that is over. */
  boolean tickCame() {
    return tickCame;
  }

  /** The tick has come while idle. */
  void ticked() {
    tickNow = true;
  }

  void enter() {
    passes = 0;
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
    if (tickless && stopsFirst) {
      guest.tick.stop(nowNs, wheelNs);
    }
    governor.select(nowNs, Math.min(wheelNs, guest.timers.earliestButTickNs()), guest.tick.isStopped());
    if (tickless && !stopsFirst && (governor.stopsTick() || guest.tick.isStopped())) {
      guest.tick.stop(nowNs, wheelNs);
    }
    tickNow = false;
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
    switch (kind) {
      case HLT -> guest.under.halt();
      case MWAIT -> guest.under.mwait(IDLE, governor.exitLatencyNs());
      default -> guest.under.spin(IDLE, governor.pollNs());
    }
  }

  /** Out of the state: the loop goes on, unless a task is to run. */
  void woken() {
    passes++;
    tickCame = tickNow;
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
