package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: percentiles off by one rank or told from too few samples, intervals that are not Student's. */
class LatencyTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 99, 100, 101, 999, 1000, 1001, 9_999, 10_000, 10_001})
  void percentiles_are_those_of_the_sorted_list(int count) {
    SplittableRandom random = new SplittableRandom(count);
    // Below 2048 the histogram is exact.
    long[] sorted = LongStream.generate(() -> random.nextLong(2_048)).limit(count).sorted().toArray();

    Latency latency = Latency.of(probe(sorted));

    assertThat(latency.p50()).isEqualByComparingTo(decimal(sorted[(count + 1) / 2 - 1]));
    check(latency.p90(), sorted, 900, 100);
    check(latency.p99(), sorted, 990, 1_000);
    check(latency.p999(), sorted, 999, 10_000);
    assertThat(latency.min()).isEqualByComparingTo(decimal(sorted[0]));
    assertThat(latency.max()).isEqualByComparingTo(decimal(sorted[count - 1]));
  }

  private static void check(BigDecimal percentile, long[] sorted, int permille, int least) {
    if (sorted.length < least) {
      assertThat(percentile).isNull();
    } else {
      int rank = (int) (((long) sorted.length * permille + 999) / 1000);
      assertThat(percentile).isEqualByComparingTo(decimal(sorted[rank - 1]));
    }
  }

  @Test
  void percentiles_never_leave_minimum_and_maximum_though_the_histogram_is_coarse() {
    long[] same = LongStream.generate(() -> 5_701).limit(20_000).toArray();

    Latency latency = Latency.of(probe(same));

    assertThat(List.of(latency.min(), latency.p50(), latency.p999(), latency.max()))
        .allSatisfy(value -> assertThat(value).isEqualByComparingTo(decimal(5_701)));
  }

  @Test
  void nothing_is_told_of_no_samples() {
    assertThat(Latency.of(probe())).isEqualTo(Latency.NONE);
    assertThat(Latency.of(probe(), List.of(probe(), probe()))).isEqualTo(Latency.NONE);
  }

  @Test
  void one_replication_has_no_interval() {
    Outcome.ProbeOutcome probe = probe(10, 20, 30);

    assertThat(Latency.of(probe, List.of(probe)).ci95()).isEqualTo(Latency.Ci95.NONE);
  }

  @Test
  void a_replication_without_samples_leaves_no_interval() {
    Outcome.ProbeOutcome probe = probe(10, 20, 30);

    assertThat(Latency.of(probe, List.of(probe, probe())).ci95().mean()).isEmpty();
  }

  @ParameterizedTest
  // The tables' t for 1, 2, 4, 9 and 30 degrees of freedom.
  @CsvSource({"2, 12.7062", "3, 4.30265", "5, 2.77645", "10, 2.26216", "31, 2.04227"})
  void an_interval_is_students(int replications, String t) {
    // 0 and 2 in turn: the squares about the mean are easily summed.
    List<BigDecimal> values = new ArrayList<>();
    for (int i = 0; i < replications; i++) {
      values.add(BigDecimal.valueOf(i % 2 * 2_000_000L));
    }
    double mean = values.stream().mapToDouble(BigDecimal::doubleValue).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> Math.pow(v.doubleValue() - mean, 2)).sum();
    double half = Double.parseDouble(t) * Math.sqrt(squares / replications / (replications - 1));

    Interval interval = Interval.around(BigDecimal.valueOf(1_000_000), values).orElseThrow();

    assertThat(interval.half().doubleValue()).isCloseTo(half, org.assertj.core.data.Percentage.withPercentage(0.0005));
    assertThat(interval.low().add(interval.high())).isEqualByComparingTo(BigDecimal.valueOf(2_000_000));
    assertThat(interval.low().scale()).isEqualTo(3);
  }

  @Test
  void equal_replications_leave_no_doubt() {
    BigDecimal value = new BigDecimal("5.700");

    assertThat(Interval.around(value, List.of(value, value))).contains(new Interval(value, value));
  }

  private static Outcome.ProbeOutcome probe(long... latencies) {
    return Synthetic.probe(LongStream.of(latencies).mapToObj(ns -> Map.of(PathStep.GUEST_WORK, ns)).toList());
  }

  private static BigDecimal decimal(long value) {
    return BigDecimal.valueOf(value);
  }
}
