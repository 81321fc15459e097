package dev.haltlab.platform.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as text: {@code 10us}, {@code 1.5ms}, {@code 200ns}, {@code 2s}; a unit is mandatory except after 0. */
final class Times {
  /** What JSON Schema accepts: the same as {@link #read} but for the size of the number. */
  static final String PATTERN = "^[0-9]+(_[0-9]+)*(\\.[0-9]+)? ?(ns|us|µs|ms|s)$";

  private static final Pattern TEXT = Pattern.compile("([-+]?)([0-9]+(?:_[0-9]+)*(?:\\.[0-9]+)?) ?([a-zA-Zµμ]*)");
  private static final Map<String, Integer> POWER_OF_PICOS =
      Map.of("ns", 3, "us", 6, "µs", 6, "μs", 6, "ms", 9, "s", 12);
  private static final List<String> UNITS = List.of("s", "ms", "us", "ns");

  private Times() {}

  /** Reads a time as picoseconds; null if it is none, after saying why. */
  static @Nullable Long picos(Node node, Problems problems) {
    return read(node, 0, "1ps", "2562 hours", problems);
  }

  /** Reads a time as nanoseconds; null if it is none, after saying why. */
  static @Nullable Long nanos(Node node, Problems problems) {
    return read(node, 3, "1ns", "292 years", problems);
  }

  private static @Nullable Long read(
      Node node, int resolution, String finest, String longest, Problems problems) {
    String text = node instanceof Node.Scalar scalar ? scalar.text().strip() : "";
    Matcher m = TEXT.matcher(text);
    if (text.length() > 60 || !m.matches()) {
      problems.add(node.place(), "expected a time, found " + node.describe(), "write 10us (units: ns, us, ms, s)");
      return null;
    }
    BigDecimal number = new BigDecimal(m.group(2).replace("_", ""));
    String unit = m.group(3);
    if (unit.isEmpty() && number.signum() == 0) {
      return 0L;
    }
    if (m.group(1).equals("-") && number.signum() != 0) {
      problems.add(node.place(), "a time must not be negative, was " + text, "");
      return null;
    }
    if (unit.isEmpty()) {
      problems.add(node.place(), "the time " + text + " has no unit", "write " + text + "us (units: ns, us, ms, s)");
      return null;
    }
    Integer power = POWER_OF_PICOS.get(unit);
    if (power == null) {
      problems.add(node.place(), "unknown unit in the time " + Words.quote(text), "units are ns, us, ms, s");
      return null;
    }
    BigDecimal value = number.scaleByPowerOfTen(power - resolution);
    if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      problems.add(node.place(), "the time " + text + " is too long", "the longest is " + longest);
      return null;
    }
    try {
      return value.longValueExact();
    } catch (ArithmeticException e) {
      problems.add(node.place(), "the time " + text + " is finer than " + finest, "round it");
      return null;
    }
  }

  /** The shortest exact form. */
  static String ofPicos(long picos) {
    return text(BigDecimal.valueOf(picos));
  }

  /** The shortest exact form. */
  static String ofNanos(long nanos) {
    return text(BigDecimal.valueOf(nanos).movePointRight(3));
  }

  private static String text(BigDecimal value) {
    for (String unit : UNITS) {
      BigDecimal inUnit = value.scaleByPowerOfTen(-POWER_OF_PICOS.get(unit));
      if (inUnit.compareTo(BigDecimal.ONE) >= 0 || unit.equals("ns")) {
        return inUnit.stripTrailingZeros().toPlainString() + unit;
      }
    }
    throw new AssertionError("ns is the last unit");
  }
}
