package dev.haltlab.engine;

/**
 * How a guest programs its local APIC's timer. Linux takes the deadline where CPUID offers it; QEMU offers it unless
 * {@code -cpu ...,-tsc-deadline} says otherwise.
 */
public enum ApicTimer {
  /** A count, {@link MsrRegister#TMICT}. */
  ONE_SHOT,
  /** A time, {@link MsrRegister#TSC_DEADLINE}. */
  TSC_DEADLINE
}
