package dev.haltlab.spi;

/** Interrupt hardware and host idle facts of a profile; a scenario may override the set. */
@Stability(Stability.Level.PROVISIONAL)
public enum Feature {
  /** Virtual interrupt delivery: EOI needs no exit. Without it each EOI is an MSR_WRITE exit, unless {@link #PV_EOI}. */
  VIRTUAL_EOI,
  /** Paravirtual EOI: the guest skips the EOI write. */
  PV_EOI,
  /** Posted interrupts: a vCPU in guest mode takes an interrupt without an exit. */
  POSTED_INTERRUPTS,
  /**
   * The host's idle loop polls a flag (MWAIT): waking an idle pCPU needs no interrupt. Without it (HLT) each wake-up from
   * another pCPU takes {@link Step#HOST_IPI} on top of {@link Step#WAKE_THREAD}.
   */
  HOST_MWAIT_IDLE,
  /** The guest timer runs on the VMX preemption timer: its expiry in guest mode is a PREEMPTION_TIMER exit. */
  PREEMPTION_TIMER
}
