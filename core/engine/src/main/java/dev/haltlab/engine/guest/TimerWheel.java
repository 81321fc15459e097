package dev.haltlab.engine.guest;

import dev.haltlab.spi.Sampler;
import java.util.ArrayList;
import java.util.List;

/**
 * The timer wheel of one guest CPU: timers of jiffy granularity that never touch the APIC themselves. They are served by
 * the tick, keep it when due within one tick, and bound how long it may stop.
 *
 * <p>TCP's timers are moved on with every segment and thus stay ahead of a busy connection: delayed ACK 40 ms after the
 * last receive (TCP_DELACK_MIN), retransmission 200 ms after the last send (TCP_RTO_MIN).
 */
final class TimerWheel {
  private static final long NEVER = TimerQueue.NEVER;
  private static final long DELAYED_ACK_NS = 40_000_000;
  private static final long RETRANSMISSION_NS = 200_000_000;

  private final Tick tick;
  private final List<Sampler> intervals = new ArrayList<>();
  private long[] backgroundNs = {};
  private long delayedAckNs = NEVER;
  private long retransmissionNs = NEVER;
  private long nextNs = NEVER;
  /** The last rounding of TCP's next timer: mostly still right, which saves a division. */
  private long tcpJiffyNs;

  TimerWheel(Tick tick) {
    this.tick = tick;
  }

  /** Adds a recurring background timer. */
  void addBackground(Sampler interval) {
    intervals.add(interval);
    backgroundNs = java.util.Arrays.copyOf(backgroundNs, intervals.size());
    backgroundNs[intervals.size() - 1] = tick.jiffyAtOrAfter(Math.max(1, interval.nextNs()));
    recompute();
  }

  /** Number of background timers. */
  int backgroundTimers() {
    return backgroundNs.length;
  }

  void segmentReceived(long nowNs) {
    delayedAckNs = nowNs + DELAYED_ACK_NS;
  }

  void segmentSent(long nowNs) {
    retransmissionNs = nowNs + RETRANSMISSION_NS;
  }

  /** When the next timer is due, on a jiffy; NEVER if there is none. */
  long nextNs() {
    long tcpNs = Math.min(delayedAckNs, retransmissionNs);
    if (tcpNs == NEVER) {
      return nextNs;
    }
    if (tcpNs > tcpJiffyNs || tcpNs <= tcpJiffyNs - tick.periodNs()) {
      tcpJiffyNs = tick.jiffyAtOrAfter(tcpNs);
    }
    return Math.min(nextNs, tcpJiffyNs);
  }

  /** Serves what is due; returns whether anything was. */
  boolean serve(long nowNs) {
    boolean served = false;
    if (isDue(delayedAckNs, nowNs)) {
      delayedAckNs = NEVER;
      served = true;
    }
    if (isDue(retransmissionNs, nowNs)) {
      retransmissionNs = NEVER;
      served = true;
    }
    if (nextNs <= nowNs) {
      served = true;
      for (int i = 0; i < backgroundNs.length; i++) {
        while (backgroundNs[i] <= nowNs) {
          backgroundNs[i] = tick.jiffyAtOrAfter(backgroundNs[i] + Math.max(1, intervals.get(i).nextNs()));
        }
      }
      recompute();
    }
    return served;
  }

  /** A late tick comes after the time of some timers that are due at the next jiffy only. */
  private boolean isDue(long timerNs, long nowNs) {
    return timerNs <= nowNs && tick.jiffyAtOrAfter(timerNs) <= nowNs;
  }

  private void recompute() {
    nextNs = NEVER;
    for (long expiry : backgroundNs) {
      nextNs = Math.min(nextNs, expiry);
    }
  }
}
