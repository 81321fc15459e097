package dev.haltlab.trace.replay;

/** Counts of times in buckets whose width grows with the time: exact up to 255 ns, then within 0.8 %. */
final class LogHistogram {
  private static final int BITS = 7;
  private static final int PER_OCTAVE = 1 << BITS;
  private static final int OCTAVES = 36;

  /** Buckets there are; the last one takes what is longer than half an hour. */
  static final int BUCKETS = (OCTAVES + 1) * PER_OCTAVE;

  private final long[] counts = new long[BUCKETS];
  private long total;

  void add(long ns) {
    counts[bucket(ns)]++;
    total++;
  }

  long total() {
    return total;
  }

  long count(int bucket) {
    return counts[bucket];
  }

  static int bucket(long ns) {
    long value = Math.max(0, ns);
    if (value < 2 * PER_OCTAVE) {
      return (int) value;
    }
    int shift = 63 - Long.numberOfLeadingZeros(value) - BITS;
    return (int) Math.min(BUCKETS - 1, (long) shift * PER_OCTAVE + (value >> shift));
  }

  /** The middle of a bucket, ns. */
  static long middle(int bucket) {
    if (bucket < 2 * PER_OCTAVE) {
      return bucket;
    }
    int shift = bucket / PER_OCTAVE - 1;
    long lowest = (long) (bucket - shift * PER_OCTAVE) << shift;
    return lowest + (1L << shift >> 1);
  }

  /** The value of a rank, from 1 to the total; as exact as its bucket. */
  long ofRank(long rank) {
    long below = 0;
    for (int i = 0; i < BUCKETS; i++) {
      below += counts[i];
      if (below >= rank) {
        return middle(i);
      }
    }
    throw new IllegalArgumentException("no rank " + rank + " of " + total);
  }

  /** The value below which {@code percent} of a hundred lie. */
  long percentile(int percent) {
    return ofRank(Math.max(1, (total * percent + 99) / 100));
  }
}
