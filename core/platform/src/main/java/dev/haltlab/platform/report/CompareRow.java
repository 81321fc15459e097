package dev.haltlab.platform.report;

import dev.haltlab.platform.compare.Comparison;
import dev.haltlab.platform.run.Interval;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * A line of a comparison as reports show it, all its figures in one unit that suits them.
 *
 * @param label the figure and its unit
 * @param first the one's
 * @param second the other's
 * @param difference the other's less the one's, with its sign
 * @param half half the width of the difference's 95 % interval
 * @param percent the difference in per cent of the one's, with its sign; empty if that is 0
 */
record CompareRow(
    String label,
    BigDecimal first,
    BigDecimal second,
    BigDecimal difference,
    Optional<BigDecimal> half,
    Optional<BigDecimal> percent) {

  static CompareRow of(Comparison.Line line) {
    BigDecimal first = line.difference().first();
    BigDecimal second = line.difference().second();
    Shown shown = shown(line.unit(), first.abs().max(second.abs()));
    Optional<Interval> interval = line.difference().interval();
    return new CompareRow(
        line.name() + (shown.unit.isEmpty() ? "" : ", " + shown.unit), shown.of(first), shown.of(second),
        shown.of(line.difference().difference()),
        interval.map(i -> shown.of(i.high().subtract(i.low()).divide(BigDecimal.valueOf(2)))),
        first.signum() == 0
            ? Optional.empty()
            : Optional.of(line.difference().difference().movePointRight(2)
                .divide(first.abs(), 1, RoundingMode.HALF_EVEN)));
  }

  /** With a plus before what is above 0: a difference. */
  static String signed(BigDecimal value) {
    return (value.signum() > 0 ? "+" : "") + value.toPlainString();
  }

  private record Shown(String unit, int right, int decimals) {
    BigDecimal of(BigDecimal value) {
      return value.movePointRight(right).setScale(decimals, RoundingMode.HALF_EVEN);
    }
  }

  private static Shown shown(String unit, BigDecimal largest) {
    return switch (unit) {
      case "ns" -> largest.compareTo(BigDecimal.valueOf(1_000)) < 0
          ? new Shown("ns", 0, 1)
          : largest.compareTo(BigDecimal.valueOf(10_000_000)) < 0 ? new Shown("us", -3, 3) : new Shown("ms", -6, 3);
      case "cpus" -> new Shown("% of a CPU", 2, 3);
      case "ratio" -> new Shown("", 0, 4);
      case "1/s" -> new Shown("per second", 0, 1);
      default -> new Shown(unit, 0, 3);
    };
  }
}
