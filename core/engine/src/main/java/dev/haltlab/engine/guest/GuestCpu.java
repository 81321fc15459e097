package dev.haltlab.engine.guest;

import dev.haltlab.engine.ApicTimer;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.measure.ProbeRecorder;
import dev.haltlab.engine.measure.Token;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.engine.sim.FairQueue;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.Step;
import org.jspecify.annotations.Nullable;

/**
 * One CPU as the guest kernel sees it, as one state machine: {@link #proceed} moves it from {@link Phase} to phase until
 * an operation of the {@link LogicalCpu} takes time. Here are its run queue and what its parts share; what the running
 * task asks for is done in {@link Verbs}, waiting in the {@link IdleLoop}, interrupts in {@link InterruptHandlers}.
 */
public final class GuestCpu {
  private static final int SCHEDULER = PathStep.GUEST_SCHEDULER.ordinal();
  private static final int QUEUE_WAIT = PathStep.QUEUE_WAIT.ordinal();
  private static final int GUEST_SWITCH = Step.GUEST_SWITCH.ordinal();

  /** Verbs, or passes of the idle loop, without simulated time after which a guest is taken to be stuck. */
  static final int STUCK = 1_000_000;

  static final long WATCHDOG_NS = 4_000_000_000L;

  private final int id;
  final GuestKernel kernel;
  final Calendar calendar;
  final boolean bare;
  private final Costs costs;
  private final boolean watchdog;

  final FairQueue<Task> runQueue = new FairQueue<>();
  private final ClockEvent clockEvent;
  final TimerQueue timers;
  final Tick tick;
  final TimerWheel wheel;
  private final Verbs verbs;
  final IdleLoop idleLoop;
  final InterruptHandlers interrupts;
  /** What it runs on. */
  LogicalCpu under;

  int phase = Phase.SCHEDULE;
  /** Whether an operation is under way: proceeding waits for its end. */
  boolean issued;
  /** Whether there is a recorder to tell; looked at where asking for it would be a call for nothing. */
  boolean recorded;
  private int stuckCount;
  private long stuckAtNs;

  @Nullable Task current;
  private @Nullable Task next;
  private @Nullable Task last;
  boolean idle;
  /** The polling flag, TIF_POLLING_NRFLAG: a waker that meets it sends no interrupt. */
  boolean polling;
  boolean needResched;
  /** Token of a message on its way here whose sender still works at the wake-up. */
  private @Nullable Token inTransit;
  /** Task whose sleep is over and whose token this CPU charges with bringing it back. */
  @Nullable Task awakening;

  /**
   * @param apicTimer how it programs its timer
   * @param policy its idle policy
   * @param view what the policy sees of this CPU
   * @param jiffyOffsetNs phase of the guest's jiffies
   */
  public GuestCpu(
      GuestKernel kernel, int id, Calendar calendar, Costs costs, ApicTimer apicTimer, IdlePolicy policy,
      IdleView view, long jiffyOffsetNs, boolean watchdog) {
    this.kernel = kernel;
    this.id = id;
    this.calendar = calendar;
    this.costs = costs;
    this.bare = kernel.isBare();
    this.watchdog = watchdog && !bare;
    this.clockEvent = ClockEvent.of(kernel, apicTimer);
    this.timers = new TimerQueue(kernel.atLeast(4, 14), clockEvent.hasDivider());
    this.tick =
        new Tick(timers, view.tickPeriodNs(), jiffyOffsetNs, kernel.atLeast(5, 15), kernel.atLeast(7, 1));
    this.wheel = new TimerWheel(tick);
    this.verbs = new Verbs(this);
    boolean mwait = !view.mwaitStates().isEmpty();
    this.idleLoop = new IdleLoop(this, new IdleGovernor(policy, mwait, kernel.name(), id, calendar));
    this.interrupts = new InterruptHandlers(this);
    view.attach(this);
  }

  /** Puts this guest CPU on what it runs on. */
  public void attach(LogicalCpu newCpu) {
    under = newCpu;
  }

  /** Index in its guest. */
  public int id() {
    return id;
  }

  /** Starts timers and, if there are any, tasks. Called once, at time 0, by the CPU under it. */
  public void boot() {
    if (!bare) {
      tick.start(calendar.nowNs());
      if (watchdog) {
        timers.add(TimerQueue.WATCHDOG, calendar.nowNs() + WATCHDOG_NS);
      }
    }
    phase = Phase.IDLE_EXIT_WRITES; // the first register writes, then the first task
    proceed();
  }

  void addTask(Task task) {
    task.resumeAt = Phase.NEXT_VERB;
    runQueue.addWoken(task);
  }

  void addWheelTimer(Sampler interval) {
    wheel.addBackground(interval);
  }

  /** Number of background timers added. */
  int wheelTimers() {
    return wheel.backgroundTimers();
  }

  boolean isIdle() {
    return idle && !needResched;
  }

  // --- called by the CPU under it ---

  /** The operation is done: goes on until the next one. */
  public void proceed() {
    issued = false;
    while (!issued) {
      switch (phase) {
        case Phase.NEXT_VERB -> verbs.next();
        case Phase.VERB -> verbs.begin();
        case Phase.WAKE -> verbs.wake();
        case Phase.DELIVER -> verbs.deliver();
        case Phase.WAKE_ANOTHER -> verbs.wakeAnother();
        case Phase.WOKEN_ANOTHER -> verbs.wokenAnother();
        case Phase.DELIVERED -> verbs.delivered();
        case Phase.TAKE -> verbs.take();
        case Phase.SLEEP_ARM -> verbs.armSleep();
        case Phase.SLEEP_BLOCK -> verbs.blockSleep();
        case Phase.SLEPT -> verbs.slept();
        case Phase.RESUME -> {
          Task resumed = task();
          phase = resumed.savedPhase;
          run(resumed.savedLabel, resumed.savedNs, true);
        }
        case Phase.SCHEDULE -> schedule();
        case Phase.SWITCHED -> switched();
        case Phase.IDLE_ENTER -> idleLoop.enter();
        case Phase.IDLE_PASS -> idleLoop.pass();
        case Phase.IDLE_WRITES -> idleLoop.writes();
        case Phase.IDLE_SLEEP -> idleLoop.sleep();
        case Phase.IDLE_WOKEN -> idleLoop.woken();
        case Phase.IDLE_EXIT -> idleLoop.exit();
        case Phase.IDLE_RESTART -> idleLoop.restartTick();
        case Phase.IDLE_EXIT_WRITES -> idleLoop.exitWrites();
        case Phase.ISR -> interrupts.enter();
        case Phase.ISR_EOI -> interrupts.acknowledge();
        case Phase.ISR_BODY -> interrupts.body();
        case Phase.ISR_WRITES -> interrupts.writes();
        case Phase.ISR_EXIT -> interrupts.exit();
        default -> throw new IllegalStateException("no such phase: " + phase);
      }
    }
  }

  /** An interrupt is delivered while halted, or breaks into an operation with {@code remainingNs} left. */
  public void interrupted(int label, long remainingNs) {
    interrupts.breakInto(label, remainingNs);
    proceed();
  }

  /** The interrupt of a waker has reached this CPU: a message's token on its way here is held by it from now on. */
  public void claimTransit() {
    Token token = inTransit;
    if (token != null) {
      inTransit = null;
      under.hold(token, QUEUE_WAIT);
    }
  }

  /**
   * The timer has fired, and is served at once: from now on this CPU brings back a task whose sleep is over, and charges
   * the token of that task, unless it has another one to charge.
   */
  public void claimSleeper() {
    if (under.token() != null) {
      return;
    }
    Task sleeper = timers.expiredSleeperWithToken(calendar.nowNs());
    if (sleeper != null && sleeper.token != null) {
      awakening = sleeper;
      under.hold(sleeper.token, QUEUE_WAIT);
    }
  }

  // --- the scheduler ---

  /** Makes a task runnable here; returns whether the waker must send an interrupt. */
  boolean wake(Task task, @Nullable Token token, GuestCpu from) {
    runQueue.addWoken(task);
    if (from == this) {
      parkQueued(token);
      needResched |= idle || (current != null && runQueue.preempts(task, current, calendar.nowNs()));
      return false;
    }
    if (!idle) {
      from.parkQueued(token);
      if (!needResched && current != null && runQueue.preempts(task, current, calendar.nowNs())) {
        needResched = true;
        return true;
      }
      return false;
    }
    if (needResched) {
      from.parkQueued(token); // somebody else is on the way to wake this CPU
      return false;
    }
    needResched = true;
    if (polling) {
      if (token != null) {
        under.hold(token, QUEUE_WAIT);
      }
      under.notice();
      return false;
    }
    inTransit = token;
    return true;
  }

  /** The running task waits; a token it keeps is charged with {@code parkAs}. */
  void leave(Task task, int parkAs) {
    runQueue.charge(task, calendar.nowNs());
    if (task.token != null) {
      under.release(task.token);
      task.token.park(calendar.nowNs(), parkAs);
    }
    current = null;
  }

  void preempt(Task task) {
    leave(task, QUEUE_WAIT);
    runQueue.addPreempted(task);
    schedule();
  }

  void schedule() {
    needResched = false;
    if (recorded) {
      Told.switched(this, Recorder.NONE);
    }
    Task chosen = runQueue.take();
    if (chosen != null) {
      boolean stays = chosen == last && !idle;
      idle = false;
      next = chosen;
      phase = Phase.SWITCHED;
      run(SCHEDULER, stays ? 0 : cost(GUEST_SWITCH), false);
    } else {
      boolean stays = idle;
      idle = true;
      polling = !bare;
      phase = Phase.IDLE_ENTER;
      run(SCHEDULER, stays ? 0 : cost(GUEST_SWITCH), false);
    }
  }

  private void switched() {
    Task task = next;
    if (task == null) {
      throw new IllegalStateException("nothing to switch to");
    }
    next = null;
    current = task;
    last = task;
    if (recorded) {
      Told.switched(this, task.index);
    }
    runQueue.started(task, calendar.nowNs());
    phase = task.resumeAt;
    if (awakening != null) {
      letWait(awakening);
      awakening = null;
    }
    if (task.token != null) {
      under.hold(task.token, QUEUE_WAIT);
    }
  }

  /** The running task. */
  Task task() {
    Task task = current;
    if (task == null) {
      throw new IllegalStateException("no task runs on vCPU " + id + " of " + kernel.name());
    }
    return task;
  }

  // --- operations ---

  /** Issues an operation, unless it takes no time. The phase to go on with is set before. */
  void run(int pathStep, long ns, boolean interruptible) {
    if (ns > 0 && !under.execute(pathStep, ns, interruptible)) {
      issued = true;
    }
  }

  /** Issues the register writes that wait, one by one; returns whether all are done. */
  boolean writesDone() {
    while (timers.hasWrite()) {
      long write = timers.takeWrite();
      if (!under.writeTimer(clockEvent.register(write), write < 0 ? TimerQueue.NEVER : write)) {
        issued = true;
        return false;
      }
    }
    return true;
  }

  /** What a step of the guest kernel costs now, ns; nothing in a bare guest. */
  long cost(int step) {
    return bare ? 0 : costs.draw(step);
  }

  /** Whether it has come here too often without simulated time going by. */
  boolean isStuck() {
    long nowNs = calendar.nowNs();
    if (nowNs != stuckAtNs) {
      stuckAtNs = nowNs;
      stuckCount = 0;
      return false;
    }
    return ++stuckCount > STUCK;
  }

  // --- tokens ---

  /** A token whose message waits in a queue here is charged with that wait. */
  void parkQueued(@Nullable Token token) {
    if (token != null) {
      under.release(token);
      token.park(calendar.nowNs(), QUEUE_WAIT);
    }
  }

  /** A task that is runnable but does not run: if its token is held here, it is charged with the wait. */
  void letWait(Task task) {
    Token token = task.token;
    if (token != null && token.holder == under) {
      parkQueued(token);
    }
  }

  /** Gives up the token a task still has. */
  void drop(Task task) {
    Token token = task.token;
    if (token != null) {
      task.token = null;
      under.release(token);
      discard(token);
    }
  }

  static void discard(Token token) {
    ProbeRecorder probe = token.probe();
    if (probe != null) {
      probe.discard(token);
    }
  }
}
