package dev.haltlab.engine.host;

import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.Track;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.engine.sim.Source;
import dev.haltlab.spi.Step;
import org.jspecify.annotations.Nullable;

/** A host thread other than a vCPU: wants a burst of CPU time every period, and never gives up work it did not get to. */
public final class HostTask implements HostThread, Source, Window.Meter {
  private static final int HOST_SWITCH = Step.HOST_SWITCH.ordinal();

  private enum State { SLEEPING, WAITING, C_EXIT, COMING, RUNNING, INTERRUPTED }

  private final SimulationSpec.HostTask spec;
  private final Calendar calendar;
  private final Costs costs;
  private final HostScheduler scheduler;
  private final int stepSlot;
  private final int periodSlot;
  private final Entity entity;

  private State state = State.SLEEPING;
  private State interruptedState = State.SLEEPING;
  private long leftNs;
  private boolean mustGo;

  private int way = CpuTime.BLOCKED;
  private long sinceNs;
  private long endNs;
  private long ranNs;
  private long wantedNs;
  private long burnedNs;
  private @Nullable Track track;

  /**
   * @param cpu where it starts
   * @param stepSlot its first calendar slot; it owns this and the next
   */
  public HostTask(
      SimulationSpec.HostTask spec, Calendar calendar, Costs costs, HostScheduler scheduler, PhysicalCpu cpu, int stepSlot) {
    this.spec = spec;
    this.calendar = calendar;
    this.costs = costs;
    this.scheduler = scheduler;
    this.stepSlot = stepSlot;
    this.periodSlot = stepSlot + 1;
    this.entity = new Entity(this, spec.pcpu(), cpu);
  }

  /** Tells a recorder from now on, by this index. */
  public void recordTo(Recorder recorder, int thread) {
    track = new Track(recorder, thread, entity.cpu().id(), way, Recorder.NONE);
  }

  /** Starts the first period at the given time. Called once, at time 0. */
  public void start(long phaseNs) {
    calendar.schedule(periodSlot, phaseNs);
  }

  @Override
  public Entity entity() {
    return entity;
  }

  @Override
  public void fire(int slot) {
    if (slot == periodSlot) {
      calendar.schedule(periodSlot, calendar.nowNs() + spec.periodNs());
      wantedNs += spec.burstNs();
      leftNs += spec.burstNs();
      if (state == State.SLEEPING) {
        scheduler.wake(entity);
      } else if (state == State.RUNNING) {
        run();
      }
      return;
    }
    switch (state) {
      case INTERRUPTED -> {
        state = interruptedState;
        if (mustGo) {
          giveUp();
        } else {
          resume();
        }
      }
      case C_EXIT -> come();
      case COMING -> {
        if (mustGo) {
          giveUp();
        } else {
          run();
        }
      }
      case RUNNING -> {
        spend(CpuTime.BLOCKED);
        if (leftNs > 0) {
          run();
          return;
        }
        state = State.SLEEPING;
        entity.cpu().blocked(entity, calendar.timeOf(periodSlot));
      }
      default -> throw new IllegalStateException("a host task that does not run had a step");
    }
  }

  private void run() {
    state = State.RUNNING;
    spend(CpuTime.BACKGROUND);
    endNs = calendar.nowNs() + leftNs;
    calendar.schedule(stepSlot, endNs);
  }

  private void come() {
    state = State.COMING;
    spend(CpuTime.SWITCH);
    endNs = calendar.nowNs() + costs.draw(HOST_SWITCH);
    calendar.schedule(stepSlot, endNs);
  }

  private void resume() {
    if (state == State.RUNNING) {
      run();
    } else {
      spend(state == State.C_EXIT ? CpuTime.C_EXIT : CpuTime.SWITCH);
      endNs = calendar.nowNs() + burnedNs;
      calendar.schedule(stepSlot, endNs);
    }
  }

  private void giveUp() {
    mustGo = false;
    spend(CpuTime.BLOCKED);
    calendar.cancel(stepSlot);
    entity.cpu().preempted(entity);
  }

  @Override
  public void wokenOnIdle(long cstateExitNs, boolean loaded) {
    mustGo = false;
    if (cstateExitNs == 0) {
      come();
      return;
    }
    state = State.C_EXIT;
    spend(CpuTime.C_EXIT);
    endNs = calendar.nowNs() + cstateExitNs;
    calendar.schedule(stepSlot, endNs);
  }

  @Override
  public void queued() {
    state = State.WAITING;
  }

  @Override
  public void dispatched() {
    mustGo = false;
    come();
  }

  @Override
  public void reschedule(boolean sliceOver) {
    if (state == State.RUNNING) {
      giveUp();
    } else {
      mustGo = true; // on its way in or interrupted: it goes when that is over
    }
  }

  @Override
  public void othersWait() {}

  @Override
  public void interruptedFor(long ns) {
    if (state == State.INTERRUPTED) {
      endNs += ns;
    } else {
      interruptedState = state;
      burnedNs = endNs - calendar.nowNs();
      state = State.INTERRUPTED;
      spend(CpuTime.HOST_IRQ);
      endNs = calendar.nowNs() + ns;
    }
    calendar.schedule(stepSlot, endNs);
  }

  private void spend(int newWay) {
    long ns = calendar.nowNs() - sinceNs;
    sinceNs += ns;
    entity.cpu().account()[way] += ns;
    if (way == CpuTime.BACKGROUND) {
      ranNs += ns;
      leftNs -= ns;
    }
    Track told = track;
    if (told != null) {
      told.movesTo(entity.cpu().id(), calendar.nowNs());
      told.spends(newWay, Recorder.NONE, calendar.nowNs());
    }
    way = newWay;
  }

  /** CPU time it got in this window. */
  public long ranNs() {
    return ranNs;
  }

  /** CPU time its activations in this window asked for. */
  public long wantedNs() {
    return wantedNs;
  }

  /** As in the spec. */
  public String name() {
    return spec.name();
  }

  @Override
  public void reset(long nowNs) {
    spend(way);
    java.util.Arrays.fill(entity.cpu().account(), 0);
    ranNs = 0;
    wantedNs = 0;
  }

  @Override
  public void close(long nowNs) {
    spend(way);
    Track told = track;
    if (told != null) {
      told.tellUpTo(nowNs);
    }
  }
}
