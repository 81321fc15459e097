package dev.haltlab.engine.measure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counting window of a replication: from the first transaction completed after the warm-up to the first completed at
 * or after the end, so that counts per transaction have no ragged ends. Without transactions it is the configured time.
 */
public final class Window {
  private final long warmupNs;
  private final long endNs;
  private final long latestEndNs;
  private final @Nullable ProbeRecorder transaction;
  private final List<Meter> meters = new ArrayList<>();

  private boolean warm;
  private boolean aligned;
  private long openedNs;
  private boolean closed;

  /** Something that counts. */
  public interface Meter {
    /** Charges what is under way up to now, then forgets all counts and times: the window opens. */
    void reset(long nowNs);

    /** Charges what is under way up to now: the window closes. */
    void close(long nowNs);
  }

  /**
   * @param transaction the primary VM's first probe; null if it has none
   * @param warmupNs nothing counts before
   * @param forNs how long to count
   */
  public Window(@Nullable ProbeRecorder transaction, long warmupNs, long forNs) {
    this.transaction = transaction;
    this.warmupNs = warmupNs;
    this.endNs = warmupNs + forNs;
    this.latestEndNs = endNs + forNs;
  }

  /** Adds something that counts. */
  public void add(Meter meter) {
    meters.add(meter);
  }

  /** When {@link #due} is to be called first. */
  public long firstDueNs() {
    return warmupNs;
  }

  /**
   * The time asked for has come.
   *
   * @return when to call again; −1 if the window is closed
   */
  public long due(long nowNs) {
    if (!warm) {
      warm = true;
      open(nowNs);
      return endNs;
    }
    if (aligned && nowNs < latestEndNs) {
      return latestEndNs; // the next transaction closes it, unless none comes
    }
    close(nowNs);
    return -1;
  }

  /**
   * A measurement has ended.
   *
   * @return whether it is to be recorded
   */
  public boolean completed(ProbeRecorder probe, long nowNs) {
    if (probe != transaction || !warm) {
      return true;
    }
    if (!aligned) {
      aligned = true;
      open(nowNs);
      return false;
    }
    return true;
  }

  /** Called after a measurement was recorded: closes the window if it was the last. */
  public void recorded(ProbeRecorder probe, long nowNs) {
    if (probe == transaction && aligned && nowNs >= endNs && !closed) {
      close(nowNs);
    }
  }

  /** Whether the run is over. */
  public boolean isClosed() {
    return closed;
  }

  /** When the window opened. */
  public long openedNs() {
    return openedNs;
  }

  private void open(long nowNs) {
    openedNs = nowNs;
    for (Meter meter : meters) {
      meter.reset(nowNs);
    }
  }

  private void close(long nowNs) {
    closed = true;
    for (Meter meter : meters) {
      meter.close(nowNs);
    }
  }
}
