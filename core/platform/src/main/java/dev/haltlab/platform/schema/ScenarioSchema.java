package dev.haltlab.platform.schema;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import org.jspecify.annotations.Nullable;

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
    throw new UnsupportedOperationException(catalog + " " + kind);
  }
}
