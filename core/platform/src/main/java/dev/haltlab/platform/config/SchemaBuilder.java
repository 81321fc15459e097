package dev.haltlab.platform.config;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON Schema of what a {@link Binder} takes, from the same records. */
public final class SchemaBuilder {
  private final Binder binder;
  private final Map<String, Object> definitions = new TreeMap<>();
  private final List<String> open = new ArrayList<>();

  /** @param binder whose types it describes */
  public SchemaBuilder(Binder binder) {
    this.binder = binder;
  }

  /** What the schemas made so far refer to, by name. */
  public Map<String, Object> definitions() {
    return Collections.unmodifiableMap(definitions);
  }

  /** A record without defaults. */
  public Map<String, Object> record(Class<?> type) {
    return record(type, null, false);
  }

  /** A record over its defaults; with {@code partial}, one layer of several, in which nothing is required. */
  public Map<String, Object> record(Record defaults, boolean partial) {
    return record(defaults.getClass(), defaults, partial);
  }

  private Map<String, Object> record(Class<?> type, @Nullable Object defaults, boolean partial) {
    String self = type.getName() + (partial ? " partial" : "");
    if (open.contains(self)) {
      return ValueTypes.ordered("type", "object"); // a record within itself: as far as a schema without names goes
    }
    open.add(self);
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      String key = Binder.key(component);
      Object base = defaults == null ? null : Binder.get(component, defaults);
      Map<String, Object> schema = any(component.getGenericType(), base, key, partial);
      Doc doc = component.getAnnotation(Doc.class);
      if (doc != null) {
        schema.put("description", doc.value());
      }
      if (base != null && isShort(base)) {
        schema.put("default", binder.treeOf(base));
      }
      properties.put(key, schema);
      if (base == null && component.getType() != Optional.class) {
        required.add(key);
      }
    }
    open.remove(self);
    Map<String, Object> schema = ValueTypes.ordered("type", "object", "properties", properties);
    if (!required.isEmpty() && !partial) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  /** Whether a default can be shown beside its key. */
  private boolean isShort(Object value) {
    return !(value instanceof Map) && !(value instanceof Record r && binder.valueType(r.getClass()) == null)
        && !(value instanceof Optional<?> o && o.isEmpty()) && !(value instanceof List<?> l && l.size() > 4);
  }

  /** Keeps a schema once, under a name, and refers to it. */
  public Map<String, Object> define(String name, java.util.function.Supplier<Map<String, Object>> schema) {
    if (!definitions.containsKey(name)) {
      definitions.put(name, Map.of()); // stands for itself while it is being made
      definitions.put(name, schema.get());
    }
    return ValueTypes.ordered("$ref", "#/$defs/" + name);
  }

  private Map<String, Object> any(Type type, @Nullable Object defaults, String key, boolean partial) {
    Class<?> raw = Binder.raw(type);
    ValueType<?> value = binder.valueType(raw);
    if (value != null) {
      Map<String, Object> schema = value.schema(this, key, partial);
      return schema.containsKey("description") ? define(value.type().getSimpleName(), () -> schema) : schema;
    }
    if (raw == Optional.class) {
      Object inner = defaults instanceof Optional<?> optional ? optional.orElse(null) : null;
      return any(Binder.argument(type, 0), inner, key, partial);
    }
    if (raw.isEnum()) {
      return ValueTypes.ordered("enum", Binder.names(raw));
    }
    if (raw == List.class || raw == Set.class) {
      return ValueTypes.ordered("type", "array", "items", element(Binder.argument(type, 0), key, false));
    }
    if (raw == Map.class) {
      Map<String, Object> schema = ValueTypes.ordered("type", "object");
      if (Binder.raw(Binder.argument(type, 0)).isEnum()) {
        schema.put("propertyNames", ValueTypes.ordered("enum", Binder.names(Binder.raw(Binder.argument(type, 0)))));
      }
      if (defaults instanceof Map<?, ?> map && map.values().stream().allMatch(v -> v instanceof Record r
          && binder.valueType(r.getClass()) == null)) {
        Map<String, Object> properties = new LinkedHashMap<>();
        map.forEach((k, v) -> properties.put(
            k instanceof Enum<?> e ? Words.camelCase(e.name()) : (String) k, record((Record) v, partial)));
        if (!properties.isEmpty()) {
          schema.put("properties", properties);
        }
      }
      schema.put("additionalProperties", element(Binder.argument(type, 1), key, partial));
      return schema;
    }
    if (raw.isRecord()) {
      return record(raw, defaults, partial);
    }
    return ValueTypes.ordered();
  }

  private Map<String, Object> element(Type type, String key, boolean partial) {
    return any(type, Binder.elementDefaults(type), key, partial);
  }
}
