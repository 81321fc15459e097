package dev.haltlab.engine;

/**
 * Told what happens while a replication runs, event by event: what a timeline is drawn from. Given to
 * {@link Simulation#run(SimulationSpec, int, Recorder, java.util.function.Consumer)}; without one the engine pays a
 * null check in each place. A recorder watches and changes nothing: the outcome is the same with and without.
 *
 * <p>Everything is told in numbers, and nothing is allocated for it. Times are simulated ns from the start of the
 * replication, warm-up included. Calls come from the thread that simulates. Those about one thread, pCPU, task or
 * transaction come in the order of their times; across them they do not, as a CPU may run ahead of the others by a few
 * steps.
 *
 * <p>Indices: <em>threads</em> are the vCPUs of all VMs in the order of the spec, then the host's tasks in its order; a
 * vCPU bears its thread's index natively too. Tasks, queues and probes are counted within their VM, in the order of
 * declaration. States, steps, reasons and registers are ordinals of their enums.
 */
public interface Recorder {
  /** No pCPU, no pCPU state, no task, no queue, no register. */
  int NONE = -1;

  /** Vector of {@link #kicked} and {@link #interrupted}: another vCPU's reschedule interrupt. */
  int RESCHEDULE = 1;
  /** Vector of {@link #kicked} and {@link #interrupted}: the vCPU's own APIC timer. */
  int TIMER = 2;

  /** Verbs of {@link #verb}. */
  enum Verb { COMPUTE, SEND, RECEIVE, SIGNAL, AWAIT, SLEEP, SLEEP_UNTIL, EXIT }

  // --- before time 0: what there is ---

  /** A guest task. */
  default void task(int vm, int task, String name) {}

  /** A socket or an event. */
  default void queue(int vm, int queue, String name) {}

  /** A probe. */
  default void probe(int vm, int probe, String name) {}

  // --- the host ---

  /**
   * A thread has spent [{@code fromNs}, {@code toNs}), never empty, one way. The spans of a thread follow each other
   * without gap or overlap from time 0 to the end of the replication.
   *
   * @param pcpu where it runs, waits or last ran
   * @param state of the vCPU, a {@link VcpuState}; of a host task {@link #NONE}
   * @param place what the pCPU did for it, a {@link PcpuState}; {@link #NONE} while the thread is not on it
   * @param step what it was at, a {@link PathStep}; of a host task {@link #NONE}
   */
  default void spent(int thread, int pcpu, int state, int place, int step, long fromNs, long toNs) {}

  /**
   * A pCPU was idle during [{@code fromNs}, {@code toNs}), never empty. Together with what threads spent on it this is
   * all its time.
   *
   * @param cstate index into the profile's C-states
   */
  default void idle(int pcpu, int cstate, long fromNs, long toNs) {}

  // --- KVM ---

  /**
   * A vCPU leaves guest mode.
   *
   * @param reason an {@link ExitReason}
   * @param register an {@link MsrRegister}; {@link #NONE} unless the reason is a write of one
   */
  default void exited(int vcpu, int reason, int register, long atNs) {}

  /** The vCPU is back in guest mode: the exit is over. */
  default void entered(int vcpu, long atNs) {}

  /**
   * A halt that asked the strategy is over.
   *
   * @param fromNs when it began
   * @param pollEndNs when polling ended; {@code fromNs} if there was none
   * @param polled whether it polled
   * @param hit whether the poll counts as successful
   * @param windowNs the window the strategy shows after its decision; −1 if it shows none
   * @param toNs when it ended
   */
  default void halted(int vcpu, long fromNs, long pollEndNs, boolean polled, boolean hit, long windowNs, long toNs) {}

  // --- the guest ---

  /** A vCPU begins to write the ICR: a reschedule interrupt for another one, both by thread. */
  default void ipiSent(int fromVcpu, int toVcpu, long atNs) {}

  /** A vector reaches a vCPU, whatever that is doing. */
  default void kicked(int vcpu, int vector, long atNs) {}

  /** The handler of a vector begins. */
  default void interrupted(int vcpu, int vector, long atNs) {}

  /** The guest switches to a task on this vCPU, {@link #NONE} from a task to its scheduler. */
  default void switched(int vcpu, int task, long atNs) {}

  /**
   * A task begins a verb, which lasts until its next one.
   *
   * @param verb a {@link Verb}
   * @param queue of a send, receive, signal or await, the first if there are several; else {@link #NONE}
   */
  default void verb(int vcpu, int task, int verb, int queue, long atNs) {}

  /**
   * A message or signal is where its receiver finds it.
   *
   * @param message unique in its VM
   */
  default void sent(int vcpu, int task, int queue, long message, long atNs) {}

  /** A task takes a message or signal; one of a manual event may be taken by several. */
  default void taken(int vcpu, int task, int queue, long message, long atNs) {}

  // --- transactions ---

  /**
   * A probe is started.
   *
   * @param transaction counts within the probe, from 0
   */
  default void started(int vm, int probe, long transaction, long atNs) {}

  /**
   * A part of a transaction's time is charged to what its token's holder did during [{@code fromNs}, {@code toNs}),
   * never empty. The parts of a transaction follow each other without gap or overlap from its start to its stop.
   *
   * @param vcpu the holder; {@link #NONE} while the token waits in a queue or with a task that does not run
   * @param step a {@link PathStep}
   */
  default void charged(int vm, int probe, long transaction, int vcpu, int step, long fromNs, long toNs) {}

  /** The transaction is complete and counts. */
  default void stopped(int vm, int probe, long transaction, long atNs) {}

  /**
   * The transaction is given up, or complete but not to be counted: the first after the warm-up opens the counting
   * window.
   */
  default void dropped(int vm, int probe, long transaction) {}
}
