package dev.haltlab.engine.guest;

import dev.haltlab.engine.ApicTimer;
import dev.haltlab.engine.MsrRegister;

/**
 * The clock event device of a guest CPU, its local APIC's timer: which registers arming, stopping and starting it again
 * write.
 *
 * <p>Source: arch/x86/kernel/apic/apic.c, devices {@code lapic} and {@code lapic-deadline}. Arming writes one register:
 * the initial count or the deadline. Stopping masks the timer in its local vector table entry and then clears the count,
 * also where the timer counts to a deadline and ignores it; since 6.12 the deadline is cleared instead. Starting again
 * writes the entry's mode, and the divider unless there is a deadline.
 *
 * @param armed what arming it writes
 * @param cleared what is written, after the mode, to stop it
 * @param hasDivider whether starting it again writes the divider
 */
record ClockEvent(MsrRegister armed, MsrRegister cleared, boolean hasDivider) {

  /** The device that a guest of this kernel uses. */
  static ClockEvent of(GuestKernel kernel, ApicTimer timer) {
    if (timer == ApicTimer.ONE_SHOT) {
      return new ClockEvent(MsrRegister.TMICT, MsrRegister.TMICT, true);
    }
    return new ClockEvent(
        MsrRegister.TSC_DEADLINE, kernel.atLeast(6, 12) ? MsrRegister.TSC_DEADLINE : MsrRegister.TMICT, false);
  }

  /** The register a write of the {@link TimerQueue} goes to. */
  MsrRegister register(long write) {
    if (write == TimerQueue.MODE) {
      return MsrRegister.LVTT;
    }
    if (write == TimerQueue.DIVIDER) {
      return MsrRegister.TDCR;
    }
    return write == TimerQueue.NEVER ? cleared : armed;
  }
}
