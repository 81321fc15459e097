package dev.haltlab.platform.explain;

import dev.haltlab.platform.run.Difference;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * What would change what a table shows, from simulating a load like it.
 *
 * @param assumptions what was taken to be so, a sentence each
 * @param tableHaltUs mean halt in the table, µs
 * @param modelHaltUs mean halt of the simulated load as it is now, µs
 * @param scenario what was simulated, as a scenario file
 * @param changes in order; the first is the load as it is
 */
public record WhatIf(
    List<String> assumptions, BigDecimal tableHaltUs, BigDecimal modelHaltUs, String scenario, List<Change> changes) {
  public WhatIf {
    assumptions = List.copyOf(assumptions);
    changes = List.copyOf(changes);
  }

  /**
   * One change.
   *
   * @param variant its name in the scenario
   * @param title what is changed, in words
   * @param bound whether it is a bound that nothing can pass, not something to choose
   * @param latencyNs mean time of a message there and back, against the load as it is, paired; empty if the load has no
   *     messages
   * @param cpu host CPU of a vCPU, 1 is all of it, against the load as it is, paired
   * @param exits exits per second of a vCPU, against the load as it is, paired
   */
  public record Change(
      String variant, String title, boolean bound, Optional<Difference> latencyNs, Difference cpu, Difference exits) {}
}
