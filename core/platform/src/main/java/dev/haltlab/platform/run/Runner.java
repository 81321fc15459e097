package dev.haltlab.platform.run;

import dev.haltlab.platform.scenario.Plan;

/** Runs plans: replications spread over threads, pooled in order, so that the result does not depend on the threads. */
public final class Runner {

  /**
   * Runs every replication of every variant.
   *
   * @param plan what to run
   * @param threads at least 1
   * @param progress told of each replication
   * @throws dev.haltlab.engine.PluginFailure if a plugin failed
   * @throws InterruptedException if the calling thread was interrupted; nothing goes on in the background
   */
  public Results run(Plan plan, int threads, Progress progress) throws InterruptedException {
    throw new UnsupportedOperationException(plan + " " + threads + progress);
  }
}
