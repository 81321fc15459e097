package dev.haltlab.platform.schema;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.SchemaBuilder;
import dev.haltlab.platform.scenario.model.ScenarioConfig;
import dev.haltlab.platform.scenario.model.Types;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;

/** JSON Schema (2020-12) of scenario files, generated from the records of the installed plugins. */
public final class ScenarioSchema {
  private ScenarioSchema() {}

  /**
   * The schema of scenarios, or of one kind's slot.
   *
   * @param kind a kind, or null for whole scenarios
   * @return the document, ending in a newline
   */
  public static String of(Catalog catalog, @Nullable Kind<?> kind) {
    SchemaBuilder builder = new SchemaBuilder(Types.binder(catalog));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    if (kind == null) {
      schema.put("title", "haltlab scenario");
      schema.putAll(scenario(builder));
    } else {
      schema.putAll(Types.slotSchema(catalog, kind, builder, false));
    }
    if (!builder.definitions().isEmpty()) {
      schema.put("$defs", builder.definitions());
    }
    return text(schema);
  }

  /** What has no default may be left to the variants, where there are any. */
  private static Map<String, Object> scenario(SchemaBuilder builder) {
    Map<String, Object> whole = builder.record(ScenarioConfig.defaults(), false);
    Map<String, Object> schema = new LinkedHashMap<>(map(withoutRequired(whole)));
    schema.put("required", List.of("scenario"));
    schema.put("if", Map.of("not", Map.of("required", List.of("compare"))));
    schema.put("then", requiredOnly(whole));
    return schema;
  }

  private static Object withoutRequired(Object schema) {
    if (!(schema instanceof Map<?, ?> map) || !map.containsKey("properties") && !map.containsKey("additionalProperties")) {
      return schema;
    }
    Map<String, Object> rest = new LinkedHashMap<>(map(map));
    rest.remove("required");
    rest.computeIfPresent("additionalProperties", (key, value) -> withoutRequired(value));
    rest.computeIfPresent("properties", (key, value) -> {
      Map<String, Object> properties = new LinkedHashMap<>(map(value));
      properties.replaceAll((name, property) -> name.equals("compare") ? property : withoutRequired(property));
      return properties;
    });
    return rest;
  }

  private static Map<String, Object> requiredOnly(Map<String, Object> schema) {
    Map<String, Object> only = new LinkedHashMap<>();
    Object required = schema.get("required");
    if (required != null) {
      only.put("required", required);
    }
    Map<String, Object> properties = new LinkedHashMap<>();
    map(schema.getOrDefault("properties", Map.of())).forEach((name, property) -> {
      Map<String, Object> below = requiredOnly(map(property));
      if (!below.isEmpty() && !name.equals("compare")) {
        properties.put(name, below);
      }
    });
    if (!properties.isEmpty()) {
      only.put("properties", properties);
    }
    if (schema.get("additionalProperties") instanceof Map<?, ?> elements && !requiredOnly(map(elements)).isEmpty()) {
      only.put("additionalProperties", requiredOnly(map(elements)));
    }
    return only;
  }

  @SuppressWarnings("unchecked") // schemas are made of maps with names for keys
  private static Map<String, Object> map(Object schema) {
    return (Map<String, Object>) schema;
  }

  private static String text(Map<String, Object> schema) {
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(lines);
    return JsonMapper.builder().build().writer().with(printer).writeValueAsString(schema) + "\n";
  }
}
