package dev.haltlab.platform.scenario;

import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scenario, the command line's settings and a variant, one over the other.
 *
 * @param all lowest first, at least one
 */
record Layers(List<Node.Mapping> all) {
  Layers {
    all = List.copyOf(all);
  }

  /** Where a value comes from: the highest layer that gives it, else the closest thing above it. */
  Place place(String... path) {
    Place best = all.get(0).place();
    int deepest = -1;
    for (int i = all.size() - 1; i >= 0; i--) {
      Node at = all.get(i);
      int depth = 0;
      while (depth < path.length && step(at, path[depth]) != null) {
        at = step(at, path[depth++]);
      }
      if (depth > deepest && at != null) {
        deepest = depth;
        best = at.place();
        for (int j = depth; j < path.length; j++) {
          best = best.below(path[j]);
        }
      }
    }
    return best;
  }

  /** What each layer says at a path, lowest first. */
  List<Node> at(String... path) {
    List<Node> found = new ArrayList<>();
    for (Node node : all) {
      for (String key : path) {
        node = step(node, key);
      }
      if (node != null) {
        found.add(node);
      }
    }
    return found;
  }

  /** The keys that layers have at a path. */
  Set<String> keys(String... path) {
    Set<String> keys = new LinkedHashSet<>();
    for (Node node : at(path)) {
      if (node instanceof Node.Mapping mapping) {
        keys.addAll(mapping.fields().keySet());
      }
    }
    return keys;
  }

  private static @Nullable Node step(@Nullable Node node, String key) {
    if (node instanceof Node.Sequence sequence && key.startsWith("[")) {
      int index = Integer.parseInt(key.substring(1, key.length() - 1));
      return index < sequence.items().size() ? sequence.items().get(index) : null;
    }
    return node instanceof Node.Mapping mapping ? mapping.get(key) : null;
  }
}
