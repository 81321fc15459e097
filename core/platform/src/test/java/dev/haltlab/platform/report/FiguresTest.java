package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: parts that, rounded one by one, no longer add up to the rounded whole. */
class FiguresTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void shares_add_up_and_none_is_off_by_a_unit(int scale) {
    SplittableRandom random = new SplittableRandom(scale);
    for (int round = 0; round < 500; round++) {
      List<Long> parts = new ArrayList<>();
      BigDecimal sum = BigDecimal.ZERO;
      for (int i = random.nextInt(1, 12); i > 0; i--) {
        parts.add(random.nextInt(5) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 50)));
        sum = sum.add(BigDecimal.valueOf(parts.get(parts.size() - 1)));
      }
      BigDecimal divisor = BigDecimal.valueOf(random.nextLong(1, 1_000_000));
      BigDecimal total = sum.divide(divisor, scale, RoundingMode.HALF_EVEN);

      BigDecimal[] shares = Figures.shares(parts, divisor, total);

      assertThat(Figures.sum(shares)).isEqualByComparingTo(total);
      BigDecimal unit = BigDecimal.ONE.movePointLeft(scale);
      for (int i = 0; i < shares.length; i++) {
        BigDecimal exact = BigDecimal.valueOf(parts.get(i)).divide(divisor, scale + 9, RoundingMode.HALF_EVEN);
        assertThat(shares[i].subtract(exact).abs()).isLessThan(unit);
        assertThat(shares[i].scale()).isEqualTo(scale);
      }
    }
  }
}
