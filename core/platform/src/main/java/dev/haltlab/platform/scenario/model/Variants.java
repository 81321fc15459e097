package dev.haltlab.platform.scenario.model;

import dev.haltlab.platform.config.Node;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variants under {@code compare}, not yet laid over anything.
 *
 * @param byName in the order of the file
 */
public record Variants(Map<String, Node.Mapping> byName) {
  /** No variants. */
  public static final Variants NONE = new Variants(Map.of());

  public Variants {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }
}
