package dev.haltlab.engine;

/** Which register an MSR_WRITE exit wrote. */
public enum MsrRegister {
  /** APIC timer initial count, x2APIC MSR 0x838: one-shot mode. */
  TMICT,
  /** IA32_TSC_DEADLINE, MSR 0x6e0. */
  TSC_DEADLINE,
  /** APIC timer's entry of the local vector table, x2APIC MSR 0x832: mode and mask. */
  LVTT,
  /** APIC timer's divide configuration, x2APIC MSR 0x83e. */
  TDCR,
  /** Interrupt command register, x2APIC MSR 0x830. */
  ICR,
  /** End of interrupt, x2APIC MSR 0x80b. */
  EOI
}
