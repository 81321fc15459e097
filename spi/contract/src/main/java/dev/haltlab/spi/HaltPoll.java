package dev.haltlab.spi;

/**
 * The halt-poll strategy of one vCPU. One thread calls it, in simulated time order. The caller's loop:
 *
 * <pre>
 *   on a HLT exit with nothing pending:
 *     budget = strategy.budget(now)                 // once
 *     poll until interrupt, now + budget, or another runnable thread on this pCPU
 *     if nothing came: schedule out, sleep, be woken
 *     strategy.woken(now, haltNs, polledNs, slept, valid)   // once
 *     enter the guest
 * </pre>
 *
 * <p>An interrupt that is already pending at the HLT exit sends the vCPU straight back: neither method is called. If
 * the guest forbids host polling, {@code budget} is asked (so that the kernel's clamp happens), its answer is not used
 * and {@code woken} is not called. Both methods allocate nothing, read no clock and return at once.
 *
 * <p>Source: {@code kvm_vcpu_halt()}, Linux 6.1 and later; Documentation/virt/kvm/halt-polling.rst.
 *
 * <p>Checked by {@code required_102_budgetAndWokenAllocateNothing}, {@code required_103_sameSeatSameAnswers},
 * {@code required_106_extremeValuesAreTolerated}, {@code required_110_budgetAndWokenThrowNothing}.
 */
@Stability(Stability.Level.STABLE)
@FunctionalInterface
public interface HaltPoll {

  /** A budget without end: poll until the wake-up comes. */
  long FOREVER = Long.MAX_VALUE;

  /**
   * Decides how long to poll. Asked once each time the vCPU blocks.
   *
   * <p>Checked by {@code required_101_budgetIsNeverNegative}, {@code required_105_budgetWithoutWokenIsNormal}.
   *
   * @param nowNs simulated time, never decreasing
   * @return ns to poll; 0 schedules out at once; {@link #FOREVER} polls without end; never negative
   */
  long budget(long nowNs);

  /**
   * Tells how that block went. Called once for each {@link #budget} that was used, when the vCPU is back on its pCPU.
   *
   * @param nowNs simulated time
   * @param haltNs from the start of polling to the wake-up: polling, sleep and, if it slept, the host's wake-up time
   * @param polledNs the part of it that was spent polling
   * @param slept whether the thread was scheduled out ({@code wait} in the kernel's trace, else {@code poll})
   * @param valid whether the wake-up was for this vCPU; always true on x86
   */
  default void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {}

  /**
   * The window after the latest decision, in ns and not clamped, as the kernel's {@code kvm_halt_poll_ns} event shows
   * it; −1 if the strategy has none. For plots and counters only: it has no effect.
   *
   * <p>Checked by {@code required_107_windowNsHasNoEffect}.
   */
  default long windowNs() {
    return -1;
  }

  /**
   * Puts the window where it is known to be. A replay of a recording calls it where the recording begins with a vCPU
   * that has run before, or goes on behind a gap; a simulation never does. What else the strategy remembers stays.
   *
   * <p>Checked by {@code required_111_resumeTakesTheWindowOrRefuses}.
   *
   * @param windowNs as {@link #windowNs()} would answer, ns
   * @return false if there is no such window, and nothing was changed
   */
  default boolean resume(long windowNs) {
    return false;
  }

  /**
   * Whether polling stops when another thread becomes runnable on this pCPU, as Linux does. Asked once, when the run
   * is built. With false only the host scheduler's time slice ends the poll.
   *
   * <p>Checked by {@code required_108_yieldsIsAlwaysTheSame}.
   */
  default boolean yields() {
    return true;
  }

  /**
   * A bound rather than a strategy: it is judged with hindsight. {@link #budget} is its horizon and the decision is
   * settled when the wake-up arrives: within the horizon the halt is timed and charged as a poll that hit, beyond it as
   * a block that never polled. Reports mark it "(bound)".
   */
  interface Hindsight extends HaltPoll {}
}
