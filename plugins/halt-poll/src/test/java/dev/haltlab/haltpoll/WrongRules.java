package dev.haltlab.haltpoll;

/**
 * The rule written a second time, plainly, with one misreading at a time. {@link Slip#NONE} is the rule itself, written
 * without looking at {@link AdaptiveRule}: what makes the others comparable.
 */
final class WrongRules implements Replay.Rule {
  enum Slip {
    NONE,
    CLAMPS_WHEN_GROWING,
    NEVER_CLAMPS,
    JUDGES_BY_WHETHER_IT_SLEPT,
    GROWS_AFTER_LONG_HALTS_TOO,
    GROWS_FROM_NOTHING_ONLY,
    SHRINKS_AFTER_EVERY_MISS,
    NEVER_SHRINKS,
    SHRINKS_WITHOUT_A_FLOOR,
    SHRINKS_TO_THE_FLOOR,
    GROWS_WITHOUT_A_FLOOR,
    GROWS_BY_ADDING,
    READS_THE_MAXIMUM_ONCE_BEFORE,
    CLAMPS_AFTER_THE_HALT,
    DIVISOR_ZERO_KEEPS,
    SHORT_HALTS_SHRINK,
    FACTOR_ZERO_STILL_STARTS,
    TAKES_EVERY_POLL_IN_THE_TRACE_FOR_LONG_ENOUGH,
    ADJUSTS_THOUGH_FORBIDDEN,
    THE_MODULE_LIMITS_A_CAP
  }

  private final Slip slip;
  private long max;
  private long maxAtStart;
  private long grow;
  private long start;
  private long shrink;
  private long window;

  WrongRules(Slip slip) {
    this.slip = slip;
  }

  @Override
  public void change(long maxNs, long capNs, long newGrow, long growStartNs, long newShrink) {
    max = capNs < 0 ? maxNs : slip == Slip.THE_MODULE_LIMITS_A_CAP ? Math.min(maxNs, capNs) : capNs;
    grow = newGrow;
    start = growStartNs;
    shrink = newShrink;
  }

  @Override
  public long budget(long line) {
    maxAtStart = max;
    if (slip != Slip.NEVER_CLAMPS && slip != Slip.CLAMPS_AFTER_THE_HALT) {
      window = Math.min(window, max);
    }
    return window;
  }

  @Override
  public void woken(long line, long haltNs, boolean slept) {
    long limit = slip == Slip.READS_THE_MAXIMUM_ONCE_BEFORE ? maxAtStart : max;
    if (limit == 0) {
      window = 0;
    } else if (isLongEnough(haltNs, slept)) {
      window = slip == Slip.SHORT_HALTS_SHRINK ? window / 2 : window;
    } else if (window > 0 && (haltNs > limit || slip == Slip.SHRINKS_AFTER_EVERY_MISS)) {
      shrink();
    } else if (window > 0 && slip == Slip.GROWS_FROM_NOTHING_ONLY) {
      return;
    } else if (window < limit && (haltNs < limit || slip == Slip.GROWS_AFTER_LONG_HALTS_TOO)) {
      grow();
    }
    if (slip == Slip.CLAMPS_AFTER_THE_HALT) {
      window = Math.min(window, limit);
    }
  }

  private boolean isLongEnough(long haltNs, boolean slept) {
    return switch (slip) {
      case JUDGES_BY_WHETHER_IT_SLEPT -> !slept;
      case TAKES_EVERY_POLL_IN_THE_TRACE_FOR_LONG_ENOUGH -> !slept || haltNs <= window;
      default -> haltNs <= window;
    };
  }

  @Override
  public boolean heedsForbidding() {
    return slip != Slip.ADJUSTS_THOUGH_FORBIDDEN;
  }

  @Override
  public long windowNs() {
    return window;
  }

  private void grow() {
    if (grow == 0 && slip != Slip.FACTOR_ZERO_STILL_STARTS) {
      return;
    }
    long grown = slip == Slip.GROWS_BY_ADDING ? window + start : window * grow % (1L << 32);
    if (grown < start && slip != Slip.GROWS_WITHOUT_A_FLOOR) {
      grown = start;
    }
    window = slip == Slip.CLAMPS_WHEN_GROWING ? Math.min(grown, max) : grown;
  }

  private void shrink() {
    if (slip == Slip.NEVER_SHRINKS) {
      return;
    }
    long shrunk = shrink == 0 ? (slip == Slip.DIVISOR_ZERO_KEEPS ? window : 0) : window / shrink;
    if (shrunk < start) {
      shrunk =
          switch (slip) {
            case SHRINKS_WITHOUT_A_FLOOR -> shrunk;
            case SHRINKS_TO_THE_FLOOR -> start;
            default -> 0;
          };
    }
    window = shrunk;
  }
}
