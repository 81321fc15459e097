package dev.haltlab.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Pins common random numbers: were a stream to depend on who else asked, on the JDK or on the order of asking, variants
 * would no longer meet the same chances and results would not be byte-equal.
 */
final class StreamsTest {
  private static final int DRAWS = 1_000_000;

  @Test
  void theFirstNumbersAreThoseOfAnIndependentComputation() {
    // FNV-1a, SplitMix64 and xoshiro256++ written down again in another language from their authors' descriptions
    assertThat(first(1, 0, "rr/0/receive", 3))
        .containsExactly(2879739089828213734L, 4198577107994602027L, 3370453479036921242L);
    assertThat(first(1, 1, "rr/0/receive", 3))
        .containsExactly(-4599877959758667716L, -2525006897557306404L, -7163461910057274404L);
    assertThat(first(-7, 3, "größe", 3))
        .containsExactly(4258244871342582320L, 2907174958310085338L, -1934952443715969483L);
    assertThat(first(0, 0, "", 3)).containsExactly(3509613493222103604L, -274180704501040909L, -1229405236340346459L);
  }

  @Test
  void aStreamDoesNotDependOnOtherStreamsOrTheOrderOfAsking() {
    Streams alone = new Streams(42, 2);
    long[] expected = first(alone.stream("b"), 1000);
    Streams crowded = new Streams(42, 2);
    Stream a = crowded.stream("a");
    a.nextLong();
    Stream b = crowded.stream("b");
    Stream c = crowded.stream("c");
    long[] got = new long[1000];
    for (int i = 0; i < got.length; i++) {
      a.nextGaussian();
      got[i] = b.nextLong();
      c.nextInt(10);
    }
    assertThat(got).containsExactly(expected);
  }

  @Test
  void noTwoOfManySeedsReplicationsAndNamesShareAStream() {
    Set<Long> firsts = new HashSet<>();
    int streams = 0;
    for (int seed = 0; seed < 10; seed++) {
      for (int replication = 0; replication < 100; replication++) {
        Streams of = new Streams(seed, replication);
        for (int name = 0; name < 100; name++) {
          firsts.add(of.stream("vm/" + name % 10 + "/" + name / 10).nextLong());
          streams++;
        }
      }
    }
    assertThat(firsts).hasSize(streams).hasSize(100_000);
  }

  @Test
  void neighbouringStreamsAreNotCorrelated() {
    Streams of = new Streams(1, 0);
    Stream x = of.stream("vm/0/receive");
    Stream y = of.stream("vm/1/receive");
    Stream z = new Streams(1, 1).stream("vm/0/receive");
    double xy = 0;
    double xz = 0;
    for (int i = 0; i < DRAWS; i++) {
      double here = x.nextDouble() - 0.5;
      xy += here * (y.nextDouble() - 0.5);
      xz += here * (z.nextDouble() - 0.5);
    }
    // products have standard deviation 1/12: five standard errors of the correlation
    assertThat(xy * 12 / DRAWS).isCloseTo(0, within(0.005));
    assertThat(xz * 12 / DRAWS).isCloseTo(0, within(0.005));
  }

  @Test
  void numbersAreUniformOverTheUnitIntervalAndOverBounds() {
    Stream stream = new Streams(5, 0).stream("uniform");
    int[] tenths = new int[10];
    int[] dice = new int[6];
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
      double u = stream.nextDouble();
      assertThat(u >= 0 && u < 1).isTrue();
      sum += u;
      tenths[(int) (u * 10)]++;
      dice[stream.nextInt(6)]++;
    }
    assertThat(sum / DRAWS).isCloseTo(0.5, within(0.0015)); // five standard errors
    assertThat(chiSquare(tenths)).isLessThan(36); // 9 degrees of freedom: p < 4e-5
    assertThat(chiSquare(dice)).isLessThan(28); // 5 degrees of freedom: p < 4e-5
  }

  @Test
  void exponentialAndGaussianNumbersHaveTheirMoments() {
    Stream stream = new Streams(6, 0).stream("moments");
    double exponential = 0;
    double gaussian = 0;
    double square = 0;
    for (int i = 0; i < DRAWS; i++) {
      double e = stream.nextExponential();
      assertThat(e).isGreaterThanOrEqualTo(0);
      exponential += e;
      double g = stream.nextGaussian();
      gaussian += g;
      square += g * g;
    }
    assertThat(exponential / DRAWS).isCloseTo(1, within(0.005));
    assertThat(gaussian / DRAWS).isCloseTo(0, within(0.005));
    assertThat(square / DRAWS).isCloseTo(1, within(0.007));
  }

  @Test
  void everyKindOfNumberIsTheSameOnEveryJdk() {
    Stream s = new Streams(3, 0).stream("kinds");
    byte[] bytes = new byte[3];
    s.nextBytes(bytes);
    StringBuilder all = new StringBuilder();
    all.append(s.nextInt()).append(' ').append(s.nextInt(1000)).append(' ').append(s.nextInt(-5, 5));
    all.append(' ').append(s.nextLong(1000)).append(' ').append(s.nextLong(-5, 5)).append(' ').append(s.nextBoolean());
    for (double d :
        new double[] {
          s.nextFloat(), s.nextFloat(2), s.nextFloat(-1, 2), s.nextDouble(), s.nextDouble(2), s.nextDouble(-1, 2),
          s.nextExponential(), s.nextGaussian(), s.nextGaussian(10, 2)
        }) {
      all.append(' ').append(Long.toHexString(Double.doubleToLongBits(d)));
    }
    all.append(' ').append(bytes[0]).append(' ').append(bytes[1]).append(' ').append(bytes[2]);
    s.ints(3, 0, 100).forEach(i -> all.append(' ').append(i));
    s.doubles(2).forEach(d -> all.append(' ').append(Double.doubleToLongBits(d)));
    assertThat(all)
        .hasToString(
            "-996605485 798 -1 897 -4 true 3fe5fd3560000000 3fe2ca3300000000 bfe6b11f00000000 3fe6a080b8b41af6"
                + " 3ff6f2a6beebd0f0 3fcc84d528e3a338 3fb49ba9bacbb94f bfe68c0f04312d3d 40258e63fbbaf39a 48 83 10"
                + " 60 83 49 4605961285766739376 4603542097958333488");
  }

  @Test
  void refusesBoundsWithNothingBetween() {
    Stream stream = new Streams(1, 0).stream("bounds");
    assertThatThrownBy(() -> stream.nextInt(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stream.nextInt(3, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stream.nextLong(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> stream.nextDouble(1, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static double chiSquare(int[] counts) {
    double expected = (double) IntStream.of(counts).sum() / counts.length;
    return IntStream.of(counts).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
  }

  private static long[] first(long seed, int replication, String name, int count) {
    return first(new Streams(seed, replication).stream(name), count);
  }

  private static long[] first(Stream stream, int count) {
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = stream.nextLong();
    }
    return numbers;
  }
}
