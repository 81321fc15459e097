package dev.haltlab.engine;

/**
 * What a guest executes without an exit, KVM_CAP_X86_DISABLE_EXITS. QEMU's {@code -overcommit cpu-pm=on} passes both
 * through; the exits of PAUSE, which it disables as well, are not modelled.
 */
public enum PassThrough {
  /** HLT: the pCPU waits in the guest. */
  HLT,
  /** MONITOR and MWAIT, which the guest sees in CPUID: its idle driver enters the pCPU's C-states itself. */
  MWAIT
}
