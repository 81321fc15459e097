package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Decimals of fixed scale from whole numbers: no binary fraction on the way, so every JVM writes the same digits. */
final class Figures {
  /** Decimals of nanoseconds. */
  static final int NS_SCALE = 3;

  /** Decimals of microjoules. */
  static final int UJ_SCALE = 3;

  /** Decimals of ratios. */
  static final int RATIO_SCALE = 6;

  /** Of what is not shown yet: squares of 24 hours in ns have 27 digits. */
  private static final MathContext EXACTLY = new MathContext(50);

  private Figures() {}

  /** {@code part / whole} with {@link #RATIO_SCALE} decimals; null if there is no whole. */
  static @Nullable BigDecimal ratio(long part, long whole) {
    return quotient(part, whole, RATIO_SCALE);
  }

  /** {@code sum / count} with {@link #NS_SCALE} decimals; null if there is nothing to divide by. */
  static @Nullable BigDecimal meanNs(long sum, long count) {
    return quotient(sum, count, NS_SCALE);
  }

  /** The standard deviation of the times, as of a sample of them; null below two. */
  static @Nullable BigDecimal deviationNs(Outcome.Count times) {
    return times.count() < 2 ? null : deviation(times).setScale(NS_SCALE, RoundingMode.HALF_EVEN);
  }

  /**
   * The standard error of the mean time in per cent of the mean, as perf prints behind its means; 0 below two times, or
   * if all are 0.
   *
   * <p>Source: tools/perf/util/stat.c, stddev_stats and rel_stddev_stats.
   */
  static BigDecimal errorPercent(Outcome.Count times) {
    if (times.count() < 2 || times.timeNs() == 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal count = BigDecimal.valueOf(times.count());
    BigDecimal mean = BigDecimal.valueOf(times.timeNs()).divide(count, EXACTLY);
    BigDecimal error = deviation(times).divide(count.sqrt(EXACTLY), EXACTLY);
    return error.movePointRight(2).divide(mean, EXACTLY);
  }

  private static BigDecimal deviation(Outcome.Count times) {
    BigDecimal count = BigDecimal.valueOf(times.count());
    BigDecimal sum = BigDecimal.valueOf(times.timeNs());
    BigDecimal squares = new BigDecimal(times.squares()).subtract(sum.multiply(sum).divide(count, EXACTLY));
    // Rounding may leave less than nothing of times that are all the same.
    return squares.max(BigDecimal.ZERO).divide(count.subtract(BigDecimal.ONE), EXACTLY).sqrt(EXACTLY);
  }

  private static @Nullable BigDecimal quotient(long part, long whole, int scale) {
    return whole == 0
        ? null
        : BigDecimal.valueOf(part).divide(BigDecimal.valueOf(whole), scale, RoundingMode.HALF_EVEN);
  }

  /**
   * Divides each part by {@code divisor} and rounds so that they add up to {@code total}: all are rounded down, and
   * what is missing goes, a unit each, to those that lost most; of equal ones the first.
   *
   * @param parts none negative
   * @param divisor above 0
   * @param total the sum of the parts divided, rounded; its scale is that of the results
   */
  static BigDecimal[] shares(List<Long> parts, BigDecimal divisor, BigDecimal total) {
    int scale = total.scale();
    BigDecimal[] floors = new BigDecimal[parts.size()];
    BigDecimal[] lost = new BigDecimal[parts.size()];
    BigDecimal missing = total;
    for (int i = 0; i < floors.length; i++) {
      BigDecimal part = BigDecimal.valueOf(parts.get(i));
      floors[i] = part.divide(divisor, scale, RoundingMode.DOWN);
      lost[i] = part.subtract(floors[i].multiply(divisor));
      missing = missing.subtract(floors[i]);
    }
    BigDecimal unit = new BigDecimal(BigInteger.ONE, scale);
    int units = missing.divideToIntegralValue(unit).intValueExact();
    IntStream.range(0, floors.length)
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> lost[i]).reversed())
        .limit(units)
        .forEach(i -> floors[i] = floors[i].add(unit));
    return floors;
  }

  /** The sum of all values. */
  static BigDecimal sum(BigDecimal... values) {
    return Arrays.stream(values).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** The sum of a map's values. */
  static long sum(Map<?, Long> parts) {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }
}
