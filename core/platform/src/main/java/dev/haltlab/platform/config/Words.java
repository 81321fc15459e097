package dev.haltlab.platform.config;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The words of messages: names, quotations, suggestions. */
public final class Words {
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?");
  private static final int LONGEST_QUOTE = 60;

  private Words() {}

  static boolean isNumber(String text) {
    return text.length() <= LONGEST_QUOTE && NUMBER.matcher(text).matches();
  }

  /** Whether a text can stand in a message as it is: one line, at most 100 characters, none of them invisible. */
  public static boolean isVisible(String text) {
    return !text.isBlank() && text.length() <= 100 && text.chars().noneMatch(c ->
        Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || Character.getType(c) == Character.FORMAT);
  }

  /** A user's text in quotes: one line, not too long. */
  public static String quote(String text) {
    return "'" + oneLine(text, LONGEST_QUOTE) + "'";
  }

  /** A text as one line: control characters become spaces, what is beyond {@code longest} characters is cut. */
  public static String oneLine(String text, int longest) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && line.length() < longest; i++) {
      char c = text.charAt(i);
      boolean space = Character.isISOControl(c) || Character.isWhitespace(c) || c == '\u2028' || c == '\u2029';
      if (!space) {
        line.append(Character.isSurrogate(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
      } else if (line.length() > 0 && line.charAt(line.length() - 1) != ' ') {
        line.append(' ');
      }
    }
    return text.length() > longest ? line + "..." : line.toString();
  }

  /** {@code did you mean max?} if one of the names is near, else {@code there are: a, b}. */
  public static String suggest(String wrong, Collection<String> names) {
    Optional<String> near = nearest(wrong, names);
    if (near.isPresent()) {
      return "did you mean " + near.get() + "?";
    }
    return names.isEmpty() ? "" : "there are: " + String.join(", ", names);
  }

  /** The name most like a wrong one, if any is like it at all. */
  public static Optional<String> nearest(String wrong, Collection<String> names) {
    if (wrong.length() > LONGEST_QUOTE) {
      return Optional.empty();
    }
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int distance = distance(plain(wrong), plain(name));
      if (distance < least) {
        least = distance;
        best = name;
      }
    }
    // a third of the letters wrong is a slip; more is another word
    return best != null && least <= Math.max(1, Math.min(wrong.length(), best.length()) / 3)
        ? Optional.of(best) : Optional.empty();
  }

  /** {@code COLD_WAKE} as {@code coldWake}: how enum values are written in YAML. */
  public static String camelCase(String constant) {
    StringBuilder camel = new StringBuilder();
    for (String word : List.of(constant.split("_"))) {
      String lower = word.toLowerCase(java.util.Locale.ROOT);
      camel.append(camel.length() == 0 || lower.isEmpty()
          ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
    }
    return camel.toString();
  }

  private static String plain(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(java.util.Locale.ROOT);
  }

  /** Edit distance with swapped neighbours counted once. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(d[i - 1][j - 1] + same, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
