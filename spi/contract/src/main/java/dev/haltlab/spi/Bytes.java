package dev.haltlab.spi;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size. Written {@code 128B}, {@code 4KiB}, {@code 2MiB} or as a bare number of bytes.
 *
 * @param count bytes, at least 0
 */
@Stability(Stability.Level.STABLE)
public record Bytes(long count) {
  private static final Pattern TEXT = Pattern.compile("([0-9]+)\\s*(B|KiB|MiB|GiB)?", Pattern.CASE_INSENSITIVE);

  public Bytes {
    if (count < 0) {
      throw new IllegalArgumentException("count must be at least 0 bytes, was " + count);
    }
  }

  /**
   * Reads {@code 4KiB}.
   *
   * @throws IllegalArgumentException if the text is no such size or does not fit in 63 bits
   */
  public static Bytes parse(String text) {
    Matcher m = TEXT.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException("not a size: '" + text + "' (write a number with B, KiB, MiB or GiB)");
    }
    String unit = m.group(2) == null ? "b" : m.group(2).toLowerCase(Locale.ROOT);
    long factor =
        switch (unit) {
          case "kib" -> 1L << 10;
          case "mib" -> 1L << 20;
          case "gib" -> 1L << 30;
          default -> 1L;
        };
    try {
      return new Bytes(Math.multiplyExact(Long.parseLong(m.group(1)), factor));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("size too large: '" + text + "'", e);
    }
  }

  /** The shortest exact form, which {@link #parse} reads back. */
  @Override
  public String toString() {
    if (count >= 1L << 30 && count % (1L << 30) == 0) {
      return (count >> 30) + "GiB";
    }
    if (count >= 1L << 20 && count % (1L << 20) == 0) {
      return (count >> 20) + "MiB";
    }
    if (count >= 1L << 10 && count % (1L << 10) == 0) {
      return (count >> 10) + "KiB";
    }
    return count + "B";
  }
}
