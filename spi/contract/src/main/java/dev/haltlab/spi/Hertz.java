package dev.haltlab.spi;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A frequency. Written {@code 2.6GHz}, {@code 250Hz}.
 *
 * @param perSecond cycles per second, at least 1
 */
@Stability(Stability.Level.STABLE)
public record Hertz(long perSecond) {
  private static final Pattern TEXT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*(Hz|kHz|MHz|GHz)", Pattern.CASE_INSENSITIVE);

  public Hertz {
    if (perSecond < 1) {
      throw new IllegalArgumentException("perSecond must be at least 1 Hz, was " + perSecond);
    }
  }

  /**
   * Reads {@code 2.6GHz}.
   *
   * @throws IllegalArgumentException if the text has no number or no unit, or is not a whole number of Hz
   */
  public static Hertz parse(String text) {
    Matcher m = TEXT.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException("not a frequency: '" + text + "' (write a number with Hz, kHz, MHz or GHz)");
    }
    long unit =
        switch (m.group(2).toLowerCase(Locale.ROOT)) {
          case "hz" -> 1L;
          case "khz" -> 1_000L;
          case "mhz" -> 1_000_000L;
          default -> 1_000_000_000L;
        };
    try {
      return new Hertz(new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("not a whole number of Hz: '" + text + "'", e);
    }
  }

  /** The duration of {@code cycles} cycles in picoseconds, rounded to the nearest. */
  public long cyclesToPs(long cycles) {
    return BigDecimal.valueOf(cycles)
        .multiply(BigDecimal.valueOf(1_000_000_000_000L))
        .divide(BigDecimal.valueOf(perSecond), 0, java.math.RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  /** The shortest exact form with a unit, which {@link #parse} reads back. */
  @Override
  public String toString() {
    if (perSecond >= 1_000_000_000L && perSecond % 1_000_000L == 0) {
      return scaled(1_000_000_000L) + "GHz";
    }
    if (perSecond >= 1_000_000L && perSecond % 1_000L == 0) {
      return scaled(1_000_000L) + "MHz";
    }
    return perSecond + "Hz";
  }

  private String scaled(long unit) {
    return BigDecimal.valueOf(perSecond).divide(BigDecimal.valueOf(unit)).stripTrailingZeros().toPlainString();
  }
}
