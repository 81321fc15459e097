package dev.haltlab.engine.sim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run queue that is fair by virtual run time, as Linux's completely fair scheduler is with equal weights. Serves both
 * the host's threads and a guest's tasks. Small: a linear scan beats a tree at the lengths that occur.
 *
 * <p>Constants: kernel/sched/fair.c defaults before scaling by CPU count ({@code sysctl_sched_latency} 6 ms, {@code
 * sysctl_sched_min_granularity} 0.75 ms, {@code sysctl_sched_wakeup_granularity} 1 ms; a sleeper is placed half a
 * latency back).
 */
public final class FairQueue<E extends FairQueue.Entity> {
  private static final long LATENCY_NS = 6_000_000;
  private static final long MIN_GRANULARITY_NS = 750_000;
  private static final long WAKEUP_GRANULARITY_NS = 1_000_000;

  private Entity[] waiting = new Entity[4];
  private int size;
  private long minVirtualNs;
  private long arrivals;

  /** Something that is scheduled. Extended by threads and tasks. */
  public abstract static class Entity {
    private @Nullable FairQueue<?> home;
    private long virtualNs;
    private long runningSinceNs;
    private long sliceStartNs;
    private long arrival;
  }

  /** Number waiting, without the one that runs. */
  public int size() {
    return size;
  }

  /** Whether nobody waits. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Adds one that has slept: it gets a little credit, not all its sleep. */
  public void addWoken(E entity) {
    place(entity);
    insert(entity);
  }

  /** One that has slept gets the CPU at once, because nobody runs or waits: with the same credit, for those who come. */
  public void startWoken(E entity, long nowNs) {
    place(entity);
    started(entity, nowNs);
  }

  /** Adds one that was running and still wants to. */
  public void addPreempted(E entity) {
    insert(entity);
  }

  /** Takes the one that is furthest behind, the earliest arrival among equals; null if nobody waits. */
  @SuppressWarnings("unchecked")
  public @Nullable E take() {
    if (size == 0) {
      return null;
    }
    int best = 0;
    for (int i = 1; i < size; i++) {
      if (before(waiting[i], waiting[best])) {
        best = i;
      }
    }
    Entity taken = waiting[best];
    waiting[best] = waiting[--size];
    return (E) taken;
  }

  /** The entity gets the CPU. */
  public void started(E entity, long nowNs) {
    Entity e = entity;
    e.runningSinceNs = nowNs;
    e.sliceStartNs = nowNs;
    minVirtualNs = Math.max(minVirtualNs, e.virtualNs);
  }

  /** Charges a running entity up to now. */
  public void charge(E entity, long nowNs) {
    Entity e = entity;
    e.virtualNs += nowNs - e.runningSinceNs;
    e.runningSinceNs = nowNs;
    long least = e.virtualNs;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, waiting[i].virtualNs);
    }
    minVirtualNs = Math.max(minVirtualNs, least);
  }

  /** Whether a running entity has used up its share while others wait; asked at a tick. */
  public boolean sliceOver(E running, long nowNs) {
    if (size == 0) {
      return false;
    }
    Entity e = running;
    return nowNs - e.sliceStartNs >= Math.max(MIN_GRANULARITY_NS, LATENCY_NS / (size + 1));
  }

  /** Whether a woken entity takes the CPU from a running one at once. */
  public boolean preempts(E woken, E running, long nowNs) {
    charge(running, nowNs);
    Entity w = woken;
    Entity r = running;
    return r.virtualNs - w.virtualNs > WAKEUP_GRANULARITY_NS;
  }

  /** Virtual time passes differently in each queue: one that comes from another keeps its lag or lead, not its time. */
  private void place(Entity e) {
    FairQueue<?> before = e.home;
    if (before != this) {
      e.virtualNs += before == null ? 0 : minVirtualNs - before.minVirtualNs;
      e.home = this;
    }
    e.virtualNs = Math.max(e.virtualNs, minVirtualNs - LATENCY_NS / 2);
  }

  private void insert(Entity e) {
    if (size == waiting.length) {
      waiting = Arrays.copyOf(waiting, size * 2);
    }
    e.arrival = arrivals++;
    waiting[size++] = e;
  }

  private static boolean before(Entity a, Entity b) {
    return a.virtualNs != b.virtualNs ? a.virtualNs < b.virtualNs : a.arrival < b.arrival;
  }
}
