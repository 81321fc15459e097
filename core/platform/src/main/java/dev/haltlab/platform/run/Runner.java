package dev.haltlab.platform.run;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.Simulation;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.catalog.Patience;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Runs plans: replications spread over threads, pooled in order, so that the result does not depend on the threads. */
public final class Runner {
  /**
   * How long the first thread simulates alone. Until the JVM has compiled the engine, all threads count branches and
   * calls in the same memory and take its cache lines from each other: on two cores a run of 10 s simulated takes 25 %
   * less wall time, and of two minutes as long as before, if the second thread begins a second later.
   */
  private static final long HEAD_START_MS = 1000;

  private final Engine engine;
  private final long headStartMs;

  /** What runs one replication; {@link Simulation#run} in production. */
  @FunctionalInterface
  public interface Engine {
    /**
     * Runs one replication. Called from several threads at a time, each with another pair of arguments.
     *
     * @param spec what to run
     * @param replication index from 0
     * @throws InterruptedException if its thread was interrupted because the outcome is no longer wanted
     */
    Outcome run(SimulationSpec spec, int replication) throws InterruptedException;

    /**
     * The same, watched.
     *
     * @param watcher given what reads the simulated time from any thread, as soon as there is one
     */
    default Outcome run(SimulationSpec spec, int replication, Consumer<LongSupplier> watcher)
        throws InterruptedException {
      return run(spec, replication);
    }
  }

  /** A runner of the simulation. Its first thread has a head start of a second, in which the JVM compiles the engine. */
  public Runner() {
    this(new Simulated(), HEAD_START_MS);
  }

  /** @param engine what runs one replication, on all threads from the beginning */
  public Runner(Engine engine) {
    this(engine, 0);
  }

  private Runner(Engine engine, long headStartMs) {
    this.engine = engine;
    this.headStartMs = headStartMs;
  }

  /**
   * Runs every replication of every variant, as long as it takes and whoever fails.
   *
   * @see #run(Plan, int, Progress, Watch)
   */
  public Results run(Plan plan, int threads, Progress progress) throws InterruptedException {
    return run(plan, threads, progress, Watch.NOBODY);
  }

  /**
   * Runs every replication of every variant.
   *
   * <p>Results are kept by index and read in order, so they are the same for any number of threads. The first failure,
   * in the order of variants and replications, is rethrown as it is: later replications are given up, earlier ones
   * already running are waited for, so that the message does not depend on the threads either.
   *
   * <p>Interrupting the calling thread returns at once: no further replication begins and the ones running are
   * interrupted. One that does not look at its thread's interrupt flag runs on to its end, on a daemon thread, and its
   * outcome is dropped.
   *
   * <p>A plugin that does not come back ends the run too, in whatever replication: a look at each thread now and then
   * finds simulated time standing still inside the plugin's code. What was finished by then is part of the failure.
   *
   * @param plan what to run
   * @param threads at least 1; no more than there are replications are started, and all but the first may begin later
   * @param progress told of each replication, from the calling thread
   * @param watch the plugins of the plan, and how long one may take
   * @throws FailedRun if a plugin failed
   * @throws IllegalArgumentException if a workload cannot run in its guest
   * @throws IllegalStateException if an outcome breaks a conservation law: a bug of the platform, not of the input
   * @throws InterruptedException if the calling thread was interrupted
   */
  public Results run(Plan plan, int threads, Progress progress, Watch watch) throws InterruptedException {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, was " + threads);
    }
    long begun = System.nanoTime();
    List<Plan.Variant> variants = plan.variants();
    int total = Math.multiplyExact(variants.size(), plan.replications());
    @Nullable Done[] done = new @Nullable Done[total];
    BlockingQueue<Done> finished = new ArrayBlockingQueue<>(total);
    List<Future<?>> tasks = new ArrayList<>(total);
    ThreadPoolExecutor workers = workers(Math.min(threads, total));
    Lookout lookout = new Lookout(plan, watch);
    try {
      for (int i = 0; i < total; i++) {
        int index = i;
        Plan.Variant variant = variants.get(i / plan.replications());
        tasks.add(workers.submit(() -> finished.add(measured(index, variant, index % plan.replications(), lookout))));
      }
      int limit = total; // what lies beyond no longer matters
      int first = 0; // all before it are finished
      int count = 0;
      while (first < limit) {
        Done next = lookout.await(finished, limit);
        if (next == null) {
          finished.forEach(late -> done[late.index] = late);
          throw lookout.stuck(done, System.nanoTime() - begun);
        }
        done[next.index] = next;
        if (next.failure == null) {
          progress.finished(++count, total, variants.get(next.index / plan.replications()).name());
        } else if (next.index < limit) {
          // Tasks begin in order: all before this one run or are finished, and one of them may be the first to fail.
          limit = next.index;
          tasks.subList(limit + 1, total).forEach(task -> task.cancel(true));
        }
        while (first < limit && done[first] != null) {
          first++;
        }
      }
      if (limit < total) {
        throw rethrown(watch, variants.get(limit / plan.replications()), limit % plan.replications(), done[limit]);
      }
    } finally {
      workers.shutdownNow();
    }
    return collected(plan, done, System.nanoTime() - begun);
  }

  private ThreadPoolExecutor workers(int threads) {
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            headStartMs > 0 ? 1 : threads, threads, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
            work -> Patience.thread(work, "haltlab-replication"));
    if (headStartMs > 0) {
      // For a pool that has been shut down meanwhile this is nothing.
      CompletableFuture.delayedExecutor(headStartMs, TimeUnit.MILLISECONDS)
          .execute(() -> workers.setCorePoolSize(threads));
    }
    return workers;
  }

  private Done measured(int index, Plan.Variant variant, int replication, Lookout lookout) {
    Meter meter = Meter.start();
    try {
      Outcome outcome = engine.run(variant.spec(), replication, lookout.begins(index));
      Done done = new Done(index, outcome, null, meter.cpuNs(), meter.allocatedBytes());
      Laws.check(variant, replication, outcome);
      return done;
    } catch (Throwable failure) {
      // Everything, errors too: it goes to the caller, who must not wait for an answer that never comes.
      return new Done(index, null, failure, 0, 0);
    } finally {
      lookout.ends(index);
    }
  }

  private static Results collected(Plan plan, @Nullable Done[] done, long wallNs) {
    Results results = finished(plan, done, wallNs);
    if (!results.unfinished().isEmpty()) {
      throw new IllegalStateException("no outcome of " + String.join(", ", results.unfinished()));
    }
    return results;
  }

  /** The variants of which every replication has an outcome. */
  static Results finished(Plan plan, @Nullable Done[] done, long wallNs) {
    List<Plan.Variant> variants = new ArrayList<>();
    List<String> unfinished = new ArrayList<>();
    List<List<Outcome>> outcomes = new ArrayList<>();
    List<Long> cpu = new ArrayList<>();
    long allocated = 0;
    int index = 0;
    for (Plan.Variant variant : plan.variants()) {
      List<Outcome> replications = new ArrayList<>();
      long ns = 0;
      for (int replication = 0; replication < plan.replications(); replication++) {
        Done each = done[index++];
        if (each != null && each.outcome != null) {
          replications.add(each.outcome);
          ns += each.cpuNs;
          allocated = allocated < 0 || each.allocatedBytes < 0 ? -1 : allocated + each.allocatedBytes;
        }
      }
      if (replications.size() < plan.replications()) {
        unfinished.add(variant.name());
        continue;
      }
      variants.add(variant);
      outcomes.add(List.copyOf(replications));
      cpu.add(ns);
    }
    return new Results(
        new Plan(plan.scenario(), plan.seed(), plan.replications(), variants), List.copyOf(outcomes),
        new Results.Stats(wallNs, List.copyOf(cpu), allocated), List.copyOf(unfinished));
  }

  private static RuntimeException rethrown(
      Watch watch, Plan.Variant variant, int replication, @Nullable Done done) {
    Throwable failure = done == null || done.failure == null ? null : watch.named(variant, replication, done.failure);
    if (failure instanceof Error error) {
      throw error;
    }
    // The engine declares no checked exceptions.
    return failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
  }

  private static final class Simulated implements Engine {
    @Override
    public Outcome run(SimulationSpec spec, int replication) throws InterruptedException {
      return Simulation.run(spec, replication);
    }

    @Override
    public Outcome run(SimulationSpec spec, int replication, Consumer<LongSupplier> watcher)
        throws InterruptedException {
      return Simulation.run(spec, replication, watcher);
    }
  }

  /** How one replication went: an outcome or a failure. */
  record Done(
      int index, @Nullable Outcome outcome, @Nullable Throwable failure, long cpuNs, long allocatedBytes) {}
}
