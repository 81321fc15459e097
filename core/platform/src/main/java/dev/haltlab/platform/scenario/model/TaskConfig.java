package dev.haltlab.platform.scenario.model;

import dev.haltlab.platform.config.Doc;
import java.time.Duration;
import java.util.Optional;

/** A thread of the host that runs for a burst every period. */
public record TaskConfig(
    @Doc("Where it runs. Without it the scheduler chooses.") Optional<Integer> pcpu,
    @Doc("From one activation to the next.") Duration period,
    @Doc("CPU time wanted each period; not shorter than the period means always.") Duration burst) {
  public TaskConfig {
    Ranges.check("period", period, false);
    Ranges.check("burst", burst, false);
  }
}
