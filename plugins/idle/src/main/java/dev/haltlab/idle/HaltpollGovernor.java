package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.time.Duration;
import java.util.List;

/**
 * The limit of one guest CPU and the choice between polling and halting.
 *
 * <p>What a first guess gets wrong: the limit is judged by the time in HLT alone, without the poll before it; a halt as
 * long as the maximum still grows it; growth is cut back at once; and the tick is stopped only where the limit is 0 or
 * a poll has just timed out.
 */
final class HaltpollGovernor implements IdlePolicy {
  private static final int POLL = 0;
  private static final int HALT = 1;
  private static final List<IdleState> STATES =
      List.of(
          new IdleState("POLL", IdleState.Kind.POLL, 0, 0), new IdleState("HLT", IdleState.Kind.HLT, 1_000, 1_000));

  private static final long UNSIGNED_INT = 0xFFFF_FFFFL;
  private static final Duration UNSIGNED_INT_NS = Duration.ofNanos(UNSIGNED_INT);

  private final long maxNs;
  private final long grow;
  private final long growStartNs;
  private final long shrink;
  private final boolean allowShrink;
  private final boolean resetBelowStart;

  private long limitNs;
  private int lastState;
  private boolean timedOut;
  private boolean stopsTick;

  HaltpollGovernor(Haltpoll.Config config) {
    maxNs = config.max().toNanos();
    grow = config.grow();
    growStartNs = config.growStart().toNanos();
    shrink = config.shrink();
    allowShrink = config.allowShrink();
    resetBelowStart = config.resetBelowStart();
  }

  @Override
  public List<IdleState> states() {
    return STATES;
  }

  @Override
  public int select(long nowNs, long sleepNs, boolean tickStopped) {
    boolean polledInVain = lastState == POLL && timedOut;
    stopsTick = limitNs == 0 || polledInVain;
    return stopsTick ? HALT : POLL;
  }

  @Override
  public boolean stopsTick() {
    return stopsTick;
  }

  @Override
  public long pollNs() {
    return limitNs;
  }

  @Override
  public void reflect(int state, long residencyNs, boolean pollTimedOut) {
    lastState = state;
    timedOut = pollTimedOut;
    if (state == POLL) {
      return;
    }
    if (residencyNs > limitNs && residencyNs <= maxNs) {
      long grown = Math.max(limitNs * grow & UNSIGNED_INT, growStartNs);
      limitNs = Math.min(grown, maxNs);
    } else if (residencyNs > maxNs && allowShrink) {
      long shrunk = shrink == 0 ? 0 : limitNs / shrink;
      limitNs = resetBelowStart && shrunk < growStartNs ? 0 : shrunk;
    }
  }

  @Override
  public boolean resume(long pollNs) {
    limitNs = pollNs;
    return true;
  }

  static void require(String name, long value) {
    if (value < 0 || value > UNSIGNED_INT) {
      throw new IllegalArgumentException(name + " must be 0 to " + UNSIGNED_INT + ", was " + value);
    }
  }

  static void requireNs(String name, Duration value) {
    if (value.isNegative() || value.compareTo(UNSIGNED_INT_NS) > 0) {
      throw new IllegalArgumentException(name + " must be 0 to 4.294967295s");
    }
  }
}
