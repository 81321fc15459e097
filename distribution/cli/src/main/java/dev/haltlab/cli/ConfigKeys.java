package dev.haltlab.cli;

import dev.haltlab.platform.config.Binder;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys of a configuration record as rows for a reader: key, type in words, default as one would write it. */
final class ConfigKeys {
  private static final Map<Class<?>, String> WORDS = Map.ofEntries(
      Map.entry(boolean.class, "true or false"), Map.entry(Boolean.class, "true or false"),
      Map.entry(int.class, "whole number"), Map.entry(Integer.class, "whole number"),
      Map.entry(long.class, "whole number"), Map.entry(Long.class, "whole number"),
      Map.entry(String.class, "text"), Map.entry(Duration.class, "time, such as 10us"),
      Map.entry(dev.haltlab.spi.Hertz.class, "frequency, such as 2.6GHz"),
      Map.entry(dev.haltlab.spi.Bytes.class, "bytes, such as 4KiB"),
      Map.entry(dev.haltlab.spi.Dist.class, "time or distribution"), Map.entry(dev.haltlab.spi.Cost.class, "cost"),
      Map.entry(dev.haltlab.spi.KernelVersion.class, "kernel version, quoted"));

  private ConfigKeys() {}

  /** A head and one row per key; empty if there is nothing to set. */
  static List<List<String>> of(Record defaults) {
    List<List<String>> rows = new ArrayList<>();
    rows(rows, "", defaults.getClass(), new Binder().tree(defaults));
    if (!rows.isEmpty()) {
      rows.add(0, List.of("KEY", "TYPE", "DEFAULT"));
    }
    return rows;
  }

  private static void rows(List<List<String>> rows, String prefix, Class<?> type, Map<?, ?> defaults) {
    Map<String, Type> components = components(type);
    components.forEach((key, component) -> {
      Object value = defaults.get(key);
      Class<?> raw = raw(component);
      if (value instanceof Map<?, ?> nested && (raw.isRecord() && !WORDS.containsKey(raw))) {
        rows(rows, prefix + key + ".", raw, nested);
      } else if (value instanceof Map<?, ?> entries && raw == Map.class && !entries.isEmpty()) {
        entries.forEach((name, entry) ->
            rows.add(List.of(prefix + key + "." + name, words(argument(component, 1)), flow(entry))));
      } else if (value instanceof List<?> items && items.size() > 1 && items.get(0) instanceof Map) {
        for (int i = 0; i < items.size(); i++) { // records: one line each is the most a reader takes in
          rows.add(List.of(i == 0 ? prefix + key : "", i == 0 ? words(component) : "", "- " + flow(items.get(i))));
        }
      } else {
        Type shown = value != null && raw == Optional.class ? argument(component, 0) : component;
        rows.add(List.of(prefix + key, words(shown), value == null ? "none" : flow(value)));
      }
    });
  }

  private static Map<String, Type> components(Class<?> type) {
    Map<String, Type> components = new LinkedHashMap<>();
    List<String> keys = Binder.keys(type.asSubclass(Record.class));
    RecordComponent[] parts = type.getRecordComponents();
    for (int i = 0; i < parts.length; i++) {
      components.put(keys.get(i), parts[i].getGenericType());
    }
    return components;
  }

  private static String words(Type type) {
    Class<?> raw = raw(type);
    if (WORDS.containsKey(raw)) {
      return WORDS.get(raw);
    }
    if (raw.isEnum()) {
      return "one of " + Arrays.stream(raw.getEnumConstants()).map(ConfigKeys::constant)
          .collect(Collectors.joining(", "));
    }
    if (raw == List.class) {
      return "list of " + words(argument(type, 0));
    }
    if (raw == Set.class) {
      Class<?> element = raw(argument(type, 0));
      return element.isEnum() ? "some of " + words(element).substring("one of ".length()) : "list of " + words(element);
    }
    if (raw == Map.class) {
      return "map of " + words(argument(type, 1));
    }
    if (raw == Optional.class) {
      return words(argument(type, 0)) + ", may be left out";
    }
    return raw.isRecord() ? "{" + String.join(", ", Binder.keys(raw.asSubclass(Record.class))) + "}"
        : raw.getSimpleName();
  }

  private static String constant(Object value) {
    String[] parts = ((Enum<?>) value).name().toLowerCase(Locale.ROOT).split("_");
    StringBuilder name = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      name.append(parts[i].substring(0, 1).toUpperCase(Locale.ROOT)).append(parts[i].substring(1));
    }
    return name.toString();
  }

  /** On one line, as YAML would have it. */
  private static String flow(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream().map(e -> e.getKey() + ": " + flow(e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(ConfigKeys::flow).collect(Collectors.joining(", ", "[", "]"));
    }
    String text = String.valueOf(value);
    return value instanceof String && (text.isEmpty() || text.matches("[0-9.]+|.*[:#,{}\\[\\]\"].*"))
        ? "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"" : text;
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType()
        : type instanceof Class<?> plain ? plain : Object.class;
  }

  private static Type argument(Type type, int index) {
    return type instanceof ParameterizedType generic ? generic.getActualTypeArguments()[index] : Object.class;
  }
}
