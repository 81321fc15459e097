package dev.haltlab.cli;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times on the command line as the kernel's parameters have them: a bare number is ns. */
final class Nanoseconds {
  private static final Pattern WITH_UNIT = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(ns|us|ms|s)");

  private Nanoseconds() {}

  /** {@code 200us} as {@code 200000}; anything else as it is. */
  static String plain(String text) {
    Matcher m = WITH_UNIT.matcher(text);
    if (!m.matches()) {
      return text;
    }
    int power = switch (m.group(2)) {
      case "ns" -> 0;
      case "us" -> 3;
      case "ms" -> 6;
      default -> 9;
    };
    BigDecimal ns = new BigDecimal(m.group(1)).movePointRight(power);
    return ns.stripTrailingZeros().scale() > 0 ? text : ns.toBigInteger().toString();
  }
}
