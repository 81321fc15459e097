package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins for every strategy of this module what the contract asks of all: answers that are times, the same answers to the
 * same halts, nothing shared between vCPUs, no allocation; and that none polls where no poll can succeed for long.
 */
class StrategyLawsTest {
  private static final long US = 1_000;

  static Stream<Arguments> strategies() {
    List<HaltPollProvider<?>> all = Strategies.all();
    assertThat(all).hasSizeGreaterThan(20);
    return all.stream().map(provider -> Arguments.of(provider.id(), provider));
  }

  private static <C extends Record> HaltPoll create(HaltPollProvider<C> provider, TestSeat seat) {
    return provider.create(provider.complete(provider.defaults()), seat);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void itSaysWhatItIsAndHasOneSetOfDefaults(String id, HaltPollProvider<?> provider) {
    assertThat(provider.defaults()).isEqualTo(provider.defaults());
    assertThat(provider.summary()).isNotBlank().doesNotContain("\n").hasSizeLessThan(110);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void budgetsAndWindowsAreTimes(String id, HaltPollProvider<?> provider) {
    SplittableRandom random = new SplittableRandom(3);
    TestSeat seat = new TestSeat();
    Vcpu vcpu = new Vcpu(create(provider, seat));
    for (int i = 0; i < 20_000; i++) {
      seat.stealNs += random.nextInt(20) == 0 ? random.nextLong(5_000 * US) : 0;
      seat.otherRunnable = random.nextInt(3);
      assertThat(vcpu.budget()).isNotNegative();
      assertThat(vcpu.halt(anyHalt(random), random.nextInt(50) != 0)).isGreaterThanOrEqualTo(-1);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void theSameHaltsHaveTheSameAnswersWhateverAnotherVcpuDoes(String id, HaltPollProvider<?> provider) {
    Vcpu alone = new Vcpu(create(provider, new TestSeat()));
    Vcpu beside = new Vcpu(create(provider, new TestSeat()));
    Vcpu neighbour = new Vcpu(create(provider, new TestSeat()));
    SplittableRandom halts = new SplittableRandom(5);
    SplittableRandom others = new SplittableRandom(6);
    for (int i = 0; i < 2_000; i++) {
      long haltNs = anyHalt(halts);
      neighbour.halt(anyHalt(others));
      assertThat(beside.budget()).isEqualTo(alone.budget());
      assertThat(beside.halt(haltNs)).isEqualTo(alone.halt(haltNs));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void decidingAllocatesNothing(String id, HaltPollProvider<?> provider) {
    AllocationProbe probe = new AllocationProbe();
    HaltPoll strategy = create(provider, new TestSeat());
    long[] nowNs = new long[1];
    Runnable tenThousandHalts =
        () -> {
          for (int i = 0; i < 10_000; i++) {
            long budgetNs = strategy.budget(nowNs[0]);
            long haltNs = i * 7_919L % (300 * US);
            nowNs[0] += haltNs;
            strategy.woken(nowNs[0], haltNs, Math.min(budgetNs, haltNs), haltNs > budgetNs, i % 17 != 0);
            nowNs[0] += Math.max(0, strategy.windowNs());
          }
        };
    tenThousandHalts.run();
    tenThousandHalts.run();
    long before = probe.bytes();
    tenThousandHalts.run();
    // the measurement itself boxes a few numbers
    assertThat(probe.bytes() - before).as("bytes in 10,000 halts").isLessThan(10_000);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void aStrategyThatLearnsStopsPollingForAGuestThatFellIdle(String id, HaltPollProvider<?> provider) {
    boolean learns = !List.of("fixed", "never-schedule", "oracle", "percentile").contains(id);
    Vcpu vcpu = new Vcpu(create(provider, new TestSeat()));
    for (int i = 0; i < 200; i++) {
      vcpu.halt(40 * US);
    }
    for (int i = 0; i < 200; i++) {
      vcpu.halt(20_000 * US);
    }
    assertThat(vcpu.budget() == 0).as("idle costs nothing").isEqualTo(learns);
  }

  /** Mostly short, now and then very long, sometimes nothing. */
  private static long anyHalt(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> random.nextLong(100_000 * US);
      case 2 -> random.nextLong(10_000_000 * US);
      default -> random.nextLong(250 * US);
    };
  }
}
