package dev.haltlab.platform.scenario;

import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.config.Problem;
import java.util.List;
import java.util.Map;

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
      String name, boolean nativeRun, boolean bound, Map<String, Object> resolved, SimulationSpec spec) {}
}
