package dev.haltlab.engine.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.engine.Outcome;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pins: squares that overflow, and what a reset leaves behind. */
final class TimeSumsTest {
  @Test
  void sums_are_exact_far_beyond_64_bits() {
    SplittableRandom random = new SplittableRandom(5);
    TimeSums sums = new TimeSums();
    Outcome.Count expected = Outcome.Count.NONE;
    for (int i = 0; i < 10_000; i++) {
      // From nothing to some 24 hours, so that both halves of the squares are carried into.
      long ns = random.nextLong(1L << random.nextInt(47));
      sums.add(ns);
      expected = expected.plus(new Outcome.Count(1, ns, ns, ns, BigInteger.valueOf(ns).pow(2)));
    }

    assertThat(sums.outcome()).isEqualTo(expected);
    assertThat(expected.squares().bitLength()).isGreaterThan(90);
  }

  @Test
  void nothing_is_left_after_a_reset() {
    TimeSums sums = new TimeSums();
    sums.add(Long.MAX_VALUE);
    sums.reset();

    assertThat(sums.outcome()).isEqualTo(Outcome.Count.NONE);
  }
}
