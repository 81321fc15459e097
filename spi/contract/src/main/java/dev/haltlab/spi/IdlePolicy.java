package dev.haltlab.spi;

import java.util.List;

/**
 * The idle policy of one guest CPU: cpuidle's select and reflect. One thread calls it, in simulated time order. The
 * caller's loop:
 *
 * <pre>
 *   until a task is to run here:
 *     state = policy.select(now, sleep, tickStopped)
 *     if policy.stopsTick() or the tick is stopped: stop it, if the guest kernel's own rules allow it
 *     spin, halt or mwait; an interrupt ends it
 *     policy.reflect(state, residency, pollTimedOut)
 *   restart the tick if it was stopped
 * </pre>
 *
 * <p>Timer-register writes are not this policy's answer: they follow from the guest's hrtimer queue as the tick is
 * moved. No method allocates or reads a clock.
 *
 * <p>Before Linux 4.17 the tick is stopped first and then a state selected, whatever the policy says about the tick.
 *
 * <p>Source: drivers/cpuidle/cpuidle.c and kernel/sched/idle.c, Linux 4.19.
 *
 * <p>Checked by {@code required_205_idleLoopAllocatesNothing}, {@code required_206_sameSeatSameAnswers},
 * {@code required_208_extremeValuesAreTolerated}, {@code required_212_idleLoopThrowsNothing}.
 */
@Stability(Stability.Level.STABLE)
public interface IdlePolicy {

  /**
   * The states to choose from, shallowest first; at least one. Asked once, when the run is built.
   *
   * <p>Checked by {@code required_201_statesAreThereAndTheSame}, {@code required_202_statesAreShallowestFirst}.
   */
  List<IdleState> states();

  /**
   * Chooses a state. Asked on each pass of the idle loop.
   *
   * <p>Checked by {@code required_203_selectIsInRange}, {@code required_209_selectWithoutReflectIsNormal}.
   *
   * @param nowNs simulated time
   * @param sleepNs time to the next timer of this CPU, ns; {@link Long#MAX_VALUE} if there is none
   * @param tickStopped whether an earlier pass of this idle episode has stopped the tick
   * @return an index into {@link #states()}
   */
  int select(long nowNs, long sleepNs, boolean tickStopped);

  /**
   * Whether the tick may be stopped for the state just selected; asked after each {@link #select}.
   *
   * <p>Checked by {@code required_210_questionsHaveNoEffect}.
   */
  default boolean stopsTick() {
    return true;
  }

  /**
   * Whether this CPU stops its tick at all: false is a guest booted with {@code nohz=off}. Asked once, when the run is
   * built.
   */
  default boolean isTickless() {
    return true;
  }

  /**
   * How long a POLL state just selected may spin as of now, ns; {@link HaltPoll#FOREVER} for no limit.
   *
   * <p>Checked by {@code required_204_pollNsIsNeverNegative}, {@code required_210_questionsHaveNoEffect}.
   */
  default long pollNs() {
    return HaltPoll.FOREVER;
  }

  /**
   * Tells how that pass went.
   *
   * @param state the state that was entered
   * @param residencyNs how long the CPU stayed in it
   * @param pollTimedOut whether a POLL state was left because {@link #pollNs()} had passed
   */
  default void reflect(int state, long residencyNs, boolean pollTimedOut) {}

  /**
   * Puts the limit of polling where it is known to be. A replay of a recording calls it where the recording begins or
   * goes on behind a gap; a simulation never does. What else the policy remembers stays.
   *
   * <p>Checked by {@code required_213_resumeTakesTheLimitOrRefuses}.
   *
   * @param pollNs as {@link #pollNs()} would answer, ns
   * @return false if the policy has no such limit, and nothing was changed
   */
  default boolean resume(long pollNs) {
    return false;
  }
}
