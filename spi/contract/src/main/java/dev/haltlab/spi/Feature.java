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
  /**
   * The guest timer runs on the VMX preemption timer, which counts in guest mode only: its expiry there is a
   * PREEMPTION_TIMER exit, and a vCPU that blocks takes {@link Step#TIMER_SWITCH} to a timer of the host and another one
   * back. Linux 4.7 and later for TSC-deadline timers, 4.10 for all.
   */
  PREEMPTION_TIMER,
  /**
   * Intel's IPI virtualisation (Sapphire Rapids and later; Linux 6.0): writing the ICR does not exit. The CPU posts the
   * interrupt, {@link Step#VIRTUAL_ICR_WRITE}, and notifies the pCPU where the target runs or blocked; there it is a host
   * interrupt, {@link Step#WAKE_UP_VECTOR}, that wakes the thread. Needs {@link #POSTED_INTERRUPTS}.
   */
  IPI_VIRTUALIZATION,
  /**
   * AMD's AVIC or x2AVIC (Linux 4.7): writing the ICR does not exit while the target's thread is on a pCPU, which the CPU
   * rings itself ({@link Step#VIRTUAL_ICR_WRITE}, {@link Step#POSTED_NOTIFICATION}); else it exits as avic_incomplete_ipi
   * and the sender wakes the target. Needs {@link #POSTED_INTERRUPTS}.
   */
  AVIC,
  /** AMD's Idle HLT intercept (Zen 5; Linux 6.15): HLT does not exit while an interrupt waits. */
  IDLE_HLT,
  /**
   * The host's option pi_inject_timer (Linux 5.3): the timer behind a guest's runs on a housekeeping CPU, which is not
   * simulated, and its expiry is posted to a running vCPU without an exit. Since Linux 5.18 only for guests to whom HLT or
   * MWAIT is passed through. Needs {@link #POSTED_INTERRUPTS}; excludes {@link #PREEMPTION_TIMER} where it is in use.
   */
  POSTED_TIMER
}
