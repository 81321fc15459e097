package dev.haltlab.platform.run;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A 95 % confidence interval.
 *
 * @param low lower end, of scale {@link #SCALE}
 * @param high upper end, of scale {@link #SCALE}
 */
public record Interval(BigDecimal low, BigDecimal high) {
  /** Decimals of either end. */
  public static final int SCALE = 3;

  /** Decimals of intermediate values: far beyond what is shown. */
  private static final int WORK = 12;

  /**
   * The interval around a figure whose replications are independent: the figure ± t · s / √n, with Student's t of n − 1
   * degrees of freedom and s the standard deviation of the replications' values. Computed in decimals, and t rounded to
   * six digits, so that every JVM gives the same.
   *
   * @param figure the figure of all replications pooled
   * @param values the same figure of each replication
   * @return empty below two replications
   */
  public static Optional<Interval> around(BigDecimal figure, List<BigDecimal> values) {
    int n = values.size();
    if (n < 2) {
      return Optional.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (BigDecimal value : values) {
      sum = sum.add(value);
    }
    BigDecimal mean = sum.divide(BigDecimal.valueOf(n), WORK, RoundingMode.HALF_EVEN);
    BigDecimal squares = BigDecimal.ZERO;
    for (BigDecimal value : values) {
      squares = squares.add(value.subtract(mean).pow(2));
    }
    BigDecimal variance = squares.divide(BigDecimal.valueOf((long) n * (n - 1)), 2 * WORK, RoundingMode.HALF_EVEN);
    BigDecimal error = new BigDecimal(root(variance.unscaledValue()), WORK);
    BigDecimal half = error.multiply(t(n - 1)).setScale(SCALE, RoundingMode.HALF_EVEN);
    BigDecimal centre = figure.setScale(SCALE, RoundingMode.HALF_EVEN);
    return Optional.of(new Interval(centre.subtract(half), centre.add(half)));
  }

  /** Half its width. */
  public BigDecimal half() {
    return high.subtract(low).divide(BigDecimal.valueOf(2), SCALE, RoundingMode.HALF_EVEN);
  }

  private static BigInteger root(BigInteger square) {
    return square.sqrt();
  }

  private static BigDecimal t(int degreesOfFreedom) {
    double exact = TDistribution.of(degreesOfFreedom).inverseSurvivalProbability(0.025);
    return new BigDecimal(exact).round(new MathContext(6));
  }
}
