package dev.haltlab.engine.host;

import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.engine.sim.FairQueue;
import dev.haltlab.engine.sim.Source;
import dev.haltlab.spi.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One CPU of the host: who runs on it, who waits, its tick, its idle state. Its time is charged by the thread that runs;
 * here only idle time is.
 */
public final class PhysicalCpu implements Source, Window.Meter {
  private static final int HOST_TICK = Step.HOST_TICK.ordinal();

  private final int id;
  private final Calendar calendar;
  private final Costs costs;
  private final int tickSlot;
  private final long tickNs;
  private final IdleStates idleStates;
  private final long lazyNs;
  private final FairQueue<HostThread.Entity> queue = new FairQueue<>();

  /** Time of the threads that ran here, by {@link CpuTime}; charged by them. */
  private final long[] spentNs = new long[CpuTime.COUNT];

  private final long[] idleNs;
  private HostThread.@Nullable Entity current;
  private boolean idle = true;
  private int idleState;
  private long idleSinceNs;
  /** The thread that slept last, while its context may still be loaded: until {@link #lazyUntilNs}. */
  private HostThread.@Nullable Entity loaded;
  private long lazyUntilNs;
  private @Nullable Recorder recorder;
  /** The threads that run, wait or sleep here. */
  private final List<HostThread.Entity> residents = new ArrayList<>();

  /**
   * @param tickNs period of the host's tick
   * @param idleStates its C-states and the choice among them
   * @param lazyNs how long it waits in its shallowest C-state, the sleeper's context loaded, before it switches to idle
   */
  public PhysicalCpu(
      int id, Calendar calendar, Costs costs, int tickSlot, long tickNs, IdleStates idleStates, long lazyNs) {
    this.id = id;
    this.calendar = calendar;
    this.costs = costs;
    this.tickSlot = tickSlot;
    this.tickNs = tickNs;
    this.idleStates = idleStates;
    this.lazyNs = lazyNs;
    this.idleNs = new long[idleStates.count()];
  }

  /** Tells a recorder of its idle times from now on. */
  public void recordTo(Recorder newRecorder) {
    recorder = newRecorder;
  }

  /** Starts the tick with the given phase. Called once, at time 0; without it the pCPU never ticks (native). */
  public void start(long phaseNs) {
    calendar.schedule(tickSlot, phaseNs);
  }

  /** Index in the host. */
  public int id() {
    return id;
  }

  /** Where a thread that runs here charges its time. */
  public long[] account() {
    return spentNs;
  }

  /** Whether no thread runs or waits here. */
  public boolean isIdle() {
    return idle;
  }

  /** Threads that wait here. */
  public int waiting() {
    return queue.size();
  }

  // --- the scheduler ---

  /** A thread that slept wants to run here. */
  void wake(HostThread.Entity woken) {
    if (woken.cpu != this) {
      woken.cpu.residents.remove(woken);
      woken.cpu = this;
      arrives(woken);
    }
    HostThread.Entity running = current;
    if (running == null) {
      current = woken;
      queue.startWoken(woken, calendar.nowNs());
      boolean still = woken == loaded && calendar.nowNs() <= lazyUntilNs;
      woken.thread().wokenOnIdle(leaveIdle(), still);
      return;
    }
    queue.addWoken(woken);
    woken.thread().queued();
    boolean takesOver = queue.preempts(woken, running, calendar.nowNs());
    running.thread().othersWait();
    if (takesOver && current == running) {
      running.thread().reschedule(false);
    }
  }

  /** A thread will run here. */
  void arrives(HostThread.Entity thread) {
    residents.add(thread);
  }

  /**
   * The running thread sleeps: the next one gets the pCPU, or it goes idle.
   *
   * @param timerNs when a timer of the host will wake it; {@link Calendar#NEVER} if none will
   */
  public void blocked(HostThread.Entity running, long timerNs) {
    running.timerNs = timerNs;
    queue.charge(running, calendar.nowNs());
    dispatchNext();
    delaySwitch(running, calendar.nowNs());
  }

  /** The running thread gives up the pCPU but still wants it. */
  public void preempted(HostThread.Entity running) {
    queue.charge(running, calendar.nowNs());
    queue.addPreempted(running);
    running.thread().queued();
    dispatchNext();
  }

  private void dispatchNext() {
    HostThread.Entity next = queue.take();
    current = next;
    if (next == null) {
      idle(idleStates.haveChoice() ? nextTimerNs() : Calendar.NEVER);
    } else {
      queue.started(next, calendar.nowNs());
      next.thread().dispatched();
    }
  }

  // --- idle ---

  /** When the first timer of the threads that sleep here is due: of all, as this is asked when none runs or waits. */
  private long nextTimerNs() {
    long least = Calendar.NEVER;
    for (int i = 0; i < residents.size(); i++) {
      least = Math.min(least, residents.get(i).timerNs);
    }
    return least;
  }

  /**
   * Goes idle. Natively the guest's own HLT calls this.
   *
   * @param timerNs when a timer is due here: the idle governor counts on it; {@link Calendar#NEVER} if there is none
   */
  public void idle(long timerNs) {
    idle = true;
    idleSinceNs = calendar.nowNs();
    lazyUntilNs = idleSinceNs;
    idleState = idleStates.choose(timerNs == Calendar.NEVER ? Calendar.NEVER : timerNs - idleSinceNs);
  }

  /** If the pCPU went idle, it keeps the context of the thread that sleeps since {@code sinceNs}. */
  private void delaySwitch(HostThread.Entity sleeper, long sinceNs) {
    if (lazyNs > 0 && idle) {
      loaded = sleeper;
      lazyUntilNs = sinceNs + lazyNs;
    }
  }

  /** Goes idle natively in the C-state that the guest has chosen itself, one that takes {@code exitNs} to leave. */
  public void idleAs(long exitNs) {
    idle = true;
    idleSinceNs = calendar.nowNs();
    lazyUntilNs = idleSinceNs;
    idleState = idleStates.within(exitNs);
  }

  /** Leaves idle; returns what the C-state costs beyond the shallowest one, ns. */
  public long leaveIdle() {
    idle = false;
    long nowNs = calendar.nowNs();
    long chosenNs = nowNs - Math.max(idleSinceNs, lazyUntilNs);
    chargeIdle(nowNs);
    boolean switched = loaded == null || nowNs > lazyUntilNs;
    loaded = null;
    if (!switched) {
      return 0; // still in the shallowest state
    }
    idleStates.observed(chosenNs);
    return idleStates.excessNs(idleState);
  }

  /** Charges idle time up to now: the shallowest state's while the switch is delayed, then the chosen one's. */
  private void chargeIdle(long nowNs) {
    long switchedNs = Math.min(nowNs, Math.max(idleSinceNs, lazyUntilNs));
    idleNs[0] += switchedNs - idleSinceNs;
    tellIdle(0, idleSinceNs, switchedNs);
    idleNs[idleState] += nowNs - switchedNs;
    tellIdle(idleState, switchedNs, nowNs);
    idleSinceNs = nowNs;
  }

  /**
   * The running thread turns out to have slept since {@code sinceNs}: a bound's decision is settled after the fact.
   *
   * @param timerNs as in {@link #blocked}
   */
  public void blockedSince(HostThread.Entity running, long sinceNs, long timerNs) {
    running.timerNs = timerNs;
    queue.charge(running, sinceNs); // gives back what ticks have charged it with since
    dispatchNext();
    if (idle) {
      idleSinceNs = sinceNs;
      lazyUntilNs = sinceNs;
      delaySwitch(running, sinceNs);
    } else {
      idleNs[idleState] += calendar.nowNs() - sinceNs;
      tellIdle(idleState, sinceNs, calendar.nowNs());
    }
  }

  private void tellIdle(int state, long fromNs, long toNs) {
    Recorder told = recorder;
    if (told != null && toNs > fromNs) {
      told.idle(id, state, fromNs, toNs);
    }
  }

  // --- interrupts ---

  /** A host interrupt arrives: the running thread loses {@code ns}. */
  public void interrupt(long ns) {
    HostThread.Entity running = current;
    if (running != null) {
      running.thread().interruptedFor(ns);
    }
  }

  @Override
  public void fire(int slot) {
    calendar.schedule(tickSlot, calendar.nowNs() + tickNs);
    HostThread.Entity running = current;
    if (running == null) {
      return; // the host's own tick stops in idle
    }
    queue.charge(running, calendar.nowNs());
    boolean over = queue.sliceOver(running, calendar.nowNs());
    running.thread().interruptedFor(costs.draw(HOST_TICK));
    if (over && current == running) {
      running.thread().reschedule(true);
    }
  }

  // --- accounts ---

  /** Time spent one way in this window. */
  public long spentNs(int way) {
    return spentNs[way];
  }

  /** Idle time in a C-state in this window. */
  public long idleNs(int state) {
    return idleNs[state];
  }

  @Override
  public void reset(long nowNs) {
    if (idle) {
      chargeIdle(nowNs);
    }
    idleSinceNs = nowNs;
    Arrays.fill(idleNs, 0);
    Arrays.fill(spentNs, 0);
  }

  @Override
  public void close(long nowNs) {
    if (idle) {
      chargeIdle(nowNs);
    }
  }
}
