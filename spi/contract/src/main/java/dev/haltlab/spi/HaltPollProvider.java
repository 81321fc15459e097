package dev.haltlab.spi;

/**
 * A halt-poll strategy: how long the host spins for a wake-up before it schedules a halted vCPU out.
 *
 * @param <C> its configuration, see {@link Provider}
 */
@Stability(Stability.Level.STABLE)
public non-sealed interface HaltPollProvider<C extends Record> extends Provider<C> {

  /**
   * Makes the strategy of one vCPU. Called once per vCPU and replication, before time 0; instances share nothing.
   *
   * <p>Checked by {@code required_100_createMakesAStrategyForEveryVcpu}, {@code required_104_instancesShareNothing},
   * {@code required_109_hostIsAskedInsideBudgetAndWokenOnly}.
   *
   * @param config the defaults with the user's keys laid over them
   * @param seat where this instance sits
   */
  HaltPoll create(C config, Seat seat);
}
