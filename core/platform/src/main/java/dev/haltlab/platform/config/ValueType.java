package dev.haltlab.platform.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A component type with a form of its own in YAML; everything else is records, lists, maps, enums and optionals.
 *
 * @param <T> the type
 */
public interface ValueType<T> {

  /** The type. */
  Class<T> type();

  /** Reads a value; null if it is none, after adding a problem. */
  @Nullable T read(Node node, Problems problems);

  /** The value as it is written: a map, list, string, long or boolean that {@link #read} reads back as an equal one. */
  Object write(T value);

  /**
   * JSON Schema of what {@link #read} takes. One with a {@code description} is kept once, among the definitions.
   *
   * @param key the key it stands at
   * @param partial whether more layers may follow, so that nothing in it is required
   */
  Map<String, Object> schema(SchemaBuilder builder, String key, boolean partial);

  /**
   * Reads a value that several layers give, the last one winning.
   *
   * @param defaults what the layers lie on, or null
   * @param layers at least one, lowest first
   */
  default @Nullable T readLayers(@Nullable T defaults, List<Node> layers, Problems problems) {
    T last = null;
    boolean broken = false;
    for (Node layer : layers) {
      last = layer instanceof Node.Broken ? null : read(layer, problems);
      broken |= last == null;
    }
    return broken ? null : last;
  }
}
