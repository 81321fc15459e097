package dev.haltlab.platform.scenario;

import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scenario resolved: nothing left to look up or to default.
 *
 * @param scenario its name
 * @param seed root of all random numbers
 * @param replications how often each variant runs, at least 1
 * @param variants in file order, at least one
 * @param warnings what is allowed but probably not meant, each with its place
 */
public record Plan(
    String scenario, long seed, int replications, List<Variant> variants, List<Problem> warnings) {
  public Plan {
    variants = List.copyOf(variants);
    warnings = List.copyOf(warnings);
  }

  /** A plan without warnings. */
  public Plan(String scenario, long seed, int replications, List<Variant> variants) {
    this(scenario, seed, replications, variants, List.of());
  }

  /**
   * One variant.
   *
   * @param name as under {@code compare}, or {@code base}
   * @param nativeRun whether the hypervisor is taken out
   * @param bound whether a halt-poll strategy of the primary VM is a bound ({@link dev.haltlab.spi.HaltPoll.Hindsight})
   * @param resolved the whole configuration of this variant, every default filled in: maps, lists, strings, numbers and
   *     booleans in a fixed order, ready to be written as YAML or JSON and read back as a scenario
   * @param spec the same for the engine
   */
  public record Variant(
      String name, boolean nativeRun, boolean bound, Map<String, Object> resolved, SimulationSpec spec) {

    /** The id of the plugin that a VM uses in a slot: its own, or where it has none the scenario's. */
    public Optional<String> plugin(Kind<?> kind, String vm) {
      Object own = resolved.get("vms") instanceof Map<?, ?> vms && vms.get(vm) instanceof Map<?, ?> keys
          ? keys.get(kind.key()) : null;
      Object slot = own == null ? resolved.get(kind.key()) : own;
      Object id = slot instanceof Map<?, ?> keys ? keys.get("use") : slot;
      return id instanceof String name ? Optional.of(name) : Optional.empty();
    }
  }
}
