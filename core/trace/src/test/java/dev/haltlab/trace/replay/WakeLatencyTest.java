package dev.haltlab.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.trace.replay.WakeLatency.Estimate;
import dev.haltlab.trace.replay.WakeLatency.Method;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: an estimate far from a latency that the test itself put into a recording; and one where none can be. */
class WakeLatencyTest {
  private static final long UNKNOWN = HaltListener.UNKNOWN;

  /** Halts as a host would record them whose window doubles after misses and falls back after long halts. */
  private static WakeLatency recorded(int halts, long latencyNs, LongSupplier wakeUps, LongSupplier jitter) {
    WakeLatency latency = new WakeLatency();
    long window = 0;
    for (int i = 0; i < halts; i++) {
      long arrival = wakeUps.getAsLong();
      boolean slept = arrival > window;
      long halt = slept ? arrival + latencyNs + jitter.getAsLong() : arrival;
      latency.halt(0, i, halt, slept, true, window, UNKNOWN);
      if (slept) {
        window = halt > 200_000 ? 0 : Math.min(200_000, Math.max(10_000, window * 2));
      }
    }
    return latency;
  }

  private static long exponential(SplittableRandom random, double mean) {
    return (long) (-mean * StrictMath.log(1 - random.nextDouble()));
  }

  @ParameterizedTest
  @CsvSource({"20000, 60000", "50000, 100000", "50000, 300000", "90000, 100000"})
  void aLatencyIsFoundInHaltsThatDoNotDependOnEachOther(long latencyNs, long meanNs) {
    SplittableRandom random = new SplittableRandom(latencyNs + meanNs);
    WakeLatency latency = recorded(
        40_000, latencyNs, () -> exponential(random, meanNs), () -> random.nextLong(2_001) - 1_000);
    Estimate estimate = latency.estimate();
    assertThat(estimate.method()).isEqualTo(Method.COMPARED);
    assertThat(estimate.ns()).isBetween(latencyNs * 9 / 10, latencyNs * 11 / 10);
  }

  @Test
  void mixturesAreNoExponentials() {
    SplittableRandom random = new SplittableRandom(3);
    LongSupplier mixture = () -> random.nextInt(3) == 0 ? 300_000 + random.nextLong(200_000) : random.nextLong(60_000);
    Estimate estimate = recorded(40_000, 45_000, mixture, () -> 0).estimate();
    assertThat(estimate.ns()).isBetween(40_000L, 50_000L);
  }

  @Test
  void aRegularLoadNeedsFewHalts() {
    SplittableRandom random = new SplittableRandom(4);
    Estimate estimate = recorded(1_000, 50_000, () -> 100_000 + random.nextLong(500), () -> 0).estimate();
    assertThat(estimate.samples()).isLessThan(30);
    assertThat(estimate.ns()).isBetween(49_000L, 51_000L);
  }

  @Test
  void longHaltsThatNoPollWouldCatchAreNotTakenForSlowWakeUps() {
    SplittableRandom random = new SplittableRandom(5);
    WakeLatency latency = new WakeLatency();
    for (int i = 0; i < 1_000; i++) {
      boolean longOne = random.nextInt(10) == 0;
      latency.halt(0, i, longOne ? 5_000_000 : 15_000, longOne, true, 20_000, UNKNOWN);
    }
    assertThat(latency.estimate().known()).isFalse();
  }

  @Test
  void whereTheWakersAreSeenTheyAreBelieved() {
    WakeLatency latency = new WakeLatency();
    for (int i = 0; i < 100; i++) {
      latency.halt(0, i, 150_000, true, true, 0, 30_000 + i);
      latency.halt(0, i, 100_000, false, true, 200_000, UNKNOWN);
    }
    Estimate estimate = latency.estimate();
    assertThat(estimate.method()).isEqualTo(Method.WAKER);
    assertThat(estimate.samples()).isEqualTo(100);
    assertThat(estimate.ns()).isBetween(29_700L, 30_400L);
  }

  @Test
  void lengthsThatFollowFromTheOneBeforeTellNothing() {
    long[] ramp = {5_000};
    LongSupplier wakeUps = () -> ramp[0] = ramp[0] > 500_000 ? 5_000 : ramp[0] + 500;
    assertThat(recorded(10_000, 45_000, wakeUps, () -> 0).estimate().known()).isFalse();
  }

  @Test
  void withoutPolledHaltsThereIsNothingToCompare() {
    SplittableRandom random = new SplittableRandom(6);
    WakeLatency latency = new WakeLatency();
    for (int i = 0; i < 5_000; i++) {
      latency.halt(0, i, 45_000 + exponential(random, 100_000), true, true, 0, UNKNOWN);
    }
    assertThat(latency.estimate().known()).isFalse();
    assertThat(latency.estimate().ns()).isZero();
  }

  @Test
  void windowsOfACrowdedCpuDoNotTellWhenPollingEnded() {
    SplittableRandom random = new SplittableRandom(7);
    WakeLatency latency = new WakeLatency();
    for (int i = 0; i < 5_000; i++) {
      long arrival = exponential(random, 100_000);
      boolean crowded = random.nextInt(3) == 0;
      boolean slept = crowded || arrival > 200_000;
      latency.halt(0, i, slept ? arrival + 45_000 : arrival, slept, true, 200_000, UNKNOWN);
    }
    assertThat(latency.estimate().known()).isFalse();
  }

  @Test
  void haltsWhoseWindowIsNotKnownDoNotCount() {
    WakeLatency latency = new WakeLatency();
    for (int i = 0; i < 1_000; i++) {
      latency.halt(0, i, 150_000, true, true, UNKNOWN, 30_000);
    }
    assertThat(latency.estimate().known()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 255, 256, 257, 511, 512, 99_999, 1_000_000, 123_456_789_012L})
  void aBucketIsAsWideAsItSays(long ns) {
    long middle = LogHistogram.middle(LogHistogram.bucket(ns));
    assertThat(Math.abs(middle - ns)).isLessThanOrEqualTo(ns / 128);
    assertThat(LogHistogram.bucket(ns + 1)).isGreaterThanOrEqualTo(LogHistogram.bucket(ns));
  }

  @Test
  void ranksCountFromTheShortest() {
    LogHistogram histogram = new LogHistogram();
    for (long ns = 100; ns >= 1; ns--) {
      histogram.add(ns);
    }
    assertThat(histogram.ofRank(1)).isEqualTo(1);
    assertThat(histogram.ofRank(100)).isEqualTo(100);
    assertThat(histogram.percentile(50)).isEqualTo(50);
    histogram.add(Long.MAX_VALUE);
    assertThat(histogram.ofRank(101)).isGreaterThan(1L << 40);
  }
}
