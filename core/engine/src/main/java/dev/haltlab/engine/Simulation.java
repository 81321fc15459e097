package dev.haltlab.engine;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one replication of a spec. Replications differ in their random numbers only; the same spec and replication give
 * the same outcome, bit by bit, on any thread and any JDK.
 */
public final class Simulation {
  private Simulation() {}

  /**
   * Runs a replication from time 0 to its end. Stops early, with what it has so far discarded, if the calling thread is
   * interrupted.
   *
   * @param spec what to run; its factories are called from this thread
   * @param replication index from 0: selects the random streams
   * @throws PluginFailure if a plugin throws, answers out of contract or stops making progress
   * @throws IllegalArgumentException if the workload cannot run in its guest
   * @throws InterruptedException if the thread was interrupted
   */
  public static Outcome run(SimulationSpec spec, int replication) throws InterruptedException {
    return run(spec, replication, nowNs -> {});
  }

  /**
   * The same for a caller that watches.
   *
   * @param watcher given, once the machine is built, what reads the simulated time, ns. Any thread may read it at any
   *     time, without a guarantee that it is the latest: nothing is done for it while the simulation runs
   */
  public static Outcome run(SimulationSpec spec, int replication, Consumer<LongSupplier> watcher)
      throws InterruptedException {
    return run(spec, replication, null, watcher);
  }

  /**
   * The same for a caller that wants to know what happens when: a timeline.
   *
   * @param recorder told of every event; null if nobody is
   */
  public static Outcome run(
      SimulationSpec spec, int replication, @Nullable Recorder recorder, Consumer<LongSupplier> watcher)
      throws InterruptedException {
    Machine machine = new Machine(spec, replication, recorder);
    watcher.accept(machine::nowNs);
    return machine.run();
  }
}
