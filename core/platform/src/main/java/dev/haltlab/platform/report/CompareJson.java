package dev.haltlab.platform.report;

import dev.haltlab.platform.compare.Comparison;
import dev.haltlab.platform.run.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Comparisons as JSON, schema 1. Means over the replications; difference, ci95 and chance are of second less first. */
public final class CompareJson {
  private CompareJson() {}

  /** The whole document, ending in a newline. */
  public static String of(List<Comparison> comparisons) {
    List<Object> all = new ArrayList<>();
    comparisons.forEach(comparison -> all.add(comparison(comparison)));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", 1);
    document.put("comparisons", all);
    return JsonTree.text(document);
  }

  private static Map<String, Object> comparison(Comparison comparison) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("first", side(comparison.first()));
    map.put("second", side(comparison.second()));
    map.put("paired", comparison.paired());
    map.put("why", comparison.why());
    map.put("figures", comparison.lines().stream().map(CompareJson::line).toList());
    return map;
  }

  private static Map<String, Object> side(Comparison.Side side) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("run", side.run().name());
    map.put("scenario", side.run().scenario());
    map.put("variant", side.variant().name());
    map.put("replications", side.variant().replications().size());
    return map;
  }

  private static Map<String, Object> line(Comparison.Line line) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("figure", line.name());
    map.put("unit", line.unit());
    map.put("first", line.difference().first());
    map.put("second", line.difference().second());
    map.put("difference", line.difference().difference());
    map.put("ci95", line.difference().interval().map(CompareJson::interval).orElse(null));
    map.put("chance", line.difference().chance().orElse(null));
    map.put("verdict", line.verdict().name().toLowerCase(Locale.ROOT));
    return map;
  }

  private static List<Object> interval(Interval interval) {
    return List.of(interval.low(), interval.high());
  }
}
