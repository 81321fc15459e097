package dev.haltlab.platform.explain;

import java.math.BigDecimal;

/**
 * The guest's Linux by how often an idle episode writes the APIC timer, one ICR write on top.
 *
 * <p>Source: kernel/time/tick-sched.c and hrtimer.c; 627ef5ae2df8 spared a write on stopping the tick, adcec6a7f566 one
 * on restarting it.
 */
public enum GuestEra {
  /** Four timer writes a halt. */
  TO_5_14("Linux up to 5.14", "5.10"),
  /** Three. */
  FROM_5_15("Linux 5.15 to 7.0", "6.6"),
  /** Two, or fewer where the tick is kept. */
  FROM_7_1("Linux 7.1 or newer, or one whose tick is often kept", "7.1");

  private final String words;
  private final String kernel;

  GuestEra(String words, String kernel) {
    this.words = words;
    this.kernel = kernel;
  }

  /** In a sentence. */
  public String words() {
    return words;
  }

  /** A version of it. */
  public String kernel() {
    return kernel;
  }

  /** The one whose writes, with one ICR write, are nearest. */
  public static GuestEra of(BigDecimal msrWritesPerHalt) {
    if (msrWritesPerHalt.compareTo(new BigDecimal("4.5")) >= 0) {
      return TO_5_14;
    }
    return msrWritesPerHalt.compareTo(new BigDecimal("3.5")) >= 0 ? FROM_5_15 : FROM_7_1;
  }
}
