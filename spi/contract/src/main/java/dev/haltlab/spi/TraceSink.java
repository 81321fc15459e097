package dev.haltlab.spi;

/**
 * What a trace says, event by event, in the order of the file. A reader calls {@link #event} with what stands before
 * every event and then the method that bears the tracepoint's name; for tracepoints that have none here it calls
 * {@link #event} alone. Whoever listens overrides what it needs. Numbers are as traced: times in ns, the kernel's
 * {@code unsigned int} as a long.
 *
 * <p>Source of the tracepoints: include/trace/events/kvm.h, power.h and sched.h and arch/x86/kvm/trace.h.
 */
@Stability(Stability.Level.PROVISIONAL)
public interface TraceSink {

  /**
   * A parameter of the recording: {@code # haltlab key=value}, before the first event.
   *
   * @param key as written, for example {@code halt_poll_ns}
   * @param value as written, empty if there is none
   */
  default void parameter(String key, String value) {}

  /**
   * Events are missing here, on one CPU or on all of them.
   *
   * @param events how many; −1 if the trace does not say
   */
  default void lost(long events) {}

  /**
   * What stands before the event that is told next.
   *
   * @param timeNs of the trace's clock, ns; hardly ever decreasing
   * @param cpu the CPU it happened on; −1 if not told
   * @param pid the thread it happened in; −1 if not told
   * @param text holds the thread's name, valid during the call
   * @param commFrom index of the name's first byte
   * @param commTo index after its last byte
   */
  default void event(long timeNs, int cpu, int pid, byte[] text, int commFrom, int commTo) {}

  /**
   * A vCPU's block is over; the vCPU is the thread's.
   *
   * @param ns from the start of polling to now
   * @param waited whether the thread was scheduled out ({@code wait}, else {@code poll})
   * @param valid whether the wake-up was for this vCPU
   */
  default void kvmVcpuWakeup(long ns, boolean waited, boolean valid) {}

  /** A vCPU's poll window was decided on; precedes the {@link #kvmVcpuWakeup} of the same thread. */
  default void kvmHaltPollNs(int vcpu, long newNs, boolean grow, long oldNs) {}

  /** A guest CPU's haltpoll governor decided on its limit; the CPU is the event's. */
  default void guestHaltPollNs(long newNs, boolean grow, long oldNs) {}

  /**
   * A CPU enters or leaves an idle state.
   *
   * @param state index of the state; −1 for leaving
   */
  default void cpuIdle(int state, int cpu) {}

  /** A parameter was written at this moment: {@code tracing_mark_write: halt_poll_param key=value}. One call each. */
  default void changed(String key, String value) {}

  /**
   * A vCPU leaves guest mode.
   *
   * @param vcpu −1 before Linux 5.10, which does not tell
   * @param text holds the reason's name, valid during the call
   */
  default void kvmExit(int vcpu, byte[] text, int reasonFrom, int reasonTo) {}

  /** A vCPU enters guest mode. */
  default void kvmEntry(int vcpu) {}

  /** A guest reads or writes a model-specific register, in the vCPU's thread. */
  default void kvmMsr(boolean write, long index, long value) {}

  /** A guest reads or writes a register of its local APIC. */
  default void kvmApic(boolean write, byte[] text, int registerFrom, int registerTo, long value) {}

  /** A guest sends an interrupt. */
  default void kvmApicIpi(long destination, int vector) {}

  /** An interrupt arrives at a guest's local APIC. */
  default void kvmApicAcceptIrq(long apicId, int vector) {}

  /** A guest ends an interrupt, by a register or a shared flag. */
  default void kvmEoi(long apicId, int vector) {}

  /** An interrupt is injected. */
  default void kvmInjVirq(int vector) {}

  /** The guest's timer moves to the hypervisor's timer or back. */
  default void kvmHvTimerState(int vcpu, boolean used) {}

  /** A CPU goes over from one thread to another; 0 is the idle thread. */
  default void schedSwitch(int previousPid, int nextPid) {}

  /** A waker begins to wake a thread. */
  default void schedWaking(int pid, int targetCpu) {}

  /** A thread has been woken: it is runnable. */
  default void schedWakeup(int pid, int targetCpu) {}
}
