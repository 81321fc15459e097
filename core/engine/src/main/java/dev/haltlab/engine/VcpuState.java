package dev.haltlab.engine;

/** What a vCPU is doing; each nanosecond of each vCPU belongs to exactly one. */
public enum VcpuState {
  /** Running guest code. */
  GUEST,
  /** In the host on the guest's behalf: exits, wake-up and entry preparation, switching out. */
  EXIT,
  /** Halt polling; system time of the vCPU thread. */
  POLLING,
  /** Interrupted by the host's own work: ticks and interrupts for others. */
  HOST_IRQ,
  /** Asleep after HLT. */
  BLOCKED,
  /** Woken, and on its way onto its pCPU: scheduler, idle exit, context switch. */
  WAKING,
  /** Runnable but not running: the guest sees steal. */
  RUNNABLE
}
