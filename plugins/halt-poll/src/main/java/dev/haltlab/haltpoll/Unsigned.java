package dev.haltlab.haltpoll;

import java.time.Duration;

/** The kernel's {@code unsigned int}: module parameters and windows have 32 bits. */
final class Unsigned {
  static final long MAX = 0xFFFF_FFFFL;

  private static final Duration MAX_NS = Duration.ofNanos(MAX);

  private Unsigned() {}

  static void require(String name, long value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException(name + " must be 0 to " + MAX + ", was " + value);
    }
  }

  static void requireRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", was " + value);
    }
  }

  /** A time as users write it, in the largest unit that needs no point. */
  static String text(Duration time) {
    long ns = time.toNanos();
    return ns == 0 ? "0ns"
        : ns % 1_000_000_000 == 0 ? ns / 1_000_000_000 + "s"
        : ns % 1_000_000 == 0 ? ns / 1_000_000 + "ms"
        : ns % 1_000 == 0 ? ns / 1_000 + "us"
        : ns + "ns";
  }

  static void requireNs(String name, Duration value) {
    if (value.isNegative() || value.compareTo(MAX_NS) > 0) {
      throw new IllegalArgumentException(name + " must be 0 to 4.294967295s");
    }
  }
}
