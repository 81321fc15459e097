package dev.haltlab.engine;

/** VM exits that the model produces, by the names {@code perf kvm} prints. */
public enum ExitReason {
  /** A host interrupt while in guest mode: tick, timer or a kick. */
  EXTERNAL_INTERRUPT,
  /** HLT; its time includes polling and sleep, as in perf. */
  HLT,
  /** A write to an APIC register or timer MSR. */
  MSR_WRITE,
  /** The VMX preemption timer that backs the guest's timer expired. */
  PREEMPTION_TIMER,
  /** AMD's AVIC could not deliver an IPI, as its target runs nowhere; perf prints AMD's names in lower case. */
  AVIC_INCOMPLETE_IPI
}
