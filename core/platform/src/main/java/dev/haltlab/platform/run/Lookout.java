package dev.haltlab.platform.run;

import dev.haltlab.platform.catalog.Patience;
import dev.haltlab.platform.catalog.PluginCode;
import dev.haltlab.platform.scenario.Plan;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the replications under way while the calling thread waits for them. The simulating threads pay nothing for
 * it: their stacks are taken and their simulated time is read from here, once a second.
 */
final class Lookout {
  private final Plan plan;
  private final Watch watch;
  private final Patience patience;
  private final Map<Integer, Replication> running = new ConcurrentHashMap<>();
  private long lookAtNs;
  private @Nullable Stuck stuck;

  Lookout(Plan plan, Watch watch) {
    this.plan = plan;
    this.watch = watch;
    this.patience = watch.patience();
    this.lookAtNs = System.nanoTime() + patience.lookNs();
  }

  /** A replication begins, on the thread that calls this. */
  Consumer<LongSupplier> begins(int index) {
    Replication replication = new Replication(Thread.currentThread());
    running.put(index, replication);
    return nowNs -> replication.nowNs = nowNs;
  }

  void ends(int index) {
    running.remove(index);
  }

  /**
   * Waits for the next replication to finish.
   *
   * @param limit replications from this one on no longer matter
   * @return null if a plugin does not come back
   */
  Runner.@Nullable Done await(BlockingQueue<Runner.Done> finished, int limit) throws InterruptedException {
    if (patience.isEndless()) {
      return finished.take();
    }
    while (true) {
      long untilLookNs = lookAtNs - System.nanoTime();
      if (untilLookNs <= 0) {
        stuck = look(limit);
        if (stuck != null) {
          return null;
        }
        lookAtNs = System.nanoTime() + patience.lookNs();
        continue;
      }
      Runner.Done next = finished.poll(untilLookNs, TimeUnit.NANOSECONDS);
      if (next != null) {
        return next;
      }
    }
  }

  private @Nullable Stuck look(int limit) {
    for (Map.Entry<Integer, Replication> each : running.entrySet()) {
      Replication replication = each.getValue();
      // The stack first: to give it the thread stops at a safepoint, where all it has written can be read.
      Optional<PluginCode.Found> found = watch.pluginOn(replication.thread.getStackTrace());
      long nowNs = replication.nowNs.getAsLong();
      if (replication.looks.isExhausted(nowNs, found.isPresent()) && each.getKey() < limit) {
        return new Stuck(each.getKey(), found.orElseThrow(), nowNs);
      }
    }
    return null;
  }

  /** The failure, once {@link #await} has found one. */
  FailedRun stuck(Runner.@Nullable Done[] done, long wallNs) {
    Stuck who = stuck;
    if (who == null) {
      throw new IllegalStateException("every plugin has come back");
    }
    Results finished = Runner.finished(plan, done, wallNs);
    return watch.stuck(
        plan.variants().get(who.index / plan.replications()), who.index % plan.replications(), who.plugin, who.nowNs,
        finished.outcomes().isEmpty() ? Optional.empty() : Optional.of(finished));
  }

  /** One that does not come back. */
  private record Stuck(int index, PluginCode.Found plugin, long nowNs) {}

  /** A replication under way. */
  private static final class Replication {
    private final Thread thread;
    private final Patience.Count looks = new Patience.Count();
    private volatile LongSupplier nowNs = () -> -1;

    Replication(Thread thread) {
      this.thread = thread;
    }
  }
}
