package dev.haltlab.spi;

/**
 * The steps a {@link HostProfile} prices. A step is something hardware, host or guest does once, between two moments one
 * could stamp; a latency or a count is never a step. In YAML a step is written in camel case: {@code coldWake}.
 *
 * <p>"Cold" and "warm" tell whether the woken vCPU's core sleeps: several steps of the talk's tables differ by that.
 */
@Stability(Stability.Level.PROVISIONAL)
public enum Step {
  // --- leaving and entering the guest ---
  /** Guest instruction to first host instruction, any exit but the ICR write's. */
  VM_EXIT("VM exit"),
  /** Last check for pending work to first guest instruction, nothing injected. */
  VM_ENTRY("VM entry"),
  /**
   * Handling of a write to the APIC timer (TMICT or TSC deadline): re-arming the host timer. Writes of its mode and divider
   * are taken to cost the same.
   */
  TIMER_HANDLER("timer-write handler"),
  /**
   * Handling of a write to the TSC deadline on the fast path that x86 hosts with {@link Feature#PREEMPTION_TIMER} have
   * since Linux 5.8, up to the guest's next instruction: in place of {@link #TIMER_HANDLER} and, unless an interrupt is to
   * be injected, {@link #VM_ENTRY}. Where it is not priced, such a host is taken to handle it as any other write.
   */
  TIMER_FAST_PATH("timer-write fast path"),
  /** Moving a guest's timer from the preemption timer to a timer of the host, or back. */
  TIMER_SWITCH("timer switch"),
  /** Handling of HLT, up to the block function. */
  HLT_HANDLER("HLT handler"),
  /** Handling of an EOI write that exits. */
  EOI_HANDLER("EOI handler"),
  /** Host side of an EXTERNAL_INTERRUPT or PREEMPTION_TIMER exit, without the interrupt's own work. */
  INTERRUPT_EXIT_HANDLER("interrupt-exit handler"),

  // --- IPI send: the talk's segments 1 and 2 ---
  /** Guest ICR write to first host instruction, while the target's core sleeps. */
  ICR_EXIT_COLD("ICR exit"),
  /** The same while the target's core is awake. */
  ICR_EXIT_WARM("ICR exit"),
  /** First host instruction to the kick, while the target's core sleeps. */
  ICR_HANDLER_COLD("ICR handler"),
  /** The same while the target's core is awake. */
  ICR_HANDLER_WARM("ICR handler"),
  /**
   * First host instruction to the kick on the ICR fast path that x86 hosts have since Linux 5.6, with interrupts off and
   * before the exit's ordinary handling. Where it is not priced, such a host is taken to have
   * {@link #ICR_HANDLER_COLD} and {@link #ICR_HANDLER_WARM} as well.
   */
  ICR_FAST_PATH("ICR fast path"),
  /** The sender's side of an ICR write that the CPU carries out: {@link Feature#IPI_VIRTUALIZATION}, {@link Feature#AVIC}. */
  VIRTUAL_ICR_WRITE("virtual ICR write"),
  /** The sender's try_to_wake_up after the kick; off the woken side's path. */
  TRY_TO_WAKE_UP("try_to_wake_up"),
  /** Posted-interrupt notification: from the kick to the target's recognition, in guest mode. */
  POSTED_NOTIFICATION("posted notification"),
  /** A host interrupt from one pCPU to another, from sending to its first instruction. */
  HOST_IPI("host IPI"),
  /** The host's handler of a notification for a vCPU that has blocked, up to waking its thread. */
  WAKE_UP_VECTOR("wake-up vector"),

  // --- HLT wake-up: the talk's segments 3 to 5 ---
  /**
   * Kick to the return into the block function, when the thread slept: task wake-up and context switch. For a pCPU whose
   * idle loop polls ({@link Feature#HOST_MWAIT_IDLE}); one that does not is sent a {@link #HOST_IPI} first.
   */
  WAKE_THREAD("wake thread"),
  /** Kick to the poll loop's notice. */
  POLL_NOTICE("poll notice"),
  /** Back in the block function to the entry, when the thread slept: sched-in, vcpu_load, preparation. */
  SCHED_IN("sched in"),
  /** Back in the block function to the entry, when it polled. */
  POLL_RETURN("poll return"),
  /** Entry with an interrupt injected, to the first instruction of its handler, after the thread slept. */
  INJECT_COLD("entry and injection"),
  /** The same when the thread did not sleep. */
  INJECT_WARM("entry and injection"),
  /** Extra guest time after a vCPU was scheduled out and in again: caches, TLB, FPU state. */
  COLD_WAKE("cold caches"),

  // --- host scheduler ---
  /** Blocking thread to the next thread or the idle loop. */
  SCHEDULE_OUT("schedule out"),
  /** A sleep given up because the interrupt came before the switch. */
  SCHEDULE_ABORT("schedule aborted"),
  /** Switch between two runnable host threads. */
  HOST_SWITCH("host context switch"),
  /** The host's own timer tick. */
  HOST_TICK("host tick"),
  /** The host timer that backs a guest's APIC timer fires: its handler, up to the kick. */
  HOST_TIMER("host timer"),

  // --- hardware, for native runs ---
  /** ICR write to the first handler instruction on a halted CPU. */
  HARDWARE_IPI("hardware IPI"),
  /** The sender's side of an ICR write. */
  HARDWARE_ICR_WRITE("ICR write"),
  /** A write to the APIC timer. */
  HARDWARE_TIMER_WRITE("timer write"),
  /** Timer expiry, or an IPI to a running CPU, to the first handler instruction. */
  HARDWARE_INTERRUPT("interrupt"),

  // --- guest kernel ---
  /** Context switch between two guest tasks, or to or from the idle task. */
  GUEST_SWITCH("guest context switch"),
  /** Idle entry, without register writes. */
  IDLE_ENTER("idle entry"),
  /** Idle exit, without register writes. */
  IDLE_EXIT("idle exit"),
  /** Waking a task, without the interrupt. */
  GUEST_WAKE_UP("guest wake-up"),
  /** Reschedule interrupt handler. */
  RESCHEDULE_ISR("reschedule interrupt"),
  /** Tick or other timer handler, without register writes. */
  TIMER_ISR("timer interrupt"),
  /** Timer softirq: serving expired wheel timers. */
  SOFTIRQ("softirq"),
  /** Detection granularity of a polling idle loop. */
  GUEST_POLL_NOTICE("guest poll notice"),

  // --- guest system calls ---
  /** Send: system call, TCP and loopback, up to waking the receiver. */
  SEND("send"),
  /** Send: from the wake-up back to the task. */
  SEND_RETURN("send return"),
  /** Receive: system call up to finding the queue empty. */
  RECEIVE_WAIT("receive wait"),
  /** Receive: taking the message and returning to the task. */
  RECEIVE("receive"),
  /** Copying a KiB of a message from or to the task, once in send and once in receive, beyond its first 64 bytes. */
  COPY_KIB("copy of 1 KiB"),
  /** Additional cost of waiting on many sockets (epoll), per message received. */
  POLL_SOCKETS("epoll"),
  /** Signal: system call (futex wake) up to waking the waiter. */
  SIGNAL("signal"),
  /** Signal: from the wake-up back to the task. */
  SIGNAL_RETURN("signal return"),
  /** Wait: system call (futex wait) up to giving up the CPU. */
  AWAIT_WAIT("await wait"),
  /** Wait: from running again back to the task. */
  AWAIT("await return"),
  /** Sleep: system call up to arming the timer. */
  SLEEP("sleep"),
  /** Sleep: from running again back to the task. */
  SLEEP_RETURN("sleep return");

  private final String title;
  private final String key;

  Step(String title) {
    this.title = title;
    StringBuilder camel = new StringBuilder();
    for (String word : name().split("_")) {
      camel.append(camel.isEmpty() ? word.toLowerCase(java.util.Locale.ROOT)
          : word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    this.key = camel.toString();
  }

  /** In words, for reports. */
  public String title() {
    return title;
  }

  /** As written in YAML and JSON: {@code coldWake}. */
  public String key() {
    return key;
  }
}
