package dev.haltlab.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins that a compiled table is the distribution it was compiled from: every latency of every result is a sum of draws,
 * and a table that leans or is cut short would lean or cut them all.
 */
final class SamplerTest {
  private static final int DRAWS = 1_000_000;

  /** Probability between two entries of the table: a corner of the CDF may be cut by no more. */
  private static final double CELL = 1.0 / 1024;

  static Stream<Cost> costs() {
    return Stream.of(
        cost(0, 0, 0, 0, 1_000),
        cost(850, 850, 850, 850, 850),
        cost(0, 1_000, 2_000, 3_000, 4_000),
        cost(500, 700, 900, 2_000, 9_000),
        cost(1_000, 1_000, 1_000, 1_000, 500_000),
        cost(1_000_000_000L, 2_000_000_000L, 3_000_000_000L, 3_000_000_000L, 40_000_000_000L));
  }

  @ParameterizedTest
  @MethodSource("costs")
  void theMeanOfACostIsThatOfItsQuantiles(Cost cost) {
    long[] drawn = draw(cost.sampler(new SplittableRandom(1)), DRAWS);
    double deviation = deviation(drawn);
    // a cell that holds a corner leans by less than its height, at its probability; the last hundredth may be steepest
    double height = (cost.maxPs() - cost.minPs()) / 1e3 / 0.01 * CELL;
    double lean = height * CELL;
    assertThat(mean(drawn)).isCloseTo(cost.meanPs() / 1e3, within(5 * deviation / Math.sqrt(DRAWS) + lean + 0.01));
  }

  @ParameterizedTest
  @MethodSource("costs")
  void asManyDrawsLieBelowAQuantileAsItSays(Cost cost) {
    long[] drawn = draw(cost.sampler(new SplittableRandom(2)), DRAWS);
    assertThat(drawn[0]).isGreaterThanOrEqualTo(cost.minPs() / 1000);
    assertThat(drawn[DRAWS - 1]).isLessThanOrEqualTo(cost.maxPs() / 1000);
    assertQuantile(drawn, 0.5, cost.p50Ps() / 1000);
    assertQuantile(drawn, 0.9, cost.p90Ps() / 1000);
    assertQuantile(drawn, 0.99, cost.p99Ps() / 1000);
  }

  @Test
  void picosecondsAreRoundedToTheNearestNanosecondNotCutOff() {
    assertThat(ofPs(1_499).sampler(new SplittableRandom(1)).nextNs()).isEqualTo(1);
    assertThat(ofPs(1_500).sampler(new SplittableRandom(1)).nextNs()).isEqualTo(2);
    Cost below = new Cost(200, 200, 200, 200, 201, Cost.Rare.NONE, Basis.ASSUMED, "test");
    assertThat(draw(below.sampler(new SplittableRandom(1)), 1000)).containsOnly(0);
    Cost around = new Cost(0, 500, 900, 990, 1_000, Cost.Rare.NONE, Basis.ASSUMED, "test");
    assertThat(mean(draw(around.sampler(new SplittableRandom(1)), DRAWS))).isCloseTo(0.5, within(0.0025));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 12_000, 500_000, 1_000_000})
  void theRareComponentComesAsOftenAndIsAsLongAsItSays(int perMillion) {
    Cost cost = Cost.ofNs(1_000, Basis.ASSUMED, "test").withRare(new Cost.Rare(perMillion, 23_000_000));
    long[] drawn = draw(cost.sampler(new SplittableRandom(3)), DRAWS);
    double p = perMillion / 1e6;
    double standardError = Math.sqrt(p * (2 - p) / DRAWS) * 23_000;
    assertThat(mean(drawn)).isCloseTo(1_000 + p * 23_000, within(5 * standardError + p * 5));
    long longer = LongStream.of(drawn).filter(ns -> ns > 1_000).count();
    assertThat((double) longer / DRAWS).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / DRAWS) + p * 1e-4));
    assertThat(drawn[0]).isGreaterThanOrEqualTo(1_000);
    double beyond = (double) LongStream.of(drawn).filter(ns -> ns > 1_000 + 3 * 23_000).count() / DRAWS;
    double expected = p * Math.exp(-3);
    assertThat(beyond).isCloseTo(expected, within(5 * Math.sqrt(expected / DRAWS) + 0.01 * expected));
  }

  @Test
  void anExponentialIsExponentialFarBeyondItsTable() {
    int draws = 4 * DRAWS;
    double mean = 100_000;
    long[] drawn = draw(Dist.exponential(Duration.ofNanos(100_000)).sampler(new SplittableRandom(4)), draws);
    assertThat(mean(drawn)).isCloseTo(mean, within(5 * mean / Math.sqrt(draws) + 2e-4 * mean));
    // the fourth moment about the mean is 9: the variance's standard error is sqrt(8 / draws)
    assertThat(Math.pow(deviation(drawn), 2) / (mean * mean)).isCloseTo(1, within(5 * Math.sqrt(8.0 / draws) + 1e-3));
    for (int times = 1; times <= 12; times++) {
      long bound = times * 100_000L;
      double p = Math.exp(-times);
      double above = (double) LongStream.of(drawn).filter(ns -> ns > bound).count() / draws;
      assertThat(above).as("P(X > %s means)", times).isCloseTo(p, within(5 * Math.sqrt(p / draws) + 0.02 * p));
    }
  }

  @Test
  void uniformAndQuantileDistributionsAreWhatTheySay() {
    Dist flat = Dist.uniform(Duration.ofNanos(5_000), Duration.ofNanos(20_000));
    long[] uniform = draw(flat.sampler(new SplittableRandom(5)), DRAWS);
    assertThat(mean(uniform)).isCloseTo(12_500, within(5 * 15_000 / Math.sqrt(12.0 * DRAWS)));
    assertThat(uniform[0]).isBetween(5_000L, 5_001L);
    assertThat(uniform[DRAWS - 1]).isBetween(19_999L, 20_000L);
    for (int percent = 10; percent < 100; percent += 10) {
      assertQuantile(uniform, percent / 100.0, 5_000 + 150L * percent);
    }
    Dist quantiles =
        new Dist.Quantiles(
            Duration.ofNanos(1_000), Duration.ofNanos(2_000), Duration.ofNanos(3_000), Duration.ofNanos(9_000),
            Duration.ofNanos(20_000));
    long[] drawn = draw(quantiles.sampler(new SplittableRandom(6)), DRAWS);
    assertThat(mean(drawn)).isCloseTo(quantiles.meanNs(), within(5 * deviation(drawn) / Math.sqrt(DRAWS) + 2));
    assertQuantile(drawn, 0.9, 3_000);
  }

  @Test
  void aConstantDrawsNothingSoThatFixingACostLeavesOthersTheirNumbers() {
    RandomGenerator untouchable =
        () -> {
          throw new AssertionError("a constant has no use for a random number");
        };
    assertThat(Cost.ofNs(850, Basis.ASSUMED, "test").sampler(untouchable).nextNs()).isEqualTo(850);
    assertThat(Dist.fixed(Duration.ofNanos(7)).sampler(untouchable).nextNs()).isEqualTo(7);
    assertThat(Dist.exponential(Duration.ZERO).sampler(untouchable).nextNs()).isZero();
    assertThat(Dist.uniform(Duration.ofNanos(9), Duration.ofNanos(9)).sampler(untouchable).nextNs()).isEqualTo(9);
    assertThat(Cost.ofNs(850, Basis.ASSUMED, "test").sampler(untouchable).isConstant()).isTrue();
    assertThat(Dist.exponential(Duration.ofNanos(9)).sampler(untouchable).isConstant()).isFalse();
    assertThat(ofPs(850_000).withRare(new Cost.Rare(1, 1_000)).sampler(untouchable).isConstant()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("costs")
  void aLargerRandomNumberNeverMeansASmallerDuration(Cost cost) {
    assertThat(byQuantile(random -> cost.sampler(random), 1 << 16)).isSorted();
  }

  @Test
  void theWholeRangeOfRandomNumbersSpansMinimumToMaximum() {
    long[] values = byQuantile(random -> cost(500, 700, 900, 2_000, 9_000).sampler(random), 1 << 16);
    assertThat(values[0]).isEqualTo(500);
    assertThat(values[values.length - 1]).isEqualTo(9_000);
    long[] exponential = byQuantile(random -> Dist.exponential(Duration.ofNanos(1_000)).sampler(random), 1 << 10);
    assertThat(exponential[0]).isZero();
    assertThat(Arrays.copyOf(exponential, 1023)).isSorted(); // the last cell starts afresh
  }

  @Test
  void theSameRandomNumbersGiveTheSameDurationsOnEveryJdk() {
    Cost cost = cost(500, 700, 900, 2_000, 9_000).withRare(new Cost.Rare(200_000, 23_000_000));
    Sampler sampler = cost.sampler(counter());
    Sampler exponential = Dist.exponential(Duration.ofNanos(100_000)).sampler(counter());
    long[] drawn = new long[12];
    long[] waited = new long[12];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = sampler.nextNs();
      waited[i] = exponential.nextNs();
    }
    assertThat(drawn).containsExactly(759, 877, 536, 630, 37561, 24976, 608, 31920, 644, 748, 866, 528);
    assertThat(waited)
        .containsExactly(96242, 26928, 192485, 63892, 9450, 123170, 39488, 288728, 82624, 19887, 160134, 53855);
  }

  @Test
  void veryLongDurationsDoNotOverflowAndLongerOnesAreRefused() {
    Duration longest = Duration.ofNanos(1L << 46);
    long[] uniform = draw(Dist.uniform(Duration.ZERO, longest).sampler(new SplittableRandom(7)), 10_000);
    assertThat(uniform[0]).isNotNegative();
    assertThat(mean(uniform)).isCloseTo(0x1p45, within(0x1p41));
    long[] exponential = draw(Dist.exponential(longest).sampler(new SplittableRandom(8)), 10_000);
    assertThat(exponential[0]).isNotNegative();
    assertThat(mean(exponential)).isCloseTo(0x1p46, within(0x1p42));
    Cost rare = Cost.ofNs(0, Basis.ASSUMED, "test").withRare(new Cost.Rare(1_000_000, (1L << 46) * 1000));
    long[] rares = draw(rare.sampler(new SplittableRandom(9)), 10_000);
    assertThat(rares[0]).isNotNegative();
    assertThat(mean(rares)).isCloseTo(0x1p46, within(0x1p42));

    RandomGenerator random = new SplittableRandom(1);
    Dist tooLong = Dist.fixed(longest.plusNanos(1));
    assertThatThrownBy(() -> tooLong.sampler(random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("duration too long: 70368744177665 ns; the largest is 70368744177664 ns");
    Dist tooLongMean = Dist.exponential(longest.plusNanos(1));
    assertThatThrownBy(() -> tooLongMean.sampler(random)).isInstanceOf(IllegalArgumentException.class);
    Cost tooLongCost = ofPs(((1L << 46) + 1) * 1000);
    assertThatThrownBy(() -> tooLongCost.sampler(random)).isInstanceOf(IllegalArgumentException.class);
    Cost tooRare = ofPs(0).withRare(new Cost.Rare(1, ((1L << 46) + 1) * 1000));
    assertThatThrownBy(() -> tooRare.sampler(random)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Cost cost(long minNs, long p50Ns, long p90Ns, long p99Ns, long maxNs) {
    return new Cost(
        minNs * 1000, p50Ns * 1000, p90Ns * 1000, p99Ns * 1000, maxNs * 1000, Cost.Rare.NONE, Basis.ASSUMED, "test");
  }

  private static Cost ofPs(long ps) {
    return new Cost(ps, ps, ps, ps, ps, Cost.Rare.NONE, Basis.ASSUMED, "test");
  }

  /** Sorted. */
  private static long[] draw(Sampler sampler, int count) {
    long[] drawn = new long[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = sampler.nextNs();
    }
    Arrays.sort(drawn);
    return drawn;
  }

  private static void assertQuantile(long[] sorted, double q, long valueNs) {
    // draws are whole nanoseconds: those within one of the value may fall on either side
    double below = (double) LongStream.of(sorted).filter(ns -> ns < valueNs - 1).count() / sorted.length;
    double atMost = (double) LongStream.of(sorted).filter(ns -> ns <= valueNs + 1).count() / sorted.length;
    double error = 5 * Math.sqrt(q * (1 - q) / sorted.length) + CELL;
    assertThat(below).as("P(X < p%s)", q).isLessThanOrEqualTo(q + error);
    assertThat(atMost).as("P(X <= p%s)", q).isGreaterThanOrEqualTo(q - error);
  }

  /** What a sampler makes of random numbers from the smallest to the largest, in equal steps. */
  private static long[] byQuantile(java.util.function.Function<RandomGenerator, Sampler> compile, int steps) {
    long[] next = {0};
    boolean[] again = {false};
    RandomGenerator ladder =
        () -> {
          if (again[0]) {
            return 0; // whoever asks twice for one duration
          }
          again[0] = true;
          return next[0];
        };
    Sampler sampler = compile.apply(ladder);
    long[] values = new long[steps];
    long step = Long.divideUnsigned(-1L, steps - 1);
    for (int i = 0; i < steps; i++) {
      again[0] = false;
      values[i] = sampler.nextNs();
      next[0] += step;
    }
    return values;
  }

  /** Multiples of an odd constant: no JDK generator, whose numbers are not ours to pin. */
  private static RandomGenerator counter() {
    long[] state = {0};
    return () -> state[0] += 0x9e3779b97f4a7c15L;
  }

  private static double mean(long[] values) {
    return LongStream.of(values).average().orElseThrow();
  }

  private static double deviation(long[] values) {
    double mean = mean(values);
    return Math.sqrt(LongStream.of(values).mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }
}
