package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;

/**
 * The grow/shrink rule of one vCPU, as in every Linux that polls; {@link Kernel} has the differences.
 *
 * <p>What a first guess gets wrong: a halt is judged by its length, not by whether its poll succeeded; since 6.1 growth
 * may pass the maximum and is cut back only when the next halt starts; the parameters are read before the halt and
 * again after it.
 *
 * <p>All numbers are unsigned with 32 bits, kept in longs; only growing can leave that range, and wraps. (Before 4.6
 * the kernel computed with signed ones, which differs for windows above 2.1 s only and is not modelled.)
 */
final class AdaptiveRule implements HaltPoll {
  private final Kernel kernel;
  private final Parameters parameters;
  private final Veto veto;
  private boolean vetoed;
  private long windowNs;

  /** A reason of the architecture's not to poll, which leaves the window alone. */
  interface Veto {
    /** There is none. */
    Veto NEVER = nowNs -> false;

    /** Whether this halt must not poll. Asked once, when it starts. */
    boolean forbids(long nowNs);
  }

  AdaptiveRule(Kernel kernel, Parameters parameters, Veto veto) {
    this.kernel = kernel;
    this.parameters = parameters;
    this.veto = veto;
  }

  @Override
  public long budget(long nowNs) {
    parameters.advance(nowNs);
    vetoed = veto.forbids(nowNs);
    if (kernel.fixed) {
      windowNs = parameters.maxNs;
    } else if (kernel.clampsAtHalt && windowNs > parameters.maxNs) {
      windowNs = parameters.maxNs;
    }
    return vetoed ? 0 : windowNs;
  }

  @Override
  public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
    parameters.advance(nowNs);
    if (kernel.fixed || vetoed) {
      return;
    }
    long maxNs = parameters.maxNs;
    if (!valid && kernel.invalidShrinks) {
      shrinkWindow();
    } else if (maxNs == 0) {
      windowNs = kernel.zeroMaximumEmpties ? 0 : windowNs;
    } else if (haltNs <= windowNs) {
      return; // long enough as it is
    } else if (!valid && kernel.longInvalidShrinks || windowNs != 0 && haltNs > maxNs) {
      shrinkWindow();
    } else if (windowNs < maxNs && haltNs < maxNs) {
      growWindow();
    }
  }

  @Override
  public long windowNs() {
    return windowNs;
  }

  @Override
  public boolean resume(long newWindowNs) {
    windowNs = newWindowNs;
    return true;
  }

  private void growWindow() {
    long grow = parameters.grow;
    if (kernel.growthHasFloor) {
      if (grow == 0) {
        return;
      }
      windowNs = Math.max(windowNs * grow & Unsigned.MAX, parameters.growStartNs);
    } else if (windowNs == 0 && grow != 0) {
      windowNs = parameters.growStartNs;
    } else {
      windowNs = windowNs * grow & Unsigned.MAX;
    }
    if (kernel.clampsGrowth) {
      windowNs = Math.min(windowNs, parameters.growthLimitNs);
    }
  }

  private void shrinkWindow() {
    long shrunk = parameters.shrink == 0 ? 0 : windowNs / parameters.shrink;
    windowNs = kernel.shrinkingHasFloor && shrunk < parameters.growStartNs ? 0 : shrunk;
  }
}
