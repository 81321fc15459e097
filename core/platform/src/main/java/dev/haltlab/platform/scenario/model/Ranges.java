package dev.haltlab.platform.scenario.model;

import java.time.Duration;

/** Checks of constructors; messages start with the key, so that they get its line. */
final class Ranges {
  /** Longest simulated time, so that sums stay far from the end of a long. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private Ranges() {}

  static void check(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(key + " must be " + least + " to " + most + ", was " + value);
    }
  }

  static void check(String key, Duration time, boolean zeroAllowed) {
    if (time.isZero() && !zeroAllowed) {
      throw new IllegalArgumentException(key + " must be more than 0");
    }
    if (time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(key + " must be at most 24 hours (86400s)");
    }
  }
}
