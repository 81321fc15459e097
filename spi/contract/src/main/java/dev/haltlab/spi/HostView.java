package dev.haltlab.spi;

/**
 * The host as a halt-poll strategy may see it. Pulled, never pushed; valid only inside {@link HaltPoll#budget} and
 * {@link HaltPoll#woken}.
 */
@Stability(Stability.Level.PROVISIONAL)
public interface HostView {
  /** Other threads that are runnable on this vCPU's pCPU now: the run queue without the vCPU thread itself. */
  int otherRunnable();

  /** Time this vCPU thread was runnable but did not run, in ns since time 0 (the guest's steal time). */
  long stealNs();

  /** Whether the pCPU's hyper-thread sibling runs a thread now; false where the host has no siblings. */
  boolean siblingBusy();
}
