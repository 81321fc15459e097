package dev.haltlab.spi;

/**
 * A guest idle policy: what a vCPU's idle loop does, the part Linux calls a cpuidle governor with its driver.
 *
 * @param <C> its configuration, see {@link Provider}
 */
@Stability(Stability.Level.STABLE)
public non-sealed interface IdlePolicyProvider<C extends Record> extends Provider<C> {

  /**
   * Makes the policy of one vCPU. Called once per vCPU and replication, before time 0; instances share nothing.
   *
   * <p>Checked by {@code required_200_createMakesAPolicyForEveryVcpu}, {@code required_207_instancesShareNothing},
   * {@code required_211_hostIsNotAsked}.
   *
   * @param config the defaults with the user's keys laid over them
   * @param seat where this instance sits
   */
  IdlePolicy create(C config, Seat seat);
}
