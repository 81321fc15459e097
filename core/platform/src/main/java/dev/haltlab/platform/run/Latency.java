package dev.haltlab.platform.run;

import dev.haltlab.engine.Outcome;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/**
 * The latencies of one probe, in nanoseconds with {@value #SCALE} decimals. Count, minimum, mean and maximum are exact;
 * percentiles come from a histogram of three significant digits and are never outside minimum and maximum.
 *
 * <p>A percentile is null when fewer than {@value #BEYOND} samples lie beyond it: p90 needs 100 samples, p99 1,000 and
 * p99.9 10,000. The median only needs one. Everything but the count is null without samples.
 *
 * @param count number of latencies
 * @param min smallest
 * @param mean sum / count
 * @param p50 median
 * @param p90 90th percentile
 * @param p99 99th percentile
 * @param p999 99.9th percentile
 * @param max largest
 * @param ci95 confidence intervals over replications
 */
public record Latency(
    long count,
    @Nullable BigDecimal min,
    @Nullable BigDecimal mean,
    @Nullable BigDecimal p50,
    @Nullable BigDecimal p90,
    @Nullable BigDecimal p99,
    @Nullable BigDecimal p999,
    @Nullable BigDecimal max,
    Ci95 ci95) {
  /** Decimals of all figures. */
  public static final int SCALE = 3;

  private static final int BEYOND = 10;

  /**
   * 95 % confidence intervals over replications: empty below two replications, or if one replication has too few
   * samples for the figure.
   */
  public record Ci95(Optional<Interval> mean, Optional<Interval> p50, Optional<Interval> p90, Optional<Interval> p99) {
    static final Ci95 NONE = new Ci95(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** No samples. */
  public static final Latency NONE = new Latency(0, null, null, null, null, null, null, null, Ci95.NONE);

  /**
   * The figures of a probe.
   *
   * @param pooled its replications together
   * @param replications each of them
   */
  public static Latency of(Outcome.ProbeOutcome pooled, List<Outcome.ProbeOutcome> replications) {
    Latency figures = of(pooled);
    if (figures.count == 0) {
      return figures;
    }
    List<Latency> each = new ArrayList<>();
    for (Outcome.ProbeOutcome replication : replications) {
      each.add(of(replication));
    }
    Ci95 ci95 =
        new Ci95(
            interval(figures, each, Latency::mean), interval(figures, each, Latency::p50),
            interval(figures, each, Latency::p90), interval(figures, each, Latency::p99));
    return new Latency(
        figures.count, figures.min, figures.mean, figures.p50, figures.p90, figures.p99, figures.p999, figures.max,
        ci95);
  }

  /** The figures of one replication, without intervals. */
  public static Latency of(Outcome.ProbeOutcome probe) {
    if (probe.count() == 0) {
      return NONE;
    }
    @Nullable BigDecimal[] percentiles = percentiles(probe, 500, 900, 990, 999);
    return new Latency(
        probe.count(),
        ns(probe.minNs()),
        BigDecimal.valueOf(probe.sumNs()).divide(BigDecimal.valueOf(probe.count()), SCALE, RoundingMode.HALF_EVEN),
        percentiles[0],
        percentiles[1],
        percentiles[2],
        percentiles[3],
        ns(probe.maxNs()),
        Ci95.NONE);
  }

  private static Optional<Interval> interval(
      Latency figures, List<Latency> each, Function<Latency, @Nullable BigDecimal> figure) {
    List<BigDecimal> values = new ArrayList<>();
    for (Latency replication : each) {
      BigDecimal value = figure.apply(replication);
      if (value == null) {
        return Optional.empty();
      }
      values.add(value);
    }
    BigDecimal centre = figure.apply(figures);
    return centre == null ? Optional.empty() : Interval.around(centre, values);
  }

  /**
   * For each of the ascending {@code permilles} the smallest recorded value that at least so many of the samples do not
   * exceed, found by its rank in whole numbers.
   */
  private static @Nullable BigDecimal[] percentiles(Outcome.ProbeOutcome probe, int... permilles) {
    @Nullable BigDecimal[] values = new @Nullable BigDecimal[permilles.length];
    long count = probe.count();
    int next = 0;
    for (HistogramIterationValue bucket : probe.histogram().recordedValues()) {
      long value = Math.max(probe.minNs(), Math.min(probe.maxNs(), bucket.getValueIteratedTo()));
      while (next < permilles.length && bucket.getTotalCountToThisValue() >= rank(count, permilles[next])) {
        boolean enough = permilles[next] == 500 || count >= BEYOND * 1000L / (1000 - permilles[next]);
        values[next++] = enough ? ns(value) : null;
      }
    }
    return values;
  }

  /** count * permille / 1000 rounded up, without overflow. */
  private static long rank(long count, int permille) {
    return count / 1000 * permille + (count % 1000 * permille + 999) / 1000;
  }

  private static BigDecimal ns(long value) {
    return BigDecimal.valueOf(value).setScale(SCALE);
  }
}
