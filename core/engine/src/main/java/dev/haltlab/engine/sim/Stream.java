package dev.haltlab.engine.sim;

import java.util.random.RandomGenerator;
import org.apache.commons.rng.core.source64.XoShiRo256PlusPlus;

/**
 * A stream of random numbers: xoshiro256++. Every method gives the same numbers on every JDK; the JDK's own ways to
 * bounded, exponential and Gaussian numbers have changed between releases, so they are not inherited.
 */
public final class Stream implements RandomGenerator {
  private final XoShiRo256PlusPlus source;

  /** A stream that starts at a point chosen by {@code key}. */
  Stream(long key) {
    // Four different inputs of a bijection: the state is never all zero, which xoshiro could not leave.
    this.source =
        new XoShiRo256PlusPlus(
            SplitMix.mix(key + SplitMix.GAMMA),
            SplitMix.mix(key + 2 * SplitMix.GAMMA),
            SplitMix.mix(key + 3 * SplitMix.GAMMA),
            SplitMix.mix(key + 4 * SplitMix.GAMMA));
  }

  @Override
  public long nextLong() {
    return source.nextLong();
  }

  @Override
  public long nextLong(long bound) {
    return source.nextLong(bound);
  }

  @Override
  public long nextLong(long origin, long bound) {
    return source.nextLong(origin, bound);
  }

  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  @Override
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, was " + bound);
    }
    return nextInt(0, bound);
  }

  @Override
  public int nextInt(int origin, int bound) {
    return (int) source.nextLong(origin, bound);
  }

  @Override
  public boolean nextBoolean() {
    return nextLong() < 0;
  }

  @Override
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  @Override
  public float nextFloat(float bound) {
    return source.nextFloat(bound);
  }

  @Override
  public float nextFloat(float origin, float bound) {
    return source.nextFloat(origin, bound);
  }

  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  @Override
  public double nextDouble(double bound) {
    return source.nextDouble(bound);
  }

  @Override
  public double nextDouble(double origin, double bound) {
    return source.nextDouble(origin, bound);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    source.nextBytes(bytes);
  }

  @Override
  public double nextExponential() {
    return -StrictMath.log(1 - nextDouble());
  }

  /** By the polar method; the pair's other number is not kept, so that a stream's state is its source alone. */
  @Override
  public double nextGaussian() {
    while (true) {
      double x = 2 * nextDouble() - 1;
      double y = 2 * nextDouble() - 1;
      double square = x * x + y * y;
      if (square > 0 && square < 1) {
        return x * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
      }
    }
  }
}
