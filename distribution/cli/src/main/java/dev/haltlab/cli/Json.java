package dev.haltlab.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the small JSON documents of lists and problems; results have a writer of their own. */
final class Json {
  private Json() {}

  /** Maps, lists, strings, whole numbers, booleans and null, indented by two, ending in a newline. */
  static String of(Object value) {
    StringBuilder json = new StringBuilder();
    write(json, value, "\n");
    return json.append('\n').toString();
  }

  private static void write(StringBuilder json, @Nullable Object value, String newLine) {
    String inner = newLine + "  ";
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      String before = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.append(before).append(inner);
        quote(json, String.valueOf(entry.getKey()));
        json.append(": ");
        write(json, entry.getValue(), inner);
        before = ",";
      }
      json.append(newLine).append('}');
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      String before = "[";
      for (Object each : list) {
        json.append(before).append(inner);
        write(json, each, inner);
        before = ",";
      }
      json.append(newLine).append(']');
    } else if (value instanceof Map) {
      json.append("{}");
    } else if (value instanceof List) {
      json.append("[]");
    } else if (value instanceof String text) {
      quote(json, text);
    } else {
      json.append(value); // whole numbers, booleans and null are written as Java writes them
    }
  }

  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f || Character.isSurrogate(c) && !paired(text, i)) {
            json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  private static boolean paired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
