package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Pins what each of the strategies that are not the kernel's does that its name and description say. */
class LearningTest {
  private static final long US = 1_000;

  private static Duration us(long us) {
    return Duration.ofNanos(us * US);
  }

  // --- the memory ---

  @Test
  void recentHaltsAreTheLatestOnesInOrder() {
    SplittableRandom random = new SplittableRandom(11);
    for (int room : new int[] {1, 2, 7, 64}) {
      RecentHalts halts = new RecentHalts(room);
      ArrayDeque<Long> latest = new ArrayDeque<>();
      for (int i = 0; i < 500; i++) {
        long haltNs = random.nextLong(20); // many equal ones
        halts.add(haltNs);
        latest.add(haltNs);
        if (latest.size() > room) {
          latest.remove();
        }
        assertThat(LongStream.range(0, halts.size()).map(j -> halts.sorted((int) j)).toArray())
            .isEqualTo(latest.stream().mapToLong(v -> v).sorted().toArray());
      }
    }
  }

  // --- break-even ---

  private static Vcpu breakEven(long worthUs, int memory) {
    return new Vcpu(new BreakEven().create(new BreakEven.Config(us(worthUs), memory), new TestSeat()));
  }

  @Test
  void breakEvenChoosesTheWindowThatWouldHaveCostLeast() {
    SplittableRandom random = new SplittableRandom(13);
    long worth = 200 * US;
    for (int run = 0; run < 300; run++) {
      Vcpu vcpu = breakEven(200, 16);
      long[] halts = random.longs(1 + random.nextInt(16), 1, 400 * US).toArray();
      Arrays.stream(halts).forEach(vcpu::halt);
      long chosen = (vcpu.budget() * 2 + 2) / 3; // without the margin, where the longest window does not cut it off
      if (vcpu.budget() < worth) {
        long least =
            LongStream.concat(LongStream.of(0), Arrays.stream(halts).filter(w -> w <= worth))
                .map(w -> cost(halts, w, worth)).min().orElseThrow();
        assertThat(cost(halts, chosen, worth)).isEqualTo(least);
      }
    }
  }

  /** What a window would have cost over these halts: polling, and for each halt it did not cover a wake-up. */
  private static long cost(long[] halts, long windowNs, long worthNs) {
    return Arrays.stream(halts).map(h -> h <= windowNs ? h : windowNs + worthNs).sum();
  }

  @Test
  void breakEvenPollsForTheShortOnesOfTwoLengths() {
    Vcpu vcpu = breakEven(200, 32);
    for (int i = 0; i < 40; i++) {
      vcpu.halt(i % 2 == 0 ? 20 * US : 5_000 * US);
    }
    assertThat(vcpu.budget()).isEqualTo(30 * US);
    Vcpu adaptive = Given.kernel("7.1").vcpu();
    int covered = 0;
    for (int i = 0; i < 40; i++) {
      covered += adaptive.budget() >= 20 * US ? 1 : 0;
      adaptive.halt(i % 2 == 0 ? 20 * US : 5_000 * US);
    }
    assertThat(covered).as("adaptive forgets the short ones over the long ones").isZero();
  }

  @Test
  void breakEvenDoesNotPollWhereItDoesNotPay() {
    Vcpu vcpu = breakEven(200, 32);
    SplittableRandom random = new SplittableRandom(17);
    int polled = 0;
    for (int i = 0; i < 1_000; i++) {
      // anywhere up to 2 ms: a window of w catches w in 2000 us and costs nearly w each time
      vcpu.halt(random.nextLong(2_000 * US));
      polled += vcpu.budget() > 60 * US ? 1 : 0;
    }
    assertThat(polled).isLessThan(50);
  }

  @Test
  void breakEvenForgetsWithinItsMemory() {
    Vcpu vcpu = breakEven(200, 8);
    for (int i = 0; i < 20; i++) {
      vcpu.halt(20 * US);
    }
    for (int i = 0; i < 8; i++) {
      assertThat(vcpu.budget()).as("after %d long halts", i).isEqualTo(30 * US);
      vcpu.halt(10_000 * US);
    }
    assertThat(vcpu.budget()).isZero();
  }

  @Test
  void breakEvenNeverPollsLongerThanAWakeUpIsWorth() {
    Vcpu vcpu = breakEven(50, 8);
    vcpu.halt(49 * US);
    assertThat(vcpu.budget()).isEqualTo(50 * US);
    Vcpu worthless = breakEven(0, 8);
    worthless.halt(1);
    assertThat(worthless.budget()).isZero();
  }

  // --- percentile ---

  @Test
  void percentileCoversThatShareOfTheHaltsAFullWindowWouldHaveCaught() {
    Vcpu vcpu = new Vcpu(new Percentile().create(new Percentile.Config(us(200), 80, 10), new TestSeat()));
    for (int i = 10; i >= 1; i--) {
      vcpu.halt(i * 10 * US);
    }
    assertThat(vcpu.budget()).isEqualTo(80 * US);
    vcpu.halt(201 * US);
    assertThat(vcpu.budget()).as("no poll catches that").isEqualTo(80 * US);
    vcpu.halt(200 * US);
    assertThat(vcpu.budget()).as("100 us is forgotten for it").isEqualTo(80 * US);
    vcpu.halt(200 * US);
    assertThat(vcpu.budget()).as("and 90 us").isEqualTo(80 * US);
    vcpu.halt(200 * US);
    assertThat(vcpu.budget()).as("three of ten are longer").isEqualTo(200 * US);
  }

  @Test
  void percentileDoesNotShrinkBecauseItsOwnWindowIsShort() {
    Vcpu vcpu = new Vcpu(new Percentile().create(new Percentile().defaults(), new TestSeat()));
    SplittableRandom random = new SplittableRandom(19);
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10_000; i++) {
      vcpu.halt(random.nextLong(100 * US));
      least = i < 100 ? least : Math.min(least, vcpu.budget());
    }
    assertThat(least).isGreaterThan(60 * US);
  }

  // --- ewma ---

  @Test
  void ewmaPollsForAMultipleOfTheAverageShortHalt() {
    Vcpu vcpu = new Vcpu(new Ewma().create(new Ewma.Config(us(200), 3, 4), new TestSeat()));
    assertThat(vcpu.budget()).as("nothing is known").isZero();
    for (int i = 0; i < 50; i++) {
      vcpu.halt(40 * US);
    }
    assertThat(vcpu.budget()).isEqualTo(120 * US);
    vcpu.halt(48 * US);
    assertThat(vcpu.budget()).as("a quarter of 8 us more").isEqualTo(126 * US);
    vcpu.halt(1_000 * US);
    assertThat(vcpu.budget()).as("a long halt is no short one").isEqualTo(126 * US);
    for (int i = 0; i < 50; i++) {
      vcpu.halt(150 * US);
    }
    assertThat(vcpu.budget()).as("at most the longest window").isEqualTo(200 * US);
  }

  @Test
  void ewmaStopsOnceMostHaltsAreLongAndStartsAgain() {
    Vcpu vcpu = new Vcpu(new Ewma().create(new Ewma.Config(us(200), 2, 4), new TestSeat()));
    for (int i = 0; i < 50; i++) {
      vcpu.halt(40 * US);
    }
    int longOnes = 0;
    while (vcpu.budget() > 0) {
      vcpu.halt(1_000 * US);
      longOnes++;
    }
    assertThat(longOnes).as("0.75 ^ 3 is the first power below a half").isEqualTo(3);
    while (vcpu.budget() == 0) {
      vcpu.halt(40 * US);
      longOnes--;
    }
    assertThat(longOnes).isPositive();
    assertThat(vcpu.budget()).isEqualTo(80 * US);
  }

  // --- toggle ---

  private static Vcpu toggle(int on, int off) {
    return new Vcpu(new Toggle().create(new Toggle.Config(us(200), 10, on, off), new TestSeat()));
  }

  @Test
  void toggleSwitchesByTheShareOfHaltsWithinTheWindow() {
    Vcpu vcpu = toggle(50, 30);
    assertThat(afterTen(vcpu, 4)).as("4 of 10 do not switch on").isZero();
    assertThat(afterTen(vcpu, 5)).as("5 do").isEqualTo(200 * US);
    assertThat(afterTen(vcpu, 3)).as("3 keep it on").isEqualTo(200 * US);
    assertThat(afterTen(vcpu, 2)).as("2 do not").isZero();
    assertThat(afterTen(vcpu, 4)).as("and 4 do not switch it on again").isZero();
  }

  private static long afterTen(Vcpu vcpu, int within) {
    for (int i = 0; i < 10; i++) {
      vcpu.halt(i < within ? 200 * US : 200 * US + 1);
    }
    return vcpu.budget();
  }

  // --- simplified-2019 ---

  @Test
  void theSimplifiedRuleDiffersFromTheKernelsOfItsTimeOnlyAtExactlyTheMaximum() {
    SplittableRandom random = new SplittableRandom(23);
    for (int run = 0; run < 500; run++) {
      long max = random.nextInt(4) == 0 ? 0 : random.nextLong(300 * US);
      long grow = random.nextLong(4);
      long start = random.nextLong(40 * US);
      long shrink = random.nextLong(4);
      Vcpu simplified =
          new Vcpu(
              new Simplified()
                  .create(
                      new Simplified.Config(Duration.ofNanos(max), grow, Duration.ofNanos(start), shrink),
                      new TestSeat()));
      Vcpu kernel = Given.kernel("5.4").max(max).grow(grow).growStart(start).shrink(shrink).vcpu();
      for (int i = 0; i < 50; i++) {
        long haltNs = 1 + random.nextLong(400 * US);
        boolean valid = random.nextInt(8) != 0;
        if (haltNs != max) {
          assertThat(simplified.halt(haltNs, valid)).isEqualTo(kernel.halt(haltNs, valid));
        }
      }
    }
    Vcpu simplified = new Vcpu(new Simplified().create(new Simplified().defaults(), new TestSeat()));
    Vcpu kernel = Given.kernel("5.4").vcpu();
    assertThat(simplified.halt(200 * US)).isEqualTo(10 * US);
    assertThat(kernel.halt(200 * US)).isZero();
  }

  // --- steal-aware ---

  @Test
  void stealAwareIsAdaptiveUntilItsThreadHasToWait() {
    TestSeat seat = new TestSeat();
    Vcpu aware = new Vcpu(new StealAware().create(new StealAware().defaults(), seat));
    Vcpu adaptive = Given.kernel("7.1").vcpu();
    for (int i = 0; i < 6; i++) {
      assertThat(aware.halt(90 * US)).isEqualTo(adaptive.halt(90 * US));
    }
    long window = aware.budget();
    assertThat(window).isPositive();
    aware.nowNs += 1_000 * US;
    seat.stealNs += 900 * US;
    assertThat(aware.budget()).isZero();
    assertThat(aware.halt(5_000 * US)).as("frozen").isEqualTo(window);
    aware.nowNs += 10_000 * US;
    assertThat(aware.budget()).as("nothing was stolen for ten ticks").isEqualTo(window);
  }

  // --- what they refuse ---

  @Test
  void aValueOutOfRangeIsRefusedByItsName() {
    assertThatThrownBy(() -> new BreakEven.Config(us(5_000_000), 1)).hasMessageStartingWith("worth ");
    assertThatThrownBy(() -> new BreakEven.Config(us(1), 0)).hasMessageStartingWith("memory ");
    assertThatThrownBy(() -> new Percentile.Config(us(5_000_000), 1, 1)).hasMessageStartingWith("max ");
    assertThatThrownBy(() -> new Percentile.Config(us(1), 101, 1)).hasMessageStartingWith("percent ");
    assertThatThrownBy(() -> new Percentile.Config(us(1), 1, 1_025)).hasMessageStartingWith("memory ");
    assertThatThrownBy(() -> new Ewma.Config(us(1), 0, 1)).hasMessageStartingWith("factor ");
    assertThatThrownBy(() -> new Ewma.Config(us(1), 1, 0)).hasMessageStartingWith("weight ");
    assertThatThrownBy(() -> new Toggle.Config(us(1), 0, 1, 1)).hasMessageStartingWith("halts ");
    assertThatThrownBy(() -> new Toggle.Config(us(1), 1, 10, 11)).hasMessageStartingWith("offPercent ");
    assertThatThrownBy(() -> new Toggle.Config(us(1), 1, 101, 1)).hasMessageStartingWith("onPercent ");
    assertThatThrownBy(() -> new Simplified.Config(us(1), -1, us(1), 1)).hasMessageStartingWith("grow ");
    assertThatThrownBy(() -> new StealAware.Config(us(1), 1, us(1), 1, 101, us(1)))
        .hasMessageStartingWith("maxSteal ");
    assertThatThrownBy(() -> new StealAware.Config(us(1), 1, us(1), 1, 1, Duration.ZERO))
        .hasMessageStartingWith("tick ");
  }
}
