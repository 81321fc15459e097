package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: the corners of Linux's rule that ordinary halts seldom reach, and the laws that hold for any sequence of them.
 * Source: virt/kvm/kvm_main.c, Linux 6.14, and where a kernel is named that kernel's.
 */
class AdaptiveRuleTest {
  private static final long US = 1_000;
  private static final String NOW = "6.14";

  /**
   * A sequence of halts and what the trace would show.
   *
   * @param name the corner
   * @param given the parameters
   * @param haltsUs lengths of the halts, us
   * @param windowsUs the window after each, as traced, us
   * @param nextBudgetUs what the next halt polls, us
   */
  record Corner(String name, Given given, double[] haltsUs, double[] windowsUs, double nextBudgetUs) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static double[] us(double... values) {
    return values;
  }

  static Stream<Corner> corners() {
    double[] toTheTop = us(190, 190, 190, 190, 190, 190);
    return Stream.of(
        new Corner(
            "(a) growth passes the maximum and the next halt is clamped",
            Given.kernel(NOW), toTheTop, us(10, 20, 40, 80, 160, 320), 200),
        new Corner(
            "(a) before 6.1 growth ends at the maximum",
            Given.kernel("6.0"), toTheTop, us(10, 20, 40, 80, 160, 200), 200),
        new Corner(
            "(b) a maximum below the first window clamps it",
            Given.kernel(NOW).max(5_000), us(4), us(10), 5),
        new Corner(
            "(b) and any halt longer than that empties it",
            Given.kernel(NOW).max(5_000), us(4, 5.001), us(10, 0), 0),
        new Corner(
            "(c) a halt of exactly the maximum changes nothing",
            Given.kernel(NOW), us(200, 50, 200), us(0, 10, 10), 10),
        new Corner(
            "(d) a missed poll grows the window if the wake-up came before the maximum",
            Given.kernel(NOW), us(50, 150), us(10, 20), 20),
        new Corner(
            "(e) at the maximum a shorter halt keeps it, a longer one halves it",
            Given.kernel(NOW), us(190, 190, 190, 190, 190, 190, 150, 250), us(10, 20, 40, 80, 160, 320, 200, 100), 100),
        new Corner(
            "(e) with a divisor of 0 it empties it",
            Given.kernel(NOW).shrink(0), us(190, 190, 190, 190, 190, 190, 150, 250),
            us(10, 20, 40, 80, 160, 320, 200, 0), 0),
        new Corner(
            "(f) from there it takes five halts to be back at 160 us",
            Given.kernel("6.10"), us(190, 190, 250, 190, 190, 190, 190, 190), us(10, 20, 0, 10, 20, 40, 80, 160), 160),
        new Corner(
            "(g) a growth factor of 1 sticks at the first window",
            Given.kernel(NOW).grow(1), us(100, 100, 100), us(10, 10, 10), 10),
        new Corner(
            "(h) a first window of 0 never grows",
            Given.kernel(NOW).growStart(0), us(100, 100, 100), us(0, 0, 0), 0),
        new Corner(
            "(i) growth wraps at 32 bits",
            Given.kernel(NOW).max(4_000_000_000L).growStart(3_000_000_000L).at(3_600_000_000L, "growStart", 10 * US),
            us(3_500_000, 3_500_000), us(3_000_000, 1_705_032.704), 1_705_032.704),
        new Corner(
            "(i) with the largest factor too: 3e9 * (2^32 - 1) mod 2^32 = 2^32 - 3e9",
            Given.kernel(NOW).max(Unsigned.MAX).grow(Unsigned.MAX).growStart(3_000_000_000L)
                .at(3_600_000_000L, "growStart", 0),
            us(3_500_000, 3_500_000), us(3_000_000, 1_294_967.296), 1_294_967.296),
        new Corner(
            "(i) before 6.1 it wraps first and is cut off then",
            Given.kernel("5.10").max(2_000_000_000).grow(Unsigned.MAX).growStart(3).at(4 * US, "growStart", 0),
            us(3, 3), us(0.003, 2_000_000), 2_000_000),
        new Corner(
            "(j) without a window a long halt shrinks nothing",
            Given.kernel(NOW), us(10_000, 50), us(0, 10), 10),
        new Corner(
            "before 5.1 a window below the first one grows from where it is",
            Given.kernel("5.0").shrink(4), us(190, 1_000, 190, 190), us(10, 2.5, 5, 10), 10),
        new Corner(
            "since 5.1 it grows to the first one at least",
            Given.kernel("5.1").shrink(4), us(190, 1_000, 190), us(10, 2.5, 10), 10),
        new Corner(
            "before 5.15 halving goes on down to 1 ns and then to 0",
            Given.kernel("5.14").shrink(2), us(190, 1_000, 1_000, 1_000, 1_000), us(10, 5, 2.5, 1.25, 0.625), 0.625),
        new Corner(
            "a cap lowered in 5.14 does not cut the window that is there",
            Given.kernel("5.14").at(390 * US, "cap", 15 * US), us(190, 190, 12), us(10, 20, 20), 20),
        new Corner(
            "the same in 6.1 is cut at the next halt",
            Given.kernel("6.1").at(390 * US, "cap", 15 * US), us(190, 190, 12), us(10, 20, 20), 15));
  }

  @ParameterizedTest
  @MethodSource("corners")
  void aCornerOfTheRule(Corner corner) {
    Vcpu vcpu = corner.given.vcpu();
    double[] windows = Arrays.stream(corner.haltsUs).map(us -> vcpu.halt(Math.round(us * US)) / 1e3).toArray();
    assertThat(windows).containsExactly(corner.windowsUs);
    assertThat(vcpu.budget() / 1e3).isEqualTo(corner.nextBudgetUs);
  }

  @Test
  void anInvalidWakeUpShrinksEvenAfterAShortHaltAndWithoutAWindow() {
    Vcpu vcpu = Given.kernel(NOW).vcpu();
    vcpu.halt(50 * US);
    vcpu.halt(50 * US);
    assertThat(vcpu.halt(1 * US, false)).isEqualTo(10 * US);
    assertThat(vcpu.halt(1 * US, false)).as("below the first window").isZero();
    assertThat(vcpu.halt(50 * US, false)).as("(j) the only shrinking of nothing").isZero();
  }

  // --- parameters written in mid-run ---

  @Test
  void theMaximumIsReadAgainAfterTheHalt() {
    Vcpu vcpu = Given.kernel(NOW).at(300 * US, "max", 100 * US).vcpu();
    vcpu.halt(190 * US);
    assertThat(vcpu.budget()).isEqualTo(10 * US);
    assertThat(vcpu.halt(150 * US)).as("150 us is long by the new maximum").isZero();
  }

  @Test
  void aMaximumSetToZeroDuringAHaltEmptiesTheWindow() {
    Vcpu vcpu = Given.kernel(NOW).at(195 * US, "max", 0).vcpu();
    vcpu.halt(190 * US);
    assertThat(vcpu.halt(5 * US)).isZero();
  }

  @Test
  void aWriteCountsFromItsOwnNanosecondOn() {
    for (long early : new long[] {0, 1}) {
      Vcpu vcpu = Given.kernel(NOW).at(100 * US + early, "max", 0).vcpu();
      assertThat(vcpu.halt(100 * US)).isEqualTo(early == 0 ? 0 : 10 * US);
    }
  }

  @Test
  void writesOfOneTimeApplyInTheOrderGivenAndOthersInTheOrderOfTime() {
    Vcpu vcpu =
        Given.kernel(NOW).at(30, "max", 50 * US).at(10, "max", 0).at(30, "max", 90 * US).at(20, "max", 40 * US).vcpu();
    vcpu.nowNs = 40;
    assertThat(vcpu.halt(80 * US)).as("grows below 90 us only").isEqualTo(10 * US);
  }

  @Test
  void everyParameterCanBeWritten() {
    Vcpu vcpu =
        Given.kernel(NOW)
            .at(1, "growStart", 3 * US).at(1, "grow", 5).at(1, "shrink", 4).at(1, "cap", 100 * US).at(1, "max", 1)
            .vcpu();
    vcpu.nowNs = 1;
    assertThat(vcpu.halt(99 * US)).isEqualTo(3 * US);
    assertThat(vcpu.halt(99 * US)).isEqualTo(15 * US);
    assertThat(vcpu.halt(99 * US)).isEqualTo(75 * US);
    assertThat(vcpu.halt(101 * US)).isEqualTo(18_750);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.3", "4.5"})
  void factorsThatAreReadOnlyStay(String kernel) {
    Vcpu vcpu = Given.kernel(kernel).at(0, "grow", 5).at(0, "shrink", 2).vcpu();
    vcpu.halt(190 * US);
    assertThat(vcpu.halt(190 * US)).as("grew by the old factor").isEqualTo(20 * US);
    assertThat(vcpu.halt(1_000 * US)).as("shrank by the old divisor").isZero();
  }

  @Test
  void aKernelWithoutAParameterIgnoresIt() {
    assertThat(Given.kernel("5.7").max(200 * US).cap(40 * US).vcpu().halt(100 * US)).isEqualTo(10 * US);
    assertThat(Given.kernel("5.7").max(200 * US).at(0, "cap", 40 * US).vcpu().halt(100 * US)).isEqualTo(10 * US);
    assertThat(Given.kernel("5.0").growStart(70 * US).vcpu().halt(100 * US)).isEqualTo(10 * US);
    assertThat(Given.kernel("5.0").at(0, "growStart", 70 * US).vcpu().halt(100 * US)).isEqualTo(10 * US);
  }

  @Test
  void fromFiveEightToFiveTwelveAWriteToTheModuleStillLimitsGrowth() {
    Vcpu vcpu = Given.kernel("5.10").at(1, "max", 15 * US).vcpu();
    vcpu.nowNs = 1;
    assertThat(List.of(vcpu.halt(190 * US), vcpu.halt(190 * US), vcpu.halt(190 * US)))
        .containsExactly(10 * US, 15 * US, 15 * US);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.10.38", "5.11.22", "5.12.5"})
  void stableReleasesThatTookOverTheFixLimitGrowthByTheVmsMaximum(String stable) {
    Vcpu vcpu = Given.kernel(stable).at(1, "max", 15 * US).vcpu();
    vcpu.nowNs = 1;
    vcpu.halt(190 * US);
    assertThat(vcpu.halt(190 * US)).isEqualTo(20 * US);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.4.151", "5.4.152", "5.10.71", "5.10.72", "5.14.10", "5.14.11", "5.4.0-91-generic"})
  void stableReleasesThatTookOverTheFixHaveAFloor(String stable) {
    Vcpu vcpu = Given.kernel(stable).shrink(2).vcpu();
    vcpu.halt(190 * US);
    boolean fixed = List.of("5.4.152", "5.10.72", "5.14.11").contains(stable);
    assertThat(vcpu.halt(1_000 * US)).isEqualTo(fixed ? 0 : 5 * US);
  }

  // --- not allowed to poll ---

  @Test
  void whereTheGuestForbidsPollingTheWindowIsClampedAndOtherwiseFrozen() {
    Vcpu vcpu = Given.kernel(NOW).vcpu();
    for (int i = 0; i < 6; i++) {
      vcpu.halt(190 * US);
    }
    assertThat(vcpu.strategy.windowNs()).isEqualTo(320 * US);
    for (int i = 0; i < 5; i++) {
      assertThat(vcpu.budget()).isEqualTo(200 * US);
      assertThat(vcpu.strategy.windowNs()).isEqualTo(200 * US);
    }
  }

  @Test
  void onS390StolenTimeFreezesTheWindow() {
    long tick = 10_000 * US;
    TestSeat seat = new TestSeat();
    Vcpu vcpu = Given.kernel(NOW).arch(Arch.S390).max(200 * US).maxSteal(10).vcpu(seat);
    vcpu.halt(50 * US);
    vcpu.halt(50 * US);
    assertThat(vcpu.strategy.windowNs()).isEqualTo(20 * US);
    seat.stealNs = tick / 4; // the average of one tick is half of it: 12.5 %
    vcpu.nowNs = tick;
    assertThat(vcpu.budget()).isZero();
    assertThat(vcpu.halt(50 * US)).as("would have grown").isEqualTo(20 * US);
    assertThat(vcpu.halt(1_000 * US)).as("would have shrunk").isEqualTo(20 * US);
    vcpu.nowNs = 2 * tick;
    assertThat(vcpu.budget()).as("6.25 %").isEqualTo(20 * US);
  }

  @Test
  void stolenTimeBetweenTwoLooksCountsAsSpreadEvenly() {
    long tick = 10_000 * US;
    TestSeat seat = new TestSeat();
    Vcpu vcpu = Given.kernel(NOW).arch(Arch.S390).max(200 * US).growStart(7).vcpu(seat);
    vcpu.halt(50 * US);
    assertThat(vcpu.budget()).isEqualTo(7);
    seat.stealNs = 99 * tick; // 9.9 % of a thousand ticks
    vcpu.nowNs = 1_000 * tick;
    assertThat(vcpu.budget()).isEqualTo(7);
    seat.stealNs += 101 * tick;
    vcpu.nowNs = 2_000 * tick;
    assertThat(vcpu.budget()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.1", "5.2"})
  void theVetoCameWithFiveTwo(String kernel) {
    TestSeat seat = new TestSeat();
    Vcpu vcpu = Given.kernel(kernel).arch(Arch.S390).max(200 * US).maxSteal(0).vcpu(seat);
    assertThat(vcpu.halt(50 * US)).isEqualTo(kernel.equals("5.1") ? 10 * US : 0);
  }

  // --- laws ---

  @ParameterizedTest
  @MethodSource("dev.haltlab.haltpoll.KernelTableTest#adapting")
  void theBudgetIsNeverNegativeAndTheWindowHasThirtyTwoBits(String kernel) {
    SplittableRandom random = new SplittableRandom(7);
    boolean clamps = new Kernel(dev.haltlab.spi.KernelVersion.parse(kernel)).clampsAtHalt;
    for (int run = 0; run < 500; run++) {
      long max = anyUnsigned(random);
      Given given =
          Given.kernel(kernel).max(max).grow(anyUnsigned(random)).growStart(anyUnsigned(random))
              .shrink(anyUnsigned(random));
      Vcpu vcpu = given.vcpu();
      for (int i = 0; i < 50; i++) {
        assertThat(vcpu.budget()).isBetween(0L, clamps ? max : Unsigned.MAX);
        vcpu.halt(anyUnsigned(random), random.nextInt(10) != 0);
        assertThat(vcpu.strategy.windowNs()).isBetween(0L, Unsigned.MAX);
      }
    }
  }

  /** Small and large numbers alike, and the ends of the range. */
  private static long anyUnsigned(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> Unsigned.MAX;
      case 2 -> random.nextLong(10);
      default -> random.nextLong(Unsigned.MAX + 1) >>> random.nextInt(32);
    };
  }

  @Test
  void decidingAllocatesNothing() {
    AllocationProbe probe = new AllocationProbe();
    Given given = Given.kernel(NOW).arch(Arch.S390).max(200 * US);
    LongStream.range(0, 50_000).forEach(i -> given.at(i * 100 * US, "max", 200 * US + i));
    HaltPoll rule = given.vcpu().strategy;
    long[] nowNs = new long[1];
    Runnable tenThousandHalts =
        () -> {
          for (int i = 0; i < 10_000; i++) {
            long budgetNs = rule.budget(nowNs[0]);
            long haltNs = i * 7_919L % (300 * US);
            nowNs[0] += haltNs;
            rule.woken(nowNs[0], haltNs, Math.min(budgetNs, haltNs), haltNs > budgetNs, i % 17 != 0);
          }
        };
    tenThousandHalts.run();
    tenThousandHalts.run();
    long before = probe.bytes();
    tenThousandHalts.run();
    // the measurement itself boxes a few numbers
    assertThat(probe.bytes() - before).as("bytes in 10,000 halts").isLessThan(10_000);
  }
}
