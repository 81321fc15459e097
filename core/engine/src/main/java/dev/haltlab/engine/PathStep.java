package dev.haltlab.engine;

import dev.haltlab.spi.Step;
import java.util.List;

/**
 * The named parts of a critical path. Every nanosecond of every latency is charged to exactly one of them: to what the
 * holder of the message's token was doing.
 */
public enum PathStep {
  /** CPU time the workload asked for. */
  GUEST_WORK("guestWork", "guest work", "guest"),
  /** System calls of the workload: send, receive, signal, wait, sleep. */
  SYSCALL("syscall", "system calls", "guest", Step.SEND, Step.SEND_RETURN, Step.RECEIVE_WAIT, Step.RECEIVE, Step.COPY_KIB,
      Step.POLL_SOCKETS, Step.SIGNAL, Step.SIGNAL_RETURN, Step.AWAIT_WAIT, Step.AWAIT, Step.SLEEP, Step.SLEEP_RETURN),
  /** Guest scheduler: wake-ups and context switches. */
  GUEST_SCHEDULER("guestScheduler", "guest scheduler", "guest", Step.GUEST_WAKE_UP, Step.GUEST_SWITCH),
  /** Guest interrupt handlers and softirqs. */
  GUEST_INTERRUPT("guestInterrupt", "guest interrupt handlers", "guest", Step.RESCHEDULE_ISR, Step.TIMER_ISR, Step.SOFTIRQ),
  /**
   * Idle loop entry and exit, without register writes, and a polling one's notice of a wake-up, which an interrupt that is
   * on its way already may delay.
   */
  GUEST_IDLE(
      "guestIdle", "guest idle loop", "guest", Step.IDLE_ENTER, Step.IDLE_EXIT, Step.GUEST_POLL_NOTICE,
      Step.HARDWARE_INTERRUPT, Step.POSTED_NOTIFICATION),
  /** Cold caches, TLB and FPU after the vCPU was scheduled out. */
  COLD_WAKE("coldWake", "cold caches after sleep", "wake-up", Step.COLD_WAKE),
  /** Timer-register writes: exit, handler and entry; a plain write natively. */
  TIMER_WRITE("timerWrite", "timer writes", "timer writes", Step.VM_EXIT, Step.TIMER_HANDLER, Step.TIMER_FAST_PATH,
      Step.VM_ENTRY, Step.HARDWARE_TIMER_WRITE),
  /** EOI writes that exit. */
  EOI_WRITE("eoiWrite", "EOI writes", "other exits", Step.VM_EXIT, Step.EOI_HANDLER, Step.VM_ENTRY),
  /** ICR write to first host instruction (talk, segment 1); the plain write natively and where the CPU carries it out. */
  ICR_EXIT("icrExit", "ICR exit", "IPI send", Step.ICR_EXIT_COLD, Step.ICR_EXIT_WARM, Step.HARDWARE_ICR_WRITE,
      Step.VIRTUAL_ICR_WRITE),
  /** Exit handler to kick (talk, segment 2). */
  ICR_HANDLER("icrHandler", "ICR handler to kick", "IPI send", Step.ICR_HANDLER_COLD, Step.ICR_HANDLER_WARM,
      Step.ICR_FAST_PATH),
  /** The sender's try_to_wake_up and re-entry, where the token has not left it. */
  SENDER_TAIL("senderTail", "sender's wake-up tail", "IPI send", Step.TRY_TO_WAKE_UP, Step.VM_ENTRY),
  /** Timer interrupt to a halted CPU, native. */
  NOTIFICATION("notification", "timer interrupt", "wake-up", Step.HARDWARE_INTERRUPT),
  /** Hardware IPI to a halted CPU, native. */
  HARDWARE_IPI("hardwareIpi", "hardware IPI and wake", "IPI send", Step.HARDWARE_IPI),
  /** HLT exits and their handling. */
  HLT_EXIT("hltExit", "HLT exit", "wake-up", Step.VM_EXIT, Step.HLT_HANDLER, Step.TIMER_SWITCH),
  /** Kick to the return into the block function after sleep (talk, segment 3). */
  WAKE_THREAD("wakeThread", "thread wake-up", "wake-up", Step.WAKE_THREAD, Step.HOST_IPI, Step.WAKE_UP_VECTOR,
      Step.HOST_TIMER, Step.HOST_SWITCH,
      Step.SCHEDULE_OUT, Step.SCHEDULE_ABORT),
  /** Leaving a deeper C-state. */
  CSTATE_EXIT("cstateExit", "C-state exit", "wake-up"),
  /** Kick to the poll loop's notice (talk, segment 3). */
  POLL_NOTICE("pollNotice", "poll notice", "wake-up", Step.POLL_NOTICE),
  /** Halt polling while the token waits for something else than this vCPU's wake-up. */
  POLLING("polling", "halt polling", "wake-up"),
  /** Block function to entry (talk, segment 4). */
  SCHED_IN("schedIn", "sched-in and entry preparation", "wake-up", Step.SCHED_IN, Step.POLL_RETURN,
      Step.TIMER_SWITCH),
  /** Entry and injection to the handler (talk, segment 5). */
  INJECT("inject", "entry and injection", "wake-up", Step.INJECT_COLD, Step.INJECT_WARM, Step.VM_ENTRY),
  /** Exits caused by host interrupts, and the entries after them. */
  INTERRUPT_EXIT("interruptExit", "interrupt exits", "other exits", Step.VM_EXIT, Step.VM_ENTRY, Step.INJECT_WARM),
  /** The host's tick and timers, when they hit the holder. */
  HOST_IRQ("hostIrq", "host ticks and timers", "host", Step.INTERRUPT_EXIT_HANDLER, Step.HOST_TICK, Step.HOST_TIMER,
      Step.WAKE_UP_VECTOR),
  /** The holder's vCPU was runnable but not running. */
  PREEMPTED("preempted", "preempted by the host", "host"),
  /** The message waited for a task that was runnable or busy. */
  QUEUE_WAIT("queueWait", "queue and run-queue wait", "guest"),
  /** A sleeping task had the token, and its timer had not expired. */
  SLEEPING("sleeping", "sleep asked for", "guest");

  private final String key;
  private final String title;
  private final String group;
  private final List<Step> priced;

  PathStep(String key, String title, String group, Step... priced) {
    this.key = key;
    this.title = title;
    this.group = group;
    this.priced = List.of(priced);
  }

  /** As written in JSON. */
  public String key() {
    return key;
  }

  /** In words, for reports. */
  public String title() {
    return title;
  }

  /** What it belongs to in the talk's last slide: guest, timer writes, IPI send, wake-up, host, other exits. */
  public String group() {
    return group;
  }

  /** The profile steps whose prices make it up; empty for waits and for the workload's own work. */
  public List<Step> priced() {
    return priced;
  }
}
