package dev.haltlab.platform.report;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Whole numbers of a small unit as decimals of a larger one, as text. */
final class Decimals {
  private Decimals() {}

  /**
   * Writes one.
   *
   * @param value in the small unit
   * @param power how many powers of ten the larger unit is above it
   * @param digits behind the point
   */
  static String of(long value, int power, int digits) {
    return BigDecimal.valueOf(value, power).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
  }
}
