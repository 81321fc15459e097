package dev.haltlab.haltpoll;

import dev.haltlab.spi.KernelVersion;

/**
 * The host's architecture: what {@code halt_poll_ns} is unless set.
 *
 * <p>Source: KVM_HALT_POLL_NS_DEFAULT of each architecture's kvm_host.h. The values of 4.19 and later were read there;
 * older ones are dated by the commits that changed them (x86: 14ebda3394fd in 4.6, b401ee0b85a5 about 4.12), as far as
 * those are known.
 */
public enum Arch {
  /** Intel and AMD. */
  X86,
  /** Arm, also with 32 bits. */
  ARM64,
  /** IBM Z: the only one with wake-ups that are for another vCPU, and with a limit on stolen time. */
  S390,
  /** MIPS. */
  MIPS,
  /** POWER; its HV flavour polls for a whole virtual core by a copy of the rule, which is not modelled. */
  POWERPC,
  /** RISC-V. */
  RISCV,
  /** LoongArch. */
  LOONGARCH;

  private static final long US = 1_000;

  long defaultMaxNs(KernelVersion kernel) {
    if (!kernel.atLeast(4, 3)) {
      return 0; // polling was off unless asked for
    }
    return switch (this) {
      case X86 -> !kernel.atLeast(4, 6) ? 500 * US : !kernel.atLeast(4, 12) ? 400 * US : 200 * US;
      case S390 -> !kernel.atLeast(4, 7) ? 0 : !kernel.atLeast(5, 4) ? 80 * US : 50 * US;
      case POWERPC -> 10 * US;
      case ARM64, MIPS, RISCV, LOONGARCH -> 500 * US;
    };
  }
}
