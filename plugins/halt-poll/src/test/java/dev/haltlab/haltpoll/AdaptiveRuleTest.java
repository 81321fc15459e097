package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Pins: the corners of Linux's rule that ordinary halts seldom reach, and the laws that hold for any sequence of them.
 * Source: virt/kvm/kvm_main.c, Linux 6.14.
 */
class AdaptiveRuleTest {
  private static final long US = 1_000;

  private final AdaptiveRule rule = new AdaptiveRule(200 * US, 2, 10 * US, 2);

  /** One halt of this length, by a poll if the window covers it; returns the window afterwards. */
  private static long halt(AdaptiveRule rule, long haltNs) {
    return halt(rule, haltNs, true);
  }

  private static long halt(AdaptiveRule rule, long haltNs, boolean valid) {
    long budget = rule.budget(0);
    boolean slept = haltNs > budget;
    rule.woken(0, haltNs, slept ? budget : haltNs, slept, valid);
    return rule.windowNs();
  }

  @Test
  void growthPassesTheMaximumAndIsClampedWhenTheNextHaltStarts() {
    assertThat(halt(rule, 190 * US)).isEqualTo(10 * US);
    assertThat(halt(rule, 190 * US)).isEqualTo(20 * US);
    assertThat(halt(rule, 190 * US)).isEqualTo(40 * US);
    assertThat(halt(rule, 190 * US)).isEqualTo(80 * US);
    assertThat(halt(rule, 190 * US)).isEqualTo(160 * US);
    assertThat(halt(rule, 190 * US)).as("as traced").isEqualTo(320 * US);
    assertThat(rule.budget(0)).isEqualTo(200 * US);
    assertThat(rule.windowNs()).isEqualTo(200 * US);
  }

  @Test
  void aMaximumBelowTheFirstWindowClampsItAndTheNextLongerHaltResetsIt() {
    AdaptiveRule small = new AdaptiveRule(5 * US, 2, 10 * US, 2);
    assertThat(halt(small, 4 * US)).isEqualTo(10 * US);
    assertThat(small.budget(0)).isEqualTo(5 * US);
    small.woken(0, 5 * US + 1, 5 * US, true, true);
    assertThat(small.windowNs()).isZero();
  }

  @Test
  void aHaltOfExactlyTheMaximumChangesNothing() {
    assertThat(halt(rule, 200 * US)).isZero();
    assertThat(halt(rule, 50 * US)).isEqualTo(10 * US);
    assertThat(halt(rule, 200 * US)).isEqualTo(10 * US);
  }

  @Test
  void aMissedPollGrowsTheWindowIfTheWakeUpCameBeforeTheMaximum() {
    halt(rule, 50 * US);
    long budget = rule.budget(0);
    rule.woken(0, 150 * US, budget, true, true);
    assertThat(rule.windowNs()).isEqualTo(20 * US);
  }

  @Test
  void atTheMaximumAShortHaltKeepsItAndALongOneHalvesIt() {
    for (int i = 0; i < 6; i++) {
      halt(rule, 190 * US);
    }
    assertThat(halt(rule, 150 * US)).isEqualTo(200 * US);
    assertThat(halt(rule, 250 * US)).isEqualTo(100 * US);
  }

  @Test
  void aDivisorOfZeroResetsAndFiveHaltsBringItBack() {
    AdaptiveRule old = new AdaptiveRule(200 * US, 2, 10 * US, 0);
    for (int i = 0; i < 6; i++) {
      halt(old, 190 * US);
    }
    assertThat(halt(old, 250 * US)).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat(halt(old, 190 * US)).isLessThan(160 * US);
    }
    assertThat(halt(old, 190 * US)).isEqualTo(160 * US);
  }

  @Test
  void aGrowthFactorOfOneSticksAtTheFirstWindow() {
    AdaptiveRule sticky = new AdaptiveRule(200 * US, 1, 10 * US, 2);
    for (int i = 0; i < 10; i++) {
      assertThat(halt(sticky, 100 * US)).isEqualTo(10 * US);
    }
  }

  @Test
  void aGrowthFactorOfZeroNeverChangesTheWindow() {
    AdaptiveRule still = new AdaptiveRule(200 * US, 2, 10 * US, 2);
    halt(still, 100 * US);
    still.change(200 * US, 0, 10 * US, 2);
    assertThat(halt(still, 100 * US)).isEqualTo(10 * US);
  }

  @Test
  void aFirstWindowOfZeroNeverGrows() {
    AdaptiveRule none = new AdaptiveRule(200 * US, 2, 0, 2);
    for (int i = 0; i < 10; i++) {
      assertThat(halt(none, 100 * US)).isZero();
    }
  }

  @Test
  void growthWrapsAtThirtyTwoBits() {
    AdaptiveRule wide = new AdaptiveRule(4_000_000_000L, 2, 3_000_000_000L, 2);
    assertThat(halt(wide, 3_500_000_000L)).isEqualTo(3_000_000_000L);
    wide.change(4_000_000_000L, 2, 10 * US, 2);
    assertThat(halt(wide, 3_500_000_000L)).isEqualTo(1_705_032_704L);
  }

  @Test
  void theLargestFactorWrapsToo() {
    AdaptiveRule wide = new AdaptiveRule(Unsigned.MAX, Unsigned.MAX, 3_000_000_000L, 2);
    halt(wide, 3_500_000_000L);
    wide.change(Unsigned.MAX, Unsigned.MAX, 0, 2);
    // 3e9 * (2^32 - 1) mod 2^32 = 2^32 - 3e9
    assertThat(halt(wide, 3_500_000_000L)).isEqualTo((1L << 32) - 3_000_000_000L);
  }

  @Test
  void withoutAWindowALongHaltShrinksNothing() {
    assertThat(halt(rule, 10_000 * US)).isZero();
    assertThat(halt(rule, 50 * US)).as("still the first window").isEqualTo(10 * US);
  }

  @Test
  void anInvalidWakeUpShrinksEvenAfterAShortHalt() {
    halt(rule, 50 * US);
    halt(rule, 50 * US);
    assertThat(rule.windowNs()).isEqualTo(20 * US);
    assertThat(halt(rule, 1 * US, false)).isEqualTo(10 * US);
    assertThat(halt(rule, 1 * US, false)).as("below the first window").isZero();
  }

  @Test
  void theMaximumIsReadAgainAfterTheHalt() {
    halt(rule, 190 * US);
    long budget = rule.budget(0);
    assertThat(budget).isEqualTo(10 * US);
    rule.change(100 * US, 2, 10 * US, 2);
    rule.woken(0, 150 * US, budget, true, true);
    assertThat(rule.windowNs()).as("150 us is long by the new maximum").isZero();
  }

  @Test
  void aMaximumSetToZeroDuringAHaltResetsTheWindow() {
    halt(rule, 190 * US);
    rule.budget(0);
    rule.change(0, 2, 10 * US, 2);
    rule.woken(0, 5 * US, 5 * US, false, true);
    assertThat(rule.windowNs()).isZero();
  }

  @Test
  void whereTheGuestForbidsPollingTheWindowIsClampedAndOtherwiseFrozen() {
    for (int i = 0; i < 6; i++) {
      halt(rule, 190 * US);
    }
    assertThat(rule.windowNs()).isEqualTo(320 * US);
    for (int i = 0; i < 5; i++) {
      assertThat(rule.budget(i)).isEqualTo(200 * US);
      assertThat(rule.windowNs()).isEqualTo(200 * US);
    }
  }

  @Test
  void theBudgetIsNeverNegativeAndNeverAboveTheMaximum() {
    SplittableRandom random = new SplittableRandom(7);
    for (int run = 0; run < 2_000; run++) {
      long max = anyUnsigned(random);
      AdaptiveRule any = new AdaptiveRule(max, anyUnsigned(random), anyUnsigned(random), anyUnsigned(random));
      for (int i = 0; i < 50; i++) {
        long budget = any.budget(i);
        assertThat(budget).isBetween(0L, max);
        long haltNs = anyUnsigned(random);
        any.woken(i, haltNs, Math.min(budget, haltNs), haltNs > budget, random.nextInt(10) != 0);
        assertThat(any.windowNs()).isBetween(0L, Unsigned.MAX);
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
    Runnable tenThousandHalts =
        () -> {
          for (int i = 0; i < 10_000; i++) {
            halt(rule, (i * 7_919L) % (300 * US));
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
