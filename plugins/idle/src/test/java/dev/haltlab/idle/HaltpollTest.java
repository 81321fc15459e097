package dev.haltlab.idle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pins the haltpoll governor where recordings do not reach: edges of its thresholds, odd parameters, the tick. That it
 * decides as recorded guests did is a test of the replay.
 */
class HaltpollTest {
  private static final int POLL = 0;
  private static final int HALT = 1;

  private static Duration ns(long ns) {
    return Duration.ofNanos(ns);
  }

  private static IdlePolicy governor(long max, long grow, long growStart, long shrink, boolean allow, boolean reset) {
    return new HaltpollGovernor(new Haltpoll.Config(ns(max), grow, ns(growStart), shrink, allow, reset));
  }

  private static IdlePolicy newest() {
    return governor(200_000, 2, 50_000, 2, true, true);
  }

  private static IdleState.Kind selected(IdlePolicy policy) {
    return policy.states().get(policy.select(0, Long.MAX_VALUE, false)).kind();
  }

  @Test
  void itHaltsUntilShortHaltsHaveLetItsLimitGrow() {
    IdlePolicy policy = newest();
    for (long limit : new long[] {50_000, 100_000, 200_000, 200_000}) {
      policy.reflect(HALT, Math.min(policy.pollNs() + 1, 200_000), false);
      assertThat(policy.pollNs()).isEqualTo(limit);
      assertThat(selected(policy)).isEqualTo(IdleState.Kind.POLL);
    }
  }

  @Test
  void itHaltsAfterAPollInVainAndPollsAgainAfterAnyOther() {
    IdlePolicy policy = newest();
    policy.resume(50_000);
    policy.reflect(HALT, 10, false);
    assertThat(selected(policy)).isEqualTo(IdleState.Kind.POLL);
    policy.reflect(POLL, 20_000, false);
    assertThat(selected(policy)).as("after a poll that was ended by an interrupt").isEqualTo(IdleState.Kind.POLL);
    policy.reflect(POLL, 50_000, true);
    assertThat(selected(policy)).as("after a poll that timed out").isEqualTo(IdleState.Kind.HLT);
    policy.reflect(HALT, 10, false);
    assertThat(selected(policy)).as("after that halt").isEqualTo(IdleState.Kind.POLL);
  }

  @Test
  void theTickIsKeptWhilePollingAndMayStopWhereItHalts() {
    IdlePolicy policy = newest();
    policy.select(0, Long.MAX_VALUE, false);
    assertThat(policy.stopsTick()).as("limit 0").isTrue();
    policy.resume(50_000);
    policy.reflect(HALT, 10, false);
    policy.select(0, Long.MAX_VALUE, false);
    assertThat(policy.stopsTick()).as("polling").isFalse();
    policy.reflect(POLL, 50_000, true);
    policy.select(0, Long.MAX_VALUE, false);
    assertThat(policy.stopsTick()).as("after a poll in vain").isTrue();
  }

  @Test
  void timeSpentPollingDecidesNothing() {
    IdlePolicy policy = newest();
    policy.resume(100_000);
    policy.reflect(POLL, 10_000_000, true);
    policy.reflect(POLL, 150_000, false);
    assertThat(policy.pollNs()).isEqualTo(100_000);
  }

  @ParameterizedTest
  @CsvSource({
      "100000, 100000, 100000", // as long as the limit: unchanged
      "100000, 100001, 200000", "100000, 200000, 200000", // as long as the maximum still grows, unlike on the host
      "100000, 200001, 50000", "50000, 200001, 0", "0, 200001, 0", "0, 0, 0", "0, 1, 50000",
      "200000, 150000, 200000", "300000, 250000, 150000", "300000, 150000, 300000"})
  void thresholds(long limit, long halt, long expected) {
    IdlePolicy policy = newest();
    policy.resume(limit);
    policy.reflect(HALT, halt, false);
    assertThat(policy.pollNs()).isEqualTo(expected);
  }

  @Test
  void olderKernelsDecayBelowTheFirstLimit() {
    IdlePolicy policy = governor(200_000, 2, 50_000, 2, true, false);
    policy.resume(50_000);
    for (long limit : new long[] {25_000, 12_500, 6_250}) {
      policy.reflect(HALT, 1_000_000, false);
      assertThat(policy.pollNs()).isEqualTo(limit);
    }
  }

  @Test
  void oddParametersDoWhatTheirArithmeticSays() {
    IdlePolicy kept = governor(200_000, 2, 50_000, 2, false, true);
    kept.resume(100_000);
    kept.reflect(HALT, 1_000_000, false);
    assertThat(kept.pollNs()).as("shrinking not allowed").isEqualTo(100_000);

    IdlePolicy reset = governor(200_000, 2, 50_000, 0, true, false);
    reset.resume(200_000);
    reset.reflect(HALT, 1_000_000, false);
    assertThat(reset.pollNs()).as("a divisor of 0").isZero();

    IdlePolicy start = governor(2_400_000, 2, 24_000_000, 2, true, true);
    start.reflect(HALT, 1_000, false);
    assertThat(start.pollNs()).as("a first limit above the maximum").isEqualTo(2_400_000);

    IdlePolicy wraps = governor(4_000_000_000L, 2, 0, 2, true, false);
    wraps.resume(3_000_000_000L);
    wraps.reflect(HALT, 3_500_000_000L, false);
    assertThat(wraps.pollNs()).as("twice 3e9 in 32 bits").isEqualTo(1_705_032_704L);

    IdlePolicy never = governor(0, 2, 50_000, 2, true, true);
    never.reflect(HALT, 1, false);
    assertThat(never.pollNs()).as("a maximum of 0").isZero();
  }

  @Test
  void whateverHappensTheLimitStaysWithinTheMaximum() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 200; round++) {
      long max = random.nextLong(1L << random.nextInt(1, 32));
      IdlePolicy policy = governor(max, random.nextLong(5), random.nextLong(1L << 20), random.nextLong(5),
          random.nextBoolean(), random.nextBoolean());
      for (int i = 0; i < 200; i++) {
        int state = policy.select(i, Long.MAX_VALUE, false);
        if (state == POLL) {
          assertThat(policy.pollNs()).as("polls only with a limit").isPositive();
        }
        policy.reflect(state, random.nextLong(1L << 33), random.nextBoolean());
        assertThat(policy.pollNs()).isBetween(0L, max);
      }
    }
  }

  @Test
  void parametersBeyondThirtyTwoBitsAreRefusedByName() {
    assertThatThrownBy(() -> governor(1L << 32, 2, 0, 2, true, true)).hasMessageStartingWith("max ");
    assertThatThrownBy(() -> governor(1, -1, 0, 2, true, true)).hasMessageStartingWith("grow ");
    assertThatThrownBy(() -> governor(1, 1, 1L << 32, 2, true, true)).hasMessageStartingWith("growStart ");
    assertThatThrownBy(() -> governor(1, 1, 0, 1L << 32, true, true)).hasMessageStartingWith("shrink ");
  }

  @ParameterizedTest
  @CsvSource({
      "2400000, 24000000, 2, true, growStart is above max", "0, 50000, 2, true, max is 0",
      "200000, 0, 2, true, growStart is 0", "200000, 50000, 1, true, shrink is 1",
      "200000, 50000, 2, false, allowShrink is false"})
  void whatIsAllowedButHardlyMeantIsSaid(long max, long growStart, long shrink, boolean allow, String said) {
    Haltpoll.Config config = new Haltpoll.Config(ns(max), 2, ns(growStart), shrink, allow, true);
    assertThat(new Haltpoll().advice(config)).singleElement().asString().startsWith(said);
  }

  @Test
  void defaultsNeedNoAdvice() {
    assertThat(new Haltpoll().advice(new Haltpoll().defaults())).isEmpty();
  }

  @Test
  void itIsFoundByItsName() {
    Haltpoll haltpoll = new Haltpoll();
    assertThat(haltpoll.id()).isEqualTo("haltpoll");
    assertThat(haltpoll.defaults())
        .isEqualTo(new Haltpoll.Config(ns(200_000), 2, ns(50_000), 2, true, true));
  }
}
