package dev.haltlab.platform.explain;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** A time in the unit that suits it. */
public final class Span {
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1_000);

  private Span() {}

  /** {@code 5.73 us}, {@code 8.22 ms}, {@code 130.78 s}, {@code 200 us}; below 1 us in ns. */
  public static String show(BigDecimal us) {
    BigDecimal size = us.abs();
    if (size.signum() != 0 && size.compareTo(BigDecimal.ONE) < 0) {
      return scaled(us, 3, 0) + " ns";
    }
    if (size.compareTo(THOUSAND) < 0) {
      return scaled(us, 0, 2) + " us";
    }
    return size.compareTo(BigDecimal.valueOf(1_000_000)) < 0 ? scaled(us, -3, 2) + " ms" : scaled(us, -6, 2) + " s";
  }

  private static String scaled(BigDecimal us, int right, int decimals) {
    BigDecimal scaled = us.movePointRight(right).setScale(decimals, RoundingMode.HALF_EVEN);
    // Whole numbers, as a window of 200 us, without their zeros.
    boolean whole = us.movePointRight(right).stripTrailingZeros().scale() <= 0;
    return (whole ? scaled.setScale(0, RoundingMode.HALF_EVEN) : scaled).toPlainString();
  }
}
