package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.inference.TTest;
import org.junit.jupiter.api.Test;

/** Pins: chances and intervals that are not those of Student and Welch, and words about differences nobody can tell. */
class DifferenceTest {
  private static List<BigDecimal> decimals(double... values) {
    return Arrays.stream(values).mapToObj(BigDecimal::valueOf).toList();
  }

  @Test
  void chances_are_those_of_another_library() {
    SplittableRandom random = new SplittableRandom(9);
    TTest theirs = new TTest();
    for (int i = 0; i < 300; i++) {
      double[] a = values(random, 2 + random.nextInt(9), 100);
      double[] b = values(random, a.length, 100 + random.nextInt(8));
      double[] c = values(random, 2 + random.nextInt(9), 101);

      assertThat(Difference.paired(decimals(a), decimals(b)).chance().orElseThrow().doubleValue())
          .isCloseTo(theirs.pairedTTest(a, b), within(1e-6));
      assertThat(Difference.unpaired(decimals(a), decimals(c)).chance().orElseThrow().doubleValue())
          .isCloseTo(theirs.tTest(a, c), within(1e-6));
    }
  }

  private static double[] values(SplittableRandom random, int n, double centre) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = Math.rint((centre + random.nextDouble() * 10) * 1e6) / 1e6;
    }
    return values;
  }

  @Test
  void an_interval_excludes_zero_just_when_chance_is_below_five_per_cent() {
    SplittableRandom random = new SplittableRandom(10);
    int excluded = 0;
    for (int i = 0; i < 500; i++) {
      List<BigDecimal> a = decimals(values(random, 5, 100));
      List<BigDecimal> b = decimals(values(random, 5, 103));
      for (Difference difference : List.of(Difference.paired(a, b), Difference.unpaired(a, b))) {
        Interval interval = difference.interval().orElseThrow();
        boolean excludes = interval.low().signum() > 0 || interval.high().signum() < 0;
        BigDecimal chance = difference.chance().orElseThrow();
        if (chance.subtract(new BigDecimal("0.05")).abs().compareTo(new BigDecimal("0.00001")) > 0) {
          assertThat(excludes).isEqualTo(chance.compareTo(new BigDecimal("0.05")) < 0);
        }
        excluded += excludes ? 1 : 0;
      }
    }
    assertThat(excluded).isBetween(100, 900); // both happen
  }

  /** Student's own example, hours of sleep gained by two drugs: t = −4.0621, 9 degrees, p = 0.002833. */
  @Test
  void the_sleep_data_of_student_1908() {
    List<BigDecimal> first = decimals(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0);
    List<BigDecimal> second = decimals(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4);

    Difference paired = Difference.paired(first, second);
    assertThat(paired.difference()).isEqualByComparingTo("1.58");
    assertThat(paired.chance().orElseThrow()).isEqualByComparingTo("0.002833");
    assertThat(paired.interval().orElseThrow().low().doubleValue()).isCloseTo(0.7001142, within(1e-5));
    assertThat(paired.interval().orElseThrow().high().doubleValue()).isCloseTo(2.4598858, within(1e-5));
    Difference welch = Difference.unpaired(first, second);
    assertThat(welch.chance().orElseThrow().doubleValue()).isCloseTo(0.07939, within(1e-5));
    assertThat(welch.interval().orElseThrow().low().doubleValue()).isCloseTo(-0.2054832, within(1e-5));
  }

  @Test
  void one_replication_tells_a_difference_and_no_chance() {
    Difference paired = Difference.paired(decimals(1), decimals(3));
    assertThat(paired.difference()).isEqualByComparingTo("2");
    assertThat(paired.interval()).isEmpty();
    assertThat(paired.chance()).isEmpty();
    assertThat(Difference.unpaired(decimals(1), decimals(3, 4, 5)).chance()).isEmpty();
  }

  @Test
  void replications_that_all_say_the_same_leave_no_chance() {
    Difference same = Difference.paired(decimals(1, 2, 3), decimals(1, 2, 3));
    assertThat(same.chance().orElseThrow()).isEqualByComparingTo("1");
    Difference shifted = Difference.paired(decimals(1, 2, 3), decimals(2, 3, 4));
    assertThat(shifted.chance().orElseThrow()).isEqualByComparingTo("0");
    assertThat(shifted.interval().orElseThrow().low()).isEqualByComparingTo("1");
    assertThat(Difference.unpaired(decimals(1, 1), decimals(2, 2)).chance().orElseThrow()).isEqualByComparingTo("0");
  }

  @Test
  void unequal_numbers_have_no_pairs() {
    assertThatThrownBy(() -> Difference.paired(decimals(1, 2), decimals(1))).hasMessageContaining("counterparts");
    assertThat(Difference.unpaired(decimals(1, 2), decimals(1, 2, 3)).chance()).isPresent();
  }
}
