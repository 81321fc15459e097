package dev.haltlab.platform.scenario.model;

import dev.haltlab.platform.config.Doc;
import java.time.Duration;

/** How long and how often. */
public record RunConfig(
    @Doc("Simulated time that counts.") Duration for_,
    @Doc("Simulated time before that.") Duration warmup,
    @Doc("How often each variant runs, with other random numbers each time; confidence intervals need two.")
        int replications) {
  public RunConfig {
    Ranges.check("for", for_, false);
    Ranges.check("warmup", warmup, true);
    Ranges.check("replications", replications, 1, 100_000);
  }

  /** What holds where the file says nothing. */
  public static RunConfig defaults() {
    return new RunConfig(Duration.ofSeconds(1), Duration.ofMillis(100), 5);
  }
}
