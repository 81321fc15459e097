package dev.haltlab.engine.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.engine.HostIdleGovernor;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.spi.CState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pins a host idle governor that is not the one it is named after. The ladder is held to
 * drivers/cpuidle/governors/ladder.c.
 */
class IdleStatesTest {
  private static final long US = 1_000;
  private static final List<CState> STATES =
      List.of(state("C1", 2, 2), state("C1E", 10, 20), state("C6", 133, 600));

  private static CState state(String name, long exitUs, long residencyUs) {
    return new CState(name, Duration.ofNanos(exitUs * US), Duration.ofNanos(residencyUs * US), -1);
  }

  private static IdleStates states(HostIdleGovernor governor, int deepest) {
    return new IdleStates(STATES, deepest, governor);
  }

  /** Idle periods one after the other; what is chosen for the one that follows them. */
  private static int after(IdleStates states, long... periodsNs) {
    for (long ns : periodsNs) {
      states.choose(Calendar.NEVER);
      states.observed(ns);
    }
    return states.choose(Calendar.NEVER);
  }

  @Test
  void theLadderGoesDownAfterFourPeriodsOfMoreThanTwiceTheExitLatency() {
    long longer = 4 * US + 1;
    assertThat(after(states(HostIdleGovernor.LADDER, 2), longer, longer, longer)).isZero();
    assertThat(after(states(HostIdleGovernor.LADDER, 2), longer, longer, longer, longer)).isEqualTo(1);
    assertThat(after(states(HostIdleGovernor.LADDER, 2), 4 * US, 4 * US, 4 * US, 4 * US, 4 * US)).isZero();
  }

  @Test
  void theLadderGoesBackAfterOnePeriodOfLessThanTwiceTheExitLatency() {
    long ms = 1_000 * US;
    assertThat(after(states(HostIdleGovernor.LADDER, 2), ms, ms, ms, ms, ms, ms, ms, ms)).isEqualTo(2);
    assertThat(after(states(HostIdleGovernor.LADDER, 2), ms, ms, ms, ms, ms, ms, ms, ms, 266 * US)).isEqualTo(2);
    assertThat(after(states(HostIdleGovernor.LADDER, 2), ms, ms, ms, ms, ms, ms, ms, ms, 266 * US - 1)).isEqualTo(1);
  }

  @Test
  void deepestDoesNotPredict() {
    assertThat(states(HostIdleGovernor.DEEPEST, 2).choose(0)).isEqualTo(2);
    assertThat(after(states(HostIdleGovernor.DEEPEST, 2), 1, 1, 1)).isEqualTo(2);
  }

  @Test
  void averageHeedsTheNextTimer() {
    IdleStates states = states(HostIdleGovernor.AVERAGE, 2);
    long[] periods = new long[64];
    java.util.Arrays.fill(periods, 1_000 * US);
    assertThat(after(states, periods)).isEqualTo(2);
    assertThat(states.choose(599 * US)).isEqualTo(1);
    assertThat(states.choose(19 * US)).isZero();
  }

  @ParameterizedTest
  @EnumSource(HostIdleGovernor.class)
  void noneGoesDeeperThanAllowed(HostIdleGovernor governor) {
    long[] periods = new long[64];
    java.util.Arrays.fill(periods, 100_000 * US);
    for (int deepest = 0; deepest < STATES.size(); deepest++) {
      assertThat(after(states(governor, deepest), periods)).isEqualTo(deepest);
    }
  }
}
