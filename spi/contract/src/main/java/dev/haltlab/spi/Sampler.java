package dev.haltlab.spi;

import java.util.random.RandomGenerator;

/**
 * A distribution compiled to an inverse-CDF table over one stream of random numbers. One draw is a table look-up and an
 * interpolation: no logarithm, no allocation, the same bits on every JDK.
 */
@Stability(Stability.Level.STABLE)
public final class Sampler {
  private static final int CELL_BITS = 10;
  private static final int CELLS = 1 << CELL_BITS;
  /** Table values carry this many fraction bits below the nanosecond. */
  private static final int FRACTION = 10;
  private static final long HALF_NS = 1L << (FRACTION - 1);
  /** Largest duration a table may hold, about 19 hours: leaves room for the fraction bits. */
  private static final long MAX_NS = 1L << 46;

  private static final long[] EXPONENTIAL = exponentialCells();

  private final RandomGenerator random;
  private final long[] table;
  private final boolean constant;
  private final long constantNs;
  private final boolean memorylessTail;
  private final long rareThreshold;
  private final long rareMeanNs;

  private Sampler(RandomGenerator random, long[] table, boolean memorylessTail, int rarePerMillion, long rareMeanNs) {
    this.random = random;
    this.table = table;
    this.memorylessTail = memorylessTail;
    this.rareThreshold = ((long) rarePerMillion << 32) / 1_000_000;
    this.rareMeanNs = rareMeanNs;
    boolean flat = !memorylessTail;
    for (long value : table) {
      flat &= value == table[0];
    }
    this.constant = flat;
    this.constantNs = (table[0] + HALF_NS) >> FRACTION;
  }

  static Sampler of(Cost cost, RandomGenerator random) {
    requireInRange(cost.rare().meanPs() / 1000);
    if (cost.minPs() == cost.maxPs()) {
      long[] flat = {psToFixed(cost.minPs())};
      return new Sampler(random, flat, false, cost.rare().perMillion(), cost.rare().meanPs() / 1000);
    }
    long[] table = new long[CELLS + 1];
    for (int i = 0; i <= CELLS; i++) {
      table[i] = psToFixed(atQuantile(i, cost.minPs(), cost.p50Ps(), cost.p90Ps(), cost.p99Ps(), cost.maxPs()));
    }
    return new Sampler(random, table, false, cost.rare().perMillion(), cost.rare().meanPs() / 1000);
  }

  static Sampler of(Dist dist, RandomGenerator random) {
    long[] table = new long[CELLS + 1];
    boolean exponential = false;
    if (dist instanceof Dist.Fixed fixed) {
      java.util.Arrays.fill(table, nsToFixed(fixed.value().toNanos()));
    } else if (dist instanceof Dist.Uniform uniform) {
      long from = uniform.from().toNanos();
      long to = uniform.to().toNanos();
      for (int i = 0; i <= CELLS; i++) {
        table[i] = nsToFixed(from) + (nsToFixed(to) - nsToFixed(from)) / CELLS * i;
      }
    } else if (dist instanceof Dist.Exponential exp) {
      long mean = exp.mean().toNanos();
      for (int i = 0; i <= CELLS; i++) {
        table[i] = exponentialAt(i, mean);
      }
      exponential = mean > 0;
    } else if (dist instanceof Dist.Quantiles q) {
      for (int i = 0; i <= CELLS; i++) {
        table[i] =
            nsToFixed(
                atQuantile(i, q.min().toNanos(), q.p50().toNanos(), q.p90().toNanos(), q.p99().toNanos(), q.max().toNanos()));
      }
    }
    return new Sampler(random, table, exponential, 0, 0);
  }

  /** The next duration in ns, at least 0. */
  public long nextNs() {
    long ns = constant ? constantNs : drawNs();
    if (rareThreshold != 0 && (random.nextLong() >>> 32) < rareThreshold) {
      ns += rareNs();
    }
    return ns;
  }

  /** Whether every draw is the same. */
  public boolean isConstant() {
    return constant && rareThreshold == 0;
  }

  private long drawNs() {
    long tail = 0;
    while (true) {
      long bits = random.nextLong();
      int cell = (int) (bits >>> (64 - CELL_BITS));
      if (memorylessTail && cell == CELLS - 1) {
        tail += table[cell]; // beyond the last cell an exponential starts afresh: exact at any depth
        continue;
      }
      return (tail + interpolate(table[cell], table[cell + 1], bits) + HALF_NS) >> FRACTION;
    }
  }

  private long rareNs() {
    long tail = 0;
    while (true) {
      long bits = random.nextLong();
      int cell = (int) (bits >>> (64 - CELL_BITS));
      if (cell == CELLS - 1) {
        tail += EXPONENTIAL[cell];
        continue;
      }
      long units = tail + interpolate(EXPONENTIAL[cell], EXPONENTIAL[cell + 1], bits);
      return Math.multiplyHigh(units << 8, rareMeanNs << 16); // 40 fraction bits fall off
    }
  }

  /** A point between two table values, chosen by the bits that did not choose the cell. */
  private static long interpolate(long low, long high, long bits) {
    return low + Math.multiplyHigh((high - low) << 1, (bits << CELL_BITS) >>> 1);
  }

  /** Value at quantile {@code i / CELLS} of straight lines through the five quantiles. */
  private static long atQuantile(int i, long min, long p50, long p90, long p99, long max) {
    double q = (double) i / CELLS;
    if (q <= 0.5) {
      return min + Math.round((p50 - min) * (q / 0.5));
    }
    if (q <= 0.9) {
      return p50 + Math.round((p90 - p50) * ((q - 0.5) / 0.4));
    }
    if (q <= 0.99) {
      return p90 + Math.round((p99 - p90) * ((q - 0.9) / 0.09));
    }
    return p99 + Math.round((max - p99) * ((q - 0.99) / 0.01));
  }

  private static long psToFixed(long ps) {
    requireInRange(ps / 1000);
    return (ps / 1000 << FRACTION) + ((ps % 1000 << FRACTION) + 500) / 1000;
  }

  private static long nsToFixed(long ns) {
    requireInRange(ns);
    return ns << FRACTION;
  }

  private static void requireInRange(long ns) {
    if (ns > MAX_NS) {
      throw new IllegalArgumentException("duration too long: " + ns + " ns; the largest is " + MAX_NS + " ns");
    }
  }

  private static long exponentialAt(int cell, long meanNs) {
    requireInRange(meanNs);
    // unit values have 40 fraction bits; the result has FRACTION
    return Math.multiplyHigh(EXPONENTIAL[cell] << 18, meanNs << (6 + FRACTION));
  }

  /** −ln(1 − i / CELLS) with 40 fraction bits; the last cell's upper end is never read. */
  private static long[] exponentialCells() {
    long[] cells = new long[CELLS + 1];
    for (int i = 0; i < CELLS; i++) {
      cells[i] = (long) (-StrictMath.log(1.0 - (double) i / CELLS) * (1L << 40));
    }
    cells[CELLS] = cells[CELLS - 1];
    return cells;
  }
}
