package dev.haltlab.platform.run;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.scenario.Plan;
import java.util.List;

/**
 * What a run measured: the plan and, per variant, one outcome per replication.
 *
 * @param plan what was run
 * @param outcomes for each variant of the plan, in order, its replications in order
 * @param stats how the run itself went; no part of a result
 * @param unfinished variants that were to be run and are missing here, as a plugin ended the run; every report says so
 */
public record Results(Plan plan, List<List<Outcome>> outcomes, Stats stats, List<String> unfinished) {

  /** A whole result. */
  public Results(Plan plan, List<List<Outcome>> outcomes, Stats stats) {
    this(plan, outcomes, stats, List.of());
  }

  /**
   * How the run itself went; for {@code --stats} on standard error only.
   *
   * @param wallNs elapsed real time
   * @param perVariantNs CPU time of each variant's replications together
   * @param allocatedBytes bytes the simulating threads allocated while running; −1 if the JVM cannot tell
   */
  public record Stats(long wallNs, List<Long> perVariantNs, long allocatedBytes) {}
}
