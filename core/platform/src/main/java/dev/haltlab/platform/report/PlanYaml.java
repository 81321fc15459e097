package dev.haltlab.platform.report;

import dev.haltlab.platform.scenario.Plan;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A plan as a scenario file that runs it again: block style, every default written out, independent of {@code --set}
 * and of named profiles.
 *
 * <p>What all variants share by definition stands once, {@code scenario}, {@code seed} and {@code run}; the rest stands
 * in full under each variant. A common base would be shorter, but what an overlay merges into it could not be taken
 * away again.
 */
public final class PlanYaml {
  /** Never quoted: words, also with digits, dots, slashes and hyphens inside, such as 200us or sandy-bridge. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9_./+%()-]*( [A-Za-z0-9_./+%(][A-Za-z0-9_./+%()-]*)*");

  /** What some reader of YAML takes for a number, a date, a truth value or null. */
  private static final Pattern AMBIGUOUS =
      Pattern.compile("[0-9][0-9_.eE+-]*|0[xob].*|(?i:true|false|null|yes|no|on|off|y|n)");

  private PlanYaml() {}

  /** The whole file, ending in a newline. */
  public static String of(Plan plan) {
    List<Plan.Variant> variants = plan.variants();
    Map<String, Object> first = variants.get(0).resolved();
    if (variants.size() == 1 && variants.get(0).name().equals("base")) {
      return write(first);
    }
    Map<String, Object> file = new LinkedHashMap<>();
    for (String shared : List.of("scenario", "seed", "run")) {
      if (first.containsKey(shared)) {
        file.put(shared, first.get(shared));
      }
    }
    Map<String, Object> compare = new LinkedHashMap<>();
    for (Plan.Variant variant : variants) {
      Map<String, Object> overlay = new LinkedHashMap<>(variant.resolved());
      file.forEach((key, value) -> overlay.remove(key, value));
      compare.put(variant.name(), overlay);
    }
    file.put("compare", compare);
    return write(file);
  }

  private static String write(Map<String, Object> map) {
    StringBuilder yaml = new StringBuilder();
    entries(yaml, map, 0);
    return yaml.toString();
  }

  private static void entries(StringBuilder yaml, Map<?, ?> map, int indent) {
    map.forEach(
        (key, value) -> {
          yaml.append(" ".repeat(indent)).append(scalar(key.toString())).append(':');
          value(yaml, value, indent);
        });
  }

  private static void value(StringBuilder yaml, Object value, int indent) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      yaml.append('\n');
      entries(yaml, map, indent + 2);
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      yaml.append('\n');
      for (Object each : list) {
        item(yaml, each, indent + 2);
      }
    } else {
      yaml.append(' ').append(leaf(value)).append('\n');
    }
  }

  private static void item(StringBuilder yaml, Object value, int indent) {
    yaml.append(" ".repeat(indent)).append('-');
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      StringBuilder entries = new StringBuilder();
      entries(entries, map, indent + 2);
      // The first entry stands behind the hyphen.
      yaml.append(' ').append(entries, indent + 2, entries.length());
    } else {
      value(yaml, value, indent);
    }
  }

  private static String leaf(Object value) {
    if (value instanceof Map) {
      return "{}";
    }
    if (value instanceof List) {
      return "[]";
    }
    if (value instanceof String string) {
      return scalar(string);
    }
    // An exponent would be read as text.
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
  }

  private static String scalar(String text) {
    if (PLAIN.matcher(text).matches() && !AMBIGUOUS.matcher(text).matches()) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xfeff) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
