package dev.haltlab.tck;

import java.util.SplittableRandom;

/** What happens by chance in a check: the same in every run, and nothing allocated in drawing it. */
final class Chance {
  private final SplittableRandom random;

  Chance(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A time from about 1 us to about 16 ms: each power of two is as likely as another. */
  long ns() {
    long scale = 1L << random.nextInt(10, 24);
    return scale + random.nextLong(scale);
  }

  /** True once in {@code n} times. */
  boolean onceIn(int n) {
    return random.nextInt(n) == 0;
  }
}
