package dev.haltlab.platform.schema;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.SchemaBuilder;
import dev.haltlab.platform.scenario.model.ScenarioConfig;
import dev.haltlab.platform.scenario.model.Types;
import java.util.LinkedHashMap;
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
      schema.putAll(builder.record(ScenarioConfig.defaults(), false));
    } else {
      schema.putAll(Types.slotSchema(catalog, kind, builder, false));
    }
    if (!builder.definitions().isEmpty()) {
      schema.put("$defs", builder.definitions());
    }
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(lines);
    return JsonMapper.builder().build().writer().with(printer).writeValueAsString(schema) + "\n";
  }
}
