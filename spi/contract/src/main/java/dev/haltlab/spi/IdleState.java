package dev.haltlab.spi;

/**
 * One way for a guest CPU to be idle.
 *
 * @param name as shown in reports, for example {@code POLL} or {@code HLT}
 * @param kind what the CPU does in this state
 * @param exitLatencyNs the guest driver's table entry: time to leave the state, ns, at least 0. Leaving an MWAIT state takes
 *     it; what leaving HLT takes is the host's to say
 * @param residencyNs the guest driver's table entry: shortest stay that pays, ns, at least 0
 */
@Stability(Stability.Level.STABLE)
public record IdleState(String name, Kind kind, long exitLatencyNs, long residencyNs) {

  /** What the CPU does while idle. */
  public enum Kind {
    /** Spins with the polling flag set: a remote waker needs no interrupt. */
    POLL,
    /** Executes HLT: an exit to the host unless HLT is passed through. A waker must send an interrupt either way. */
    HLT,
    /**
     * Executes MWAIT on the need-resched flag: no exit and no interrupt needed. Only where the guest has MWAIT, see {@link
     * GuestView#mwaitStates}; elsewhere a policy with such a state is refused.
     */
    MWAIT
  }

  public IdleState {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank");
    }
    if (exitLatencyNs < 0) {
      throw new IllegalArgumentException("exitLatencyNs must be at least 0, was " + exitLatencyNs);
    }
    if (residencyNs < 0) {
      throw new IllegalArgumentException("residencyNs must be at least 0, was " + residencyNs);
    }
  }
}
