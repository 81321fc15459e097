package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The versions of what took part in a run, for a report. Nothing of the machine: it has no part in the result. */
final class Versions {
  private Versions() {}

  /** The platform's and the contracts'. */
  static List<String> ours() {
    return List.of("haltlab " + Catalogs.version() + ", SPI level " + Catalogs.SPI_LEVEL + ".");
  }

  /** The platform, the contracts and the third parties' plugins that the plan names, a line each. */
  static List<String> of(Plan plan, Catalog catalog) {
    List<String> lines = new ArrayList<>(ours());
    TreeSet<String> used = new TreeSet<>();
    plan.variants().forEach(variant -> collect(variant.resolved(), used));
    for (Kind<?> kind : Kind.ALL) {
      for (Catalog.Entry<?> entry : catalog.usable(kind)) {
        if (used.contains(entry.id()) && !entry.origin().equals(Catalogs.BUILT_IN)) {
          lines.add(kind.title() + " " + entry.id() + " " + entry.version() + ", not ours.");
        }
      }
    }
    return lines;
  }

  private static void collect(Object tree, TreeSet<String> used) {
    if (tree instanceof Map<?, ?> map) {
      if (map.get("use") instanceof String id) {
        used.add(id);
      }
      map.values().forEach(value -> collect(value, used));
    } else if (tree instanceof List<?> list) {
      list.forEach(each -> collect(each, used));
    }
  }
}
