package dev.haltlab.engine;

/** What a pCPU is doing; each nanosecond of each pCPU belongs to exactly one. Idle time is split further by C-state. */
public enum PcpuState {
  /** Running guest code. */
  GUEST,
  /** Serving an exit, or preparing an entry. */
  EXIT,
  /** Halt polling. */
  POLL,
  /** Scheduling and context switches. */
  SWITCH,
  /** Host interrupts and ticks. */
  HOST_IRQ,
  /** Running a host task. */
  BACKGROUND,
  /** Waking from a deeper C-state. */
  C_EXIT,
  /** In an idle state. */
  IDLE
}
