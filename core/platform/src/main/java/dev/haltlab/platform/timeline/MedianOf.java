package dev.haltlab.platform.timeline;

import dev.haltlab.engine.Recorder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds, in one pass over a replication, a transaction of one probe that took exactly the median time. */
final class MedianOf implements Recorder {
  private final int vm;
  private final int probe;
  private final long warmupNs;
  private final Map<Long, Long> open = new HashMap<>();

  private long[] startsNs = new long[1024];
  private int starts;
  private long[] numbers = new long[1024];
  private long[] begunNs = new long[1024];
  private long[] endedNs = new long[1024];
  private int count;

  /**
   * A transaction.
   *
   * @param number counts within its probe
   * @param of how many there were
   * @param nextNs when the next one begins at or after the stop; −1 if none does
   */
  record Found(long number, int of, long startNs, long stopNs, long nextNs) {}

  /** @param warmupNs transactions that end before do not count */
  MedianOf(int vm, int probe, long warmupNs) {
    this.vm = vm;
    this.probe = probe;
    this.warmupNs = warmupNs;
  }

  @Override
  public void started(int ofVm, int ofProbe, long transaction, long atNs) {
    if (ofVm == vm && ofProbe == probe) {
      if (starts == startsNs.length) {
        startsNs = Arrays.copyOf(startsNs, starts * 2);
      }
      startsNs[starts++] = atNs;
      open.put(transaction, atNs);
    }
  }

  @Override
  public void stopped(int ofVm, int ofProbe, long transaction, long atNs) {
    if (ofVm == vm && ofProbe == probe) {
      Long begun = open.remove(transaction);
      if (begun != null && atNs >= warmupNs) {
        if (count == numbers.length) {
          numbers = Arrays.copyOf(numbers, count * 2);
          begunNs = Arrays.copyOf(begunNs, count * 2);
          endedNs = Arrays.copyOf(endedNs, count * 2);
        }
        numbers[count] = transaction;
        begunNs[count] = begun;
        endedNs[count++] = atNs;
      }
    }
  }

  @Override
  public void dropped(int ofVm, int ofProbe, long transaction) {
    if (ofVm == vm && ofProbe == probe) {
      open.remove(transaction);
    }
  }

  /** The first that took the lower median; null if none was counted. */
  @Nullable Found found() {
    if (count == 0) {
      return null;
    }
    long[] latencies = new long[count];
    for (int i = 0; i < count; i++) {
      latencies[i] = endedNs[i] - begunNs[i];
    }
    long[] sorted = latencies.clone();
    Arrays.sort(sorted);
    long median = sorted[(count - 1) / 2];
    int first = 0;
    while (latencies[first] != median) {
      first++;
    }
    long nextNs = -1;
    for (int i = 0; i < starts && nextNs < 0; i++) {
      nextNs = startsNs[i] >= endedNs[first] ? startsNs[i] : -1;
    }
    return new Found(numbers[first], count, begunNs[first], endedNs[first], nextNs);
  }
}
