package dev.haltlab.trace.replay;

/** Is told of each recorded halt, in the order of the recording. */
@FunctionalInterface
public interface HaltListener {

  /** For what is not known. */
  long UNKNOWN = -1;

  /** For a budget where there could be none: the guest forbade the host to poll. */
  long FORBIDDEN = -2;

  /** Hears nothing. */
  HaltListener NONE = (vcpu, startNs, haltNs, slept, valid, budgetNs, latencyNs) -> {};

  /**
   * A halt is over.
   *
   * @param vcpu number of the vCPU in the recording, from 0
   * @param startNs when it began, ns since the recording's first event
   * @param haltNs how long it lasted, as the kernel measured it
   * @param slept whether the thread was scheduled out
   * @param valid whether the wake-up was for this vCPU
   * @param budgetNs how long the recording kernel was ready to poll; {@link #UNKNOWN} behind a gap, {@link
   *     #FORBIDDEN} if the guest did not let it
   * @param latencyNs from the waker's first move to the end of the halt, if the recording shows the waker; else {@link
   *     #UNKNOWN}
   */
  void halt(int vcpu, long startNs, long haltNs, boolean slept, boolean valid, long budgetNs, long latencyNs);
}
