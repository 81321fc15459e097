package dev.haltlab.spi;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The price of a step: a distribution given by quantiles, joined by straight lines and bounded above, plus an optional
 * rare component. Picoseconds, so that cycles of any clock convert without loss that matters.
 *
 * <p>In YAML a cost is replaced whole: {@code 850ns}, or {@code { min: .., p50: .., p90: .., p99: .., max: .., rare: {
 * probability: 0.012, mean: 23us }, basis: fitted, source: ".." }}.
 *
 * @param minPs smallest value
 * @param p50Ps median
 * @param p90Ps 90th percentile
 * @param p99Ps 99th percentile
 * @param maxPs value at quantile 1, without the rare component
 * @param rare what happens now and then on top; {@link Rare#NONE} for nothing
 * @param basis where the figures come from
 * @param source the citation, or for {@link Basis#FITTED} the target that was used up
 */
@Stability(Stability.Level.PROVISIONAL)
public record Cost(long minPs, long p50Ps, long p90Ps, long p99Ps, long maxPs, Rare rare, Basis basis, String source) {

  /**
   * An exponential addition that happens with a small probability: what makes an observed maximum.
   *
   * @param perMillion probability of the addition, in millionths, 0 to 1,000,000
   * @param meanPs mean of the addition
   */
  public record Rare(int perMillion, long meanPs) {
    /** No rare component. */
    public static final Rare NONE = new Rare(0, 0);

    public Rare {
      if (perMillion < 0 || perMillion > 1_000_000) {
        throw new IllegalArgumentException("perMillion must be 0 to 1000000, was " + perMillion);
      }
      if (meanPs < 0) {
        throw new IllegalArgumentException("meanPs must be at least 0, was " + meanPs);
      }
    }
  }

  public Cost {
    if (minPs < 0) {
      throw new IllegalArgumentException("minPs must be at least 0, was " + minPs);
    }
    if (p50Ps < minPs || p90Ps < p50Ps || p99Ps < p90Ps || maxPs < p99Ps) {
      throw new IllegalArgumentException("quantiles must not decrease from min to max");
    }
  }

  /** Always {@code ns} nanoseconds. */
  public static Cost ofNs(long ns, Basis basis, String source) {
    long ps = Math.multiplyExact(ns, 1000L);
    return new Cost(ps, ps, ps, ps, ps, Rare.NONE, basis, source);
  }

  /** Quantiles in cycles of {@code clock}. */
  public static Cost ofCycles(
      Hertz clock, long min, long p50, long p90, long p99, long max, Basis basis, String source) {
    return new Cost(
        clock.cyclesToPs(min), clock.cyclesToPs(p50), clock.cyclesToPs(p90), clock.cyclesToPs(p99), clock.cyclesToPs(max),
        Rare.NONE, basis, source);
  }

  /** This cost with a rare component. */
  public Cost withRare(Rare added) {
    return new Cost(minPs, p50Ps, p90Ps, p99Ps, maxPs, added, basis, source);
  }

  /** This cost, same figures, with another basis and source. */
  public Cost as(Basis newBasis, String newSource) {
    return new Cost(minPs, p50Ps, p90Ps, p99Ps, maxPs, rare, newBasis, newSource);
  }

  /** Every figure times {@code numerator / denominator}, rounded to the picosecond: the same shape, another speed. */
  public Cost scaled(long numerator, long denominator) {
    return new Cost(
        times(minPs, numerator, denominator), times(p50Ps, numerator, denominator), times(p90Ps, numerator, denominator),
        times(p99Ps, numerator, denominator), times(maxPs, numerator, denominator),
        new Rare(rare.perMillion, times(rare.meanPs, numerator, denominator)), basis, source);
  }

  /** The mean of quantiles and rare component together, ps, rounded down. */
  public long meanPs() {
    return meanPs(minPs, p50Ps, p90Ps, p99Ps, maxPs)
        + BigDecimal.valueOf(rare.meanPs).multiply(BigDecimal.valueOf(rare.perMillion)).movePointLeft(6).longValue();
  }

  /** Compiles this cost to a table; see {@link Sampler}. */
  public Sampler sampler(java.util.random.RandomGenerator random) {
    return Sampler.of(this, random);
  }

  static long meanPs(long min, long p50, long p90, long p99, long max) {
    // trapezoids between the quantiles 0, 0.5, 0.9, 0.99, 1, in two-hundredths
    return (50 * (min + p50) + 40 * (p50 + p90) + 9 * (p90 + p99) + (p99 + max)) / 200;
  }

  private static long times(long value, long numerator, long denominator) {
    return BigDecimal.valueOf(value)
        .multiply(BigDecimal.valueOf(numerator))
        .divide(BigDecimal.valueOf(denominator), 0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }
}
