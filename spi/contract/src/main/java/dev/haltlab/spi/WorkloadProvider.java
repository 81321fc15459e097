package dev.haltlab.spi;

/**
 * A guest workload: tasks that compute, send, receive, sleep, signal and wait. Interrupts, halts and timer writes are
 * consequences; a workload never names them.
 *
 * @param <C> its configuration, see {@link Provider}
 */
@Stability(Stability.Level.STABLE)
public non-sealed interface WorkloadProvider<C extends Record> extends Provider<C> {

  /**
   * Declares the tasks, sockets, events and probes of one VM. Called once per VM and replication, before time 0.
   *
   * <p>Checked by {@code required_300_defineRefusesInWords}, {@code required_301_defineDeclaresSomethingToDo},
   * {@code required_303_defineIsRepeatable}.
   *
   * @param config the defaults with the user's keys laid over them
   * @param guest the VM to populate; not to be kept after the call returns
   * @throws IllegalArgumentException if the workload cannot run in this guest, for example for want of a second vCPU
   */
  void define(C config, Guest guest);
}
