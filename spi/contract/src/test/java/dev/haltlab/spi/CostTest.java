package dev.haltlab.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pins: a price whose shape changes when scaled, whose mean is not that of its draws, or with senseless figures. */
class CostTest {
  private static final Hertz CLOCK = new Hertz(2_600_000_000L);
  private static final Cost SKEWED =
      Cost.ofCycles(CLOCK, 7_300, 8_450, 8_900, 13_500, 17_000, Basis.MEASURED, "somewhere")
          .withRare(new Cost.Rare(12_000, CLOCK.cyclesToPs(60_000)));

  @Test
  void scalingKeepsTheShapeAndWhereItComesFrom() {
    Cost scaled = SKEWED.scaled(49, 57);
    assertThat((double) scaled.p50Ps()).isCloseTo(SKEWED.p50Ps() * 49.0 / 57.0, within(1.0));
    assertThat((double) scaled.maxPs()).isCloseTo(SKEWED.maxPs() * 49.0 / 57.0, within(1.0));
    assertThat((double) scaled.rare().meanPs()).isCloseTo(SKEWED.rare().meanPs() * 49.0 / 57.0, within(1.0));
    assertThat(scaled.rare().perMillion()).isEqualTo(12_000);
    assertThat(scaled.basis()).isEqualTo(Basis.MEASURED);
    assertThat(scaled.source()).isEqualTo("somewhere");
  }

  @Test
  void scalingByOneChangesNothing() {
    assertThat(SKEWED.scaled(7, 7)).isEqualTo(SKEWED);
  }

  @Test
  void scalingNeverDisordersTheQuantiles() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1_000; i++) {
      // the constructor refuses what is out of order
      assertThat(SKEWED.scaled(random.nextLong(1_000_000), 1 + random.nextLong(1_000_000)).minPs()).isNotNegative();
    }
  }

  @Test
  void theMeanIsThatOfManyDraws() {
    Sampler sampler = SKEWED.sampler(new SplittableRandom(4));
    long sum = 0;
    int draws = 1_000_000;
    for (int i = 0; i < draws; i++) {
      sum += sampler.nextNs();
    }
    double drawn = (double) sum / draws * 1_000;
    assertThat(drawn).isCloseTo(SKEWED.meanPs(), within(SKEWED.meanPs() * 0.01));
  }

  @Test
  void aConstantIsItsOwnMean() {
    Cost constant = Cost.ofNs(3_600, Basis.FITTED, "a target");
    assertThat(constant.meanPs()).isEqualTo(3_600_000);
    assertThat(constant.sampler(new SplittableRandom(5)).isConstant()).isTrue();
  }

  private static Cost quantiles(long min, long p50, long p90, long p99, long max) {
    return new Cost(min, p50, p90, p99, max, Cost.Rare.NONE, Basis.ASSUMED, "");
  }

  @Test
  void senselessFiguresAreRefused() {
    assertThatThrownBy(() -> quantiles(-1, 0, 0, 0, 0)).hasMessageStartingWith("minPs");
    assertThatThrownBy(() -> quantiles(2, 1, 3, 4, 5)).hasMessageStartingWith("quantiles");
    assertThatThrownBy(() -> quantiles(1, 2, 3, 5, 4)).hasMessageStartingWith("quantiles");
    assertThatThrownBy(() -> new Cost.Rare(1_000_001, 1)).hasMessageStartingWith("perMillion");
    assertThatThrownBy(() -> new Cost.Rare(1, -1)).hasMessageStartingWith("meanPs");
    assertThatThrownBy(() -> Cost.ofNs(Long.MAX_VALUE, Basis.ASSUMED, "")).isInstanceOf(ArithmeticException.class);
  }

  @Test
  void senselessDistributionsAreRefusedByName() {
    Duration one = Duration.ofNanos(1);
    Duration two = Duration.ofNanos(2);
    Duration minus = Duration.ofNanos(-1);
    assertThatThrownBy(() -> Dist.fixed(minus)).hasMessageStartingWith("value ");
    assertThatThrownBy(() -> Dist.exponential(minus)).hasMessageStartingWith("mean ");
    assertThatThrownBy(() -> Dist.uniform(minus, one)).hasMessageStartingWith("from ");
    assertThatThrownBy(() -> Dist.uniform(two, one)).hasMessageStartingWith("to ");
    assertThatThrownBy(() -> new Dist.Quantiles(one, two, one, two, two)).hasMessageStartingWith("p90 ");
  }

  @Test
  void theMeansOfDistributionsAreTheirMeans() {
    Duration us = Duration.ofNanos(1_000);
    assertThat(Dist.fixed(us).meanNs()).isEqualTo(1_000);
    assertThat(Dist.exponential(us).meanNs()).isEqualTo(1_000);
    assertThat(Dist.uniform(Duration.ZERO, us).meanNs()).isEqualTo(500);
    assertThat(new Dist.Quantiles(us, us, us, us, us).meanNs()).isEqualTo(1_000);
  }
}
