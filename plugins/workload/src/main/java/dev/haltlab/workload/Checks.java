package dev.haltlab.workload;

import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import java.time.Duration;

/** Refusals shared by the configurations. Each message starts with the component's name, so that it finds its line. */
final class Checks {
  private static final long LARGEST_MESSAGE = 1L << 30;
  private static final int MOST_PER_SECOND = 1_000_000;

  private Checks() {}

  static void messageBytes(String name, Bytes value) {
    if (value.count() < 1 || value.count() > LARGEST_MESSAGE) {
      throw new IllegalArgumentException(name + " must be 1B to 1GiB, was " + value);
    }
  }

  static void perSecond(String name, int value) {
    if (value < 0 || value > MOST_PER_SECOND) {
      throw new IllegalArgumentException(name + " must be 0 to " + MOST_PER_SECOND + ", was " + value);
    }
  }

  static void inRange(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", was " + value);
    }
  }

  /** A duration that something repeats at: of 0, time would stand still. */
  static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be longer than 0");
    }
  }

  static void positive(String name, Dist value) {
    if (value.meanNs() < 1) {
      throw new IllegalArgumentException(name + " must be longer than 0 on average");
    }
  }

  /** Refuses a guest with too few vCPUs for a workload that needs them apart. */
  static void vcpus(String id, Guest guest, int least) {
    if (guest.vcpus() < least) {
      throw new IllegalArgumentException(
          "vcpus must be at least " + least + " for the workload '" + id + "', was " + guest.vcpus());
    }
  }
}
