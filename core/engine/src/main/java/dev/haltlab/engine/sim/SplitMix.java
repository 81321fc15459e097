package dev.haltlab.engine.sim;

/** The mixing of Steele, Lea and Flood's SplitMix64: spreads one changed bit of a key over all bits of a seed. */
final class SplitMix {
  /** The odd number next to 2^64 divided by the golden ratio. */
  static final long GAMMA = 0x9e3779b97f4a7c15L;

  private SplitMix() {}

  /** A bijection of the longs. */
  static long mix(long z) {
    long x = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
    return x ^ x >>> 31;
  }
}
