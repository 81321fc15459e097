package dev.haltlab.engine.measure;

import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.VcpuState;
import org.jspecify.annotations.Nullable;

/**
 * The ways a thread can spend time, fine enough to answer both for its vCPU and for the pCPU under it. Plain ints: they
 * index arrays on the hot path.
 */
public final class CpuTime {
  /** Guest code. */
  public static final int GUEST = 0;
  /** Exits, entries and their preparation. */
  public static final int EXIT = 1;
  /** Halt polling. */
  public static final int POLL = 2;
  /** Host interrupts and ticks. */
  public static final int HOST_IRQ = 3;
  /** Leaving the pCPU, or coming onto it after having run before. */
  public static final int SWITCH = 4;
  /** Asleep. */
  public static final int BLOCKED = 5;
  /** Being woken: the scheduler's path on the pCPU. */
  public static final int WAKING = 6;
  /** Being woken: the pCPU leaves a C-state. */
  public static final int C_EXIT = 7;
  /** Waiting for the pCPU. */
  public static final int RUNNABLE = 8;
  /** Host task. */
  public static final int BACKGROUND = 9;
  /** Number of ways. */
  public static final int COUNT = 10;

  private static final VcpuState[] VCPU = {
    VcpuState.GUEST, VcpuState.EXIT, VcpuState.POLLING, VcpuState.HOST_IRQ, VcpuState.EXIT, VcpuState.BLOCKED,
    VcpuState.WAKING, VcpuState.WAKING, VcpuState.RUNNABLE, VcpuState.EXIT
  };
  private static final @Nullable PcpuState[] PCPU = {
    PcpuState.GUEST, PcpuState.EXIT, PcpuState.POLL, PcpuState.HOST_IRQ, PcpuState.SWITCH, null,
    PcpuState.SWITCH, PcpuState.C_EXIT, null, PcpuState.BACKGROUND
  };

  private CpuTime() {}

  /** The state of a vCPU that spends its time so. */
  public static VcpuState ofVcpu(int way) {
    return VCPU[way];
  }

  /** The state of the pCPU under it; null if it is not on one. */
  public static @Nullable PcpuState ofPcpu(int way) {
    return PCPU[way];
  }
}
