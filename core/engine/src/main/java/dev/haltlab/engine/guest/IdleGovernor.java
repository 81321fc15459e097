package dev.haltlab.engine.guest;

import dev.haltlab.engine.PluginFailure;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conversation of one guest CPU with its idle policy: asks, checks the answers, and says whose fault it is. */
final class IdleGovernor {
  private final IdlePolicy policy;
  private final IdleState.Kind[] kinds;
  private final long[] exitLatencyNs;
  private final boolean tickless;
  private final String vm;
  private final int vcpu;
  private final Calendar calendar;

  private int state;
  private boolean stopsTick;

  /** @param mwait whether the guest has MWAIT */
  IdleGovernor(IdlePolicy policy, boolean mwait, String vm, int vcpu, Calendar calendar) {
    this.policy = policy;
    this.vm = vm;
    this.vcpu = vcpu;
    this.calendar = calendar;
    List<IdleState> states;
    try {
      states = List.copyOf(policy.states());
      this.tickless = policy.isTickless();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw failure("threw: " + e, e);
    }
    for (IdleState state : states) {
      if (state.kind() == IdleState.Kind.MWAIT && !mwait) {
        throw failure("has the MWAIT state " + state.name() + ", and MWAIT is not passed through to this VM", null);
      }
    }
    this.kinds = states.stream().map(IdleState::kind).toArray(IdleState.Kind[]::new);
    this.exitLatencyNs = states.stream().mapToLong(IdleState::exitLatencyNs).toArray();
  }

  /** Whether the tick is ever stopped. */
  boolean isTickless() {
    return tickless;
  }

  /**
   * Has a state chosen, {@link #kind}.
   *
   * @param nextNs when the next timer but the tick is due; {@link TimerQueue#NEVER} if none is
   * @param tickStopped whether the tick is stopped already
   */
  void select(long nowNs, long nextNs, boolean tickStopped) {
    long sleepNs = nextNs == TimerQueue.NEVER ? Long.MAX_VALUE : Math.max(0, nextNs - nowNs);
    int chosen;
    try {
      chosen = policy.select(nowNs, sleepNs, tickStopped);
      stopsTick = policy.stopsTick();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw failure("threw: " + e, e);
    }
    if (chosen < 0 || chosen >= kinds.length) {
      throw failure("selected state " + chosen + " of " + kinds.length, null);
    }
    state = chosen;
  }

  /** What the CPU does in the state chosen. */
  IdleState.Kind kind() {
    return kinds[state];
  }

  /** What leaving the state chosen takes. */
  long exitLatencyNs() {
    return exitLatencyNs[state];
  }

  /** Whether the tick may be stopped for it. */
  boolean stopsTick() {
    return stopsTick;
  }

  /** How long to poll in it; {@link TimerQueue#NEVER} for without end. */
  long pollNs() {
    long ns;
    try {
      ns = policy.pollNs();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw failure("threw: " + e, e);
    }
    if (ns < 0) {
      throw failure("asked to poll for " + ns + " ns", null);
    }
    return ns > calendar.longestNs() ? TimerQueue.NEVER : ns;
  }

  /**
   * Tells how it went.
   *
   * @param needResched whether a task is to run now
   */
  void reflect(long residencyNs, boolean needResched) {
    try {
      boolean timedOut = kinds[state] == IdleState.Kind.POLL && !needResched && residencyNs >= policy.pollNs();
      policy.reflect(state, residencyNs, timedOut);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw failure("threw: " + e, e);
    }
  }

  /** The policy did what it must not. */
  PluginFailure failure(String what, @Nullable Throwable cause) {
    return new PluginFailure(
        PluginFailure.Kind.IDLE, vm,
        "the idle policy of VM '" + vm + "' on vCPU " + vcpu + " at " + calendar.nowNs() + " ns " + what, cause);
  }
}
