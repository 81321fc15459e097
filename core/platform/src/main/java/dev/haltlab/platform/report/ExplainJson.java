package dev.haltlab.platform.report;

import dev.haltlab.platform.explain.Rule;
import dev.haltlab.platform.explain.WhatIf;
import dev.haltlab.platform.run.Difference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Explanations as JSON, schema 1. */
public final class ExplainJson {
  private ExplainJson() {}

  /** The whole document, ending in a newline. */
  public static String of(List<Explained> all) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", 1);
    document.put("tables", all.stream().map(ExplainJson::table).toList());
    document.put("rules", rules());
    return JsonTree.text(document);
  }

  private static List<Object> rules() {
    List<Object> rules = new ArrayList<>();
    for (Rule rule : Rule.ALL) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("rule", rule.id());
      map.put("when", rule.when());
      map.put("source", rule.source());
      rules.add(map);
    }
    return rules;
  }

  private static Map<String, Object> table(Explained each) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", each.file());
    map.put("line", each.table().line());
    map.put("scope", each.table().scope());
    map.put("event", each.table().event());
    map.put("time", each.table().time());
    List<Object> findings = new ArrayList<>();
    for (Rule.Finding finding : each.findings()) {
      Map<String, Object> found = new LinkedHashMap<>();
      found.put("rule", finding.rule().id());
      found.put("text", finding.text());
      findings.add(found);
    }
    map.put("findings", findings);
    map.put("whatIf", each.whatIf().map(ExplainJson::whatIf).orElse(null));
    map.put("without", each.whatIf().isPresent() ? null : each.without());
    return map;
  }

  private static Map<String, Object> whatIf(WhatIf whatIf) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("tableHaltUs", whatIf.tableHaltUs());
    map.put("modelHaltUs", whatIf.modelHaltUs());
    map.put("assumptions", whatIf.assumptions());
    List<Object> changes = new ArrayList<>();
    for (WhatIf.Change change : whatIf.changes()) {
      Map<String, Object> changed = new LinkedHashMap<>();
      changed.put("variant", change.variant());
      changed.put("title", change.title());
      changed.put("bound", change.bound());
      changed.put("latencyNs", change.latencyNs().map(ExplainJson::difference).orElse(null));
      changed.put("cpuOfVcpu", difference(change.cpu()));
      changed.put("exitsPerSecondAndVcpu", difference(change.exits()));
      changes.add(changed);
    }
    map.put("changes", changes);
    map.put("scenario", whatIf.scenario());
    return map;
  }

  private static Map<String, Object> difference(Difference difference) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("value", difference.second());
    map.put("change", difference.difference());
    map.put("ci95", difference.interval().map(i -> List.of(i.low(), i.high())).orElse(null));
    return map;
  }
}
