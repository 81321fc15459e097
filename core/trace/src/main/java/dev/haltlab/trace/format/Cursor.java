package dev.haltlab.trace.format;

import java.nio.charset.StandardCharsets;

/** A place in a line that moves to the right. What does not match leaves it where it is. */
final class Cursor {
  private static final int LONGEST_SHOWN = 100;
  private static final int MOST_DIGITS = 18;
  private static final int MOST_HEX_DIGITS = 16;

  byte[] text = {};
  int at;
  int end;

  void set(byte[] newText, int from, int to) {
    text = newText;
    at = from;
    end = to;
  }

  boolean atEnd() {
    return at == end;
  }

  int peek() {
    return at < end ? text[at] : -1;
  }

  /** Passes over blanks and tabs. */
  void blanks() {
    while (at < end && isBlank(text[at])) {
      at++;
    }
  }

  boolean skip(char c) {
    if (at < end && text[at] == c) {
      at++;
      return true;
    }
    return false;
  }

  boolean skip(byte[] word) {
    if (!startsWith(text, at, end, word)) {
      return false;
    }
    at += word.length;
    return true;
  }

  /** An unsigned decimal number; −1 if there is none, or one of more than 18 digits. */
  long decimal() {
    int i = at;
    long value = 0;
    while (i < end && isDigit(text[i])) {
      value = value * 10 + (text[i] - '0');
      i++;
    }
    if (i == at || i - at > MOST_DIGITS) {
      return -1;
    }
    at = i;
    return value;
  }

  /** Passes over a number in hexadecimal digits of up to 64 bits, which {@link #hexValue} then is. */
  boolean hex() {
    int i = at;
    long value = 0;
    while (i < end) {
      int digit = hexDigit(text[i]);
      if (digit < 0) {
        break;
      }
      value = value << 4 | digit;
      i++;
    }
    if (i == at || i - at > MOST_HEX_DIGITS) {
      return false;
    }
    at = i;
    hexValue = value;
    return true;
  }

  long hexValue;

  /** Passes over everything up to a blank or the end; false if there is nothing. */
  boolean token() {
    int i = at;
    while (i < end && !isBlank(text[i])) {
      i++;
    }
    boolean moved = i > at;
    at = i;
    return moved;
  }

  /** Passes over letters, digits and underscores; false if there are none. */
  boolean word() {
    int i = at;
    while (i < end && isWord(text[i])) {
      i++;
    }
    boolean moved = i > at;
    at = i;
    return moved;
  }

  /** Where {@code word} next stands; −1 if nowhere. */
  int find(byte[] word) {
    for (int i = at; i + word.length <= end; i++) {
      if (startsWith(text, i, end, word)) {
        return i;
      }
    }
    return -1;
  }

  /** Where {@code word} stands for the last time; −1 if nowhere. */
  int findLast(byte[] word) {
    for (int i = end - word.length; i >= at; i--) {
      if (startsWith(text, i, end, word)) {
        return i;
      }
    }
    return -1;
  }

  static boolean startsWith(byte[] text, int from, int to, byte[] word) {
    if (to - from < word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if (text[from + i] != word[i]) {
        return false;
      }
    }
    return true;
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static boolean isWord(byte b) {
    return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || isDigit(b) || b == '_';
  }

  static int hexDigit(byte b) {
    if (isDigit(b)) {
      return b - '0';
    }
    int letter = b | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  }

  /** A piece of a line for a message: one line of visible characters, cut if it is long. */
  static String shown(byte[] text, int from, int to) {
    int end = Math.min(to, from + LONGEST_SHOWN);
    StringBuilder shown = new StringBuilder("'");
    String decoded = new String(text, from, end - from, StandardCharsets.UTF_8);
    for (int i = 0; i < decoded.length(); i++) {
      char c = decoded.charAt(i);
      shown.append(c < ' ' || c >= 0x7f && c < 0xa0 || c == '\ufffd' ? '?' : c);
    }
    return shown.append(end < to ? "...'" : "'").toString();
  }

  static byte[] bytes(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }
}
