package dev.haltlab.platform.report;

import dev.haltlab.platform.config.Yaml;
import dev.haltlab.platform.scenario.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plan as a scenario file that runs it again: every default written out, independent of {@code --set} and of named
 * profiles.
 *
 * <p>What all variants share by definition stands once, {@code scenario}, {@code seed} and {@code run}; the rest stands
 * in full under each variant. A common base would be shorter, but what an overlay merges into it could not be taken
 * away again.
 */
public final class PlanYaml {
  private static final String RUN = "run";

  private PlanYaml() {}

  /** The whole file, ending in a newline. */
  public static String of(Plan plan) {
    List<Plan.Variant> variants = plan.variants();
    Map<String, Object> first = variants.get(0).resolved();
    if (variants.size() == 1 && variants.get(0).name().equals("base")) {
      return Yaml.write(first);
    }
    Map<String, Object> file = new LinkedHashMap<>();
    for (String shared : List.of("scenario", "seed", RUN)) {
      Object value = first.get(shared);
      if (value != null) {
        file.put(shared, value);
      }
    }
    Map<String, Object> compare = new LinkedHashMap<>();
    for (Plan.Variant variant : variants) {
      compare.put(variant.name(), overlay(variant.resolved(), file));
    }
    file.put("compare", compare);
    return Yaml.write(file);
  }

  private static Map<String, Object> overlay(Map<String, Object> resolved, Map<String, Object> shared) {
    Map<String, Object> overlay = new LinkedHashMap<>(resolved);
    shared.forEach(overlay::remove);
    // A variant may run for another time, but not as often or from another seed: only what differs is laid over.
    if (overlay.get(RUN) instanceof Map<?, ?> run && shared.get(RUN) instanceof Map<?, ?> common) {
      Map<Object, Object> differing = new LinkedHashMap<>(run);
      common.forEach(differing::remove);
      overlay.put(RUN, differing);
    }
    return overlay;
  }
}
