package dev.haltlab.spi;

import java.util.List;
import java.util.Optional;

/**
 * What a guest CPU shows its idle policy of itself. Pulled, never pushed. {@link #kernel} and {@link #mwaitStates} never
 * change; the others are valid only inside {@link IdlePolicy#select} and allocate nothing.
 */
@Stability(Stability.Level.PROVISIONAL)
public interface GuestView {
  /** A CPU with a tick of 250 Hz and the newest Linux that shows no more: nothing else is due, MWAIT is not there. */
  GuestView QUIET = new QuietGuest();

  /** The guest's Linux; empty for a bare ring-0 guest. */
  Optional<KernelVersion> kernel();

  /** Period of the CPU's tick, ns, at least 1. */
  long tickPeriodNs();

  /**
   * Time to the next event of the CPU's timer as it is programmed now, the tick included unless it is stopped, ns;
   * {@link Long#MAX_VALUE} if there is none. What the kernel calls the delta of the next tick.
   */
  long nextEventNs();

  /** Passes of this idle episode before this one: 0 at the first. */
  int pass();

  /** Whether the tick came during the pass before this one, of this idle episode or the last. */
  boolean tickCame();

  /**
   * The idle states that MWAIT reaches: those of the CPU it runs on, shallowest first, where MWAIT is passed through or
   * there is no hypervisor. Empty where there is no MWAIT.
   */
  List<CState> mwaitStates();
}
