package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;

/**
 * The grow/shrink rule of one vCPU, as in Linux 6.1 and later.
 *
 * <p>What a first guess gets wrong: a halt is judged by its length, not by whether its poll succeeded; growth may pass
 * the maximum and is cut back only when the next halt starts; the maximum is read twice, before and after the halt.
 * Kernels before 6.1 differ in a few places only (where the window is cut back, what a growth factor of 0 does, how far
 * shrinking goes), each of which is one line below.
 *
 * <p>All numbers are unsigned with 32 bits, kept in longs; only growing can leave that range, and wraps.
 */
final class AdaptiveRule implements HaltPoll {
  private long maxNs;
  private long grow;
  private long growStartNs;
  private long shrink;
  private long windowNs;

  AdaptiveRule(long maxNs, long grow, long growStartNs, long shrink) {
    change(maxNs, grow, growStartNs, shrink);
  }

  /** Sets the parameters, which a host may write at any time: a halt in progress has already read the maximum once. */
  void change(long newMaxNs, long newGrow, long newGrowStartNs, long newShrink) {
    maxNs = newMaxNs;
    grow = newGrow;
    growStartNs = newGrowStartNs;
    shrink = newShrink;
  }

  @Override
  public long budget(long nowNs) {
    if (windowNs > maxNs) {
      windowNs = maxNs;
    }
    return windowNs;
  }

  @Override
  public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
    if (!valid) {
      shrinkWindow();
    } else if (maxNs == 0) {
      windowNs = 0;
    } else if (haltNs <= windowNs) {
      return; // long enough as it is
    } else if (windowNs != 0 && haltNs > maxNs) {
      shrinkWindow();
    } else if (windowNs < maxNs && haltNs < maxNs) {
      growWindow();
    }
  }

  @Override
  public long windowNs() {
    return windowNs;
  }

  private void growWindow() {
    if (grow == 0) {
      return;
    }
    long grown = windowNs * grow & Unsigned.MAX;
    windowNs = Math.max(grown, growStartNs);
  }

  private void shrinkWindow() {
    long shrunk = shrink == 0 ? 0 : windowNs / shrink;
    windowNs = shrunk < growStartNs ? 0 : shrunk;
  }
}
