package dev.haltlab.platform.run;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How far two sets of replications lie apart, and whether that may be chance.
 *
 * @param first mean of the first replications, of scale {@link #SCALE}
 * @param second mean of the second replications, of scale {@link #SCALE}
 * @param difference second less first, of scale {@link #SCALE}
 * @param interval the 95 % confidence interval of the difference, ends of scale {@link #SCALE}; empty if it cannot be
 *     told, below two replications
 * @param chance how likely a difference at least so large is where there is none, of scale {@link #SCALE}; empty as the
 *     interval
 */
public record Difference(
    BigDecimal first,
    BigDecimal second,
    BigDecimal difference,
    Optional<Interval> interval,
    Optional<BigDecimal> chance) {
  /** Decimals of all figures. */
  public static final int SCALE = 6;

  /** Of what is not shown yet. */
  private static final MathContext WORK = new MathContext(40);

  /**
   * Of replications that saw the same random numbers, each with its counterpart: Student's t of the differences. What
   * both have in common cancels out, so far smaller differences show than between strangers.
   *
   * @param first at least one
   * @param second as many
   */
  public static Difference paired(List<BigDecimal> first, List<BigDecimal> second) {
    if (first.size() != second.size()) {
      throw new IllegalArgumentException(first.size() + " values have no " + second.size() + " counterparts");
    }
    List<BigDecimal> differences = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      differences.add(second.get(i).subtract(first.get(i)));
    }
    int n = differences.size();
    BigDecimal errorSquared =
        n < 2 ? BigDecimal.ZERO : variance(differences).divide(BigDecimal.valueOf(n), WORK);
    return of(mean(first), mean(second), n >= 2, errorSquared, n - 1.0);
  }

  /**
   * Of replications that have nothing in common: Welch's t, with degrees of freedom by Welch and Satterthwaite, as their
   * spreads need not be the same.
   *
   * @param first at least one
   * @param second at least one
   */
  public static Difference unpaired(List<BigDecimal> first, List<BigDecimal> second) {
    boolean told = first.size() >= 2 && second.size() >= 2;
    BigDecimal a = told ? variance(first).divide(BigDecimal.valueOf(first.size()), WORK) : BigDecimal.ZERO;
    BigDecimal b = told ? variance(second).divide(BigDecimal.valueOf(second.size()), WORK) : BigDecimal.ZERO;
    BigDecimal both = a.add(b);
    double degrees = 1;
    if (both.signum() > 0) {
      BigDecimal below = a.pow(2).divide(BigDecimal.valueOf(first.size() - 1L), WORK)
          .add(b.pow(2).divide(BigDecimal.valueOf(second.size() - 1L), WORK));
      degrees = both.pow(2).divide(below, WORK).doubleValue();
    }
    return of(mean(first), mean(second), told, both, degrees);
  }

  private static Difference of(
      BigDecimal first, BigDecimal second, boolean told, BigDecimal errorSquared, double degrees) {
    BigDecimal exact = second.subtract(first);
    BigDecimal difference = scaled(exact);
    if (!told) {
      return new Difference(scaled(first), scaled(second), difference, Optional.empty(), Optional.empty());
    }
    if (errorSquared.signum() == 0) { // every replication says the same
      BigDecimal chance = scaled(exact.signum() == 0 ? BigDecimal.ONE : BigDecimal.ZERO);
      return new Difference(
          scaled(first), scaled(second), difference, Optional.of(new Interval(difference, difference)),
          Optional.of(chance));
    }
    TDistribution student = TDistribution.of(degrees);
    BigDecimal error = errorSquared.sqrt(WORK);
    // Rounded, so that the last bit of a double, which may differ between JVMs, does not show.
    BigDecimal t = new BigDecimal(student.inverseSurvivalProbability(0.025)).round(new MathContext(6));
    BigDecimal half = error.multiply(t);
    double away = exact.abs().divide(error, WORK).doubleValue();
    return new Difference(
        scaled(first), scaled(second), difference,
        Optional.of(new Interval(scaled(exact.subtract(half)), scaled(exact.add(half)))),
        Optional.of(scaled(new BigDecimal(Math.min(1, 2 * student.survivalProbability(away))))));
  }

  private static BigDecimal mean(List<BigDecimal> values) {
    BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    return sum.divide(BigDecimal.valueOf(values.size()), WORK);
  }

  private static BigDecimal variance(List<BigDecimal> values) {
    BigDecimal mean = mean(values);
    BigDecimal squares = BigDecimal.ZERO;
    for (BigDecimal value : values) {
      squares = squares.add(value.subtract(mean).pow(2));
    }
    return squares.divide(BigDecimal.valueOf(values.size() - 1L), WORK);
  }

  private static BigDecimal scaled(BigDecimal value) {
    return value.setScale(SCALE, RoundingMode.HALF_EVEN);
  }
}
