package dev.haltlab.engine.host;

import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.FairQueue;

/**
 * A thread of the host: a vCPU or a host task. The pCPU tells it when it gets or must give up the CPU; what it does with
 * it is its own business.
 */
public interface HostThread {

  /** Its place in a run queue. */
  Entity entity();

  /**
   * The thread got an idle pCPU by being woken.
   *
   * @param cstateExitNs what the pCPU needs to leave its C-state
   * @param loaded whether its context is still on the pCPU: the switch away from it was delayed
   */
  void wokenOnIdle(long cstateExitNs, boolean loaded);

  /** The thread was woken but its pCPU is busy: it waits. */
  void queued();

  /** The thread, which was waiting, gets its pCPU. */
  void dispatched();

  /**
   * The thread runs and shall give up its pCPU as soon as it can, by calling {@link PhysicalCpu#preempted}.
   *
   * @param sliceOver whether its time slice is used up; else a woken thread has the better claim
   */
  void reschedule(boolean sliceOver);

  /** The thread runs and another one now waits for its pCPU. */
  void othersWait();

  /** The thread runs and a host interrupt takes its pCPU for {@code ns}. */
  void interruptedFor(long ns);

  /** A thread's place in a run queue, leading back to it. */
  final class Entity extends FairQueue.Entity {
    private final HostThread thread;
    private final int boundTo;
    PhysicalCpu cpu;
    /** While it sleeps: when a timer of the host will wake it; {@link Calendar#NEVER} if none will. */
    long timerNs = Calendar.NEVER;

    /**
     * @param boundTo the only pCPU it may run on; −1 for any
     * @param cpu where it starts
     */
    public Entity(HostThread thread, int boundTo, PhysicalCpu cpu) {
      this.thread = thread;
      this.boundTo = boundTo;
      this.cpu = cpu;
      cpu.arrives(this);
    }

    HostThread thread() {
      return thread;
    }

    boolean isBound() {
      return boundTo >= 0;
    }

    /** Where it runs, waits or last ran. */
    public PhysicalCpu cpu() {
      return cpu;
    }
  }
}
