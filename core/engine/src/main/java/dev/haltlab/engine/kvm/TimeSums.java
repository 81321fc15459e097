package dev.haltlab.engine.kvm;

import dev.haltlab.engine.Outcome;
import java.math.BigInteger;

/**
 * What is kept of many times: how many, their sum, the extremes and the sum of their squares, which a standard
 * deviation needs. All exact: a square of 3 s passes 63 bits, so the squares have 128.
 */
final class TimeSums {
  private long count;
  private long sumNs;
  private long minNs = Long.MAX_VALUE;
  private long maxNs;
  private long squaresLow;
  private long squaresHigh;

  /** Adds one, at least 0. */
  void add(long ns) {
    count++;
    sumNs += ns;
    if (ns < minNs) {
      minNs = ns;
    }
    if (ns > maxNs) {
      maxNs = ns;
    }
    long low = squaresLow + ns * ns;
    squaresHigh += Math.multiplyHigh(ns, ns) + (Long.compareUnsigned(low, squaresLow) < 0 ? 1 : 0);
    squaresLow = low;
  }

  void reset() {
    count = 0;
    sumNs = 0;
    minNs = Long.MAX_VALUE;
    maxNs = 0;
    squaresLow = 0;
    squaresHigh = 0;
  }

  Outcome.Count outcome() {
    BigInteger high = BigInteger.valueOf(squaresHigh).shiftLeft(Long.SIZE);
    // The lower half is unsigned.
    BigInteger low = new BigInteger(Long.toUnsignedString(squaresLow));
    return new Outcome.Count(count, sumNs, minNs, maxNs, high.add(low));
  }
}
