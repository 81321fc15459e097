package dev.haltlab.spi;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A host CPU as data. It prices steps, never outcomes: exits per transaction and latencies follow from what happens.
 *
 * <p>Checked by {@code required_400_titleIsOneLine}, {@code required_401_pricesCanBeDrawn},
 * {@code required_402_pricesHaveSources}, {@code required_403_somethingIsPriced},
 * {@code required_404_cstatesAreShallowestFirst}.
 *
 * @param title as shown in reports, for example {@code "Ivy Bridge, host 3.11"}
 * @param clock TSC frequency
 * @param steps the price of each step; a step without a price costs nothing and is reported as such
 * @param cstates host idle states, shallowest first; at least one, with different names
 * @param features interrupt hardware
 */
@Stability(Stability.Level.PROVISIONAL)
public record HostProfile(
    String title, Hertz clock, Map<Step, Cost> steps, List<CState> cstates, Set<Feature> features) {
  public HostProfile {
    if (cstates.isEmpty()) {
      throw new IllegalArgumentException("cstates must name at least one state");
    }
    Set<String> names = new HashSet<>();
    for (CState state : cstates) {
      if (!names.add(state.name())) {
        throw new IllegalArgumentException("cstates must have different names, two are named " + state.name());
      }
    }
    steps = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(steps));
    cstates = List.copyOf(cstates);
    features = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(features));
  }
}
