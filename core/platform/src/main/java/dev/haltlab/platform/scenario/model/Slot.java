package dev.haltlab.platform.scenario.model;

import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a plugin goes: {@code use} and the plugin's own keys, not yet bound, because their type is known to the plugin
 * only.
 *
 * @param use id of the plugin
 * @param place of that id in the user's input; null for a default
 * @param layers the plugin's keys, lowest layer first
 * @param replaced the slot that a higher layer replaced by naming another id; still checked
 * @param config the bound configuration, once it is resolved
 */
public record Slot(
    String use, @Nullable Place place, List<Node.Mapping> layers, @Nullable Slot replaced, @Nullable Record config) {
  public Slot {
    layers = List.copyOf(layers);
  }

  /** A default. */
  public static Slot of(String use) {
    return new Slot(use, null, List.of(), null, null);
  }
}
