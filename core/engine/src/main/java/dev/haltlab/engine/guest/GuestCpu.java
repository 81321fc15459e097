package dev.haltlab.engine.guest;

import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PluginFailure;
import dev.haltlab.engine.measure.ProbeRecorder;
import dev.haltlab.engine.measure.Token;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.engine.sim.FairQueue;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.Step;
import org.jspecify.annotations.Nullable;

/**
 * One CPU as the guest kernel sees it: run queue, verbs of the running task, interrupt handlers and the idle loop, as one
 * state machine. {@link #proceed} moves it from phase to phase until an operation of the {@link LogicalCpu} takes time.
 *
 * <p>Source of the idle loop: kernel/sched/idle.c, Linux 3.16 and 4.19. The polling flag stands from the start of the
 * loop to just before HLT: a waker that meets it sends no interrupt.
 */
public final class GuestCpu implements Cpu {
  // Phases. A verb of the running task:
  private static final int NEXT_VERB = 0;
  private static final int VERB = 1;
  private static final int WAKE = 2;
  private static final int DELIVER = 3;
  private static final int DELIVERED = 4;
  private static final int TAKE = 5;
  private static final int SLEEP_ARM = 6;
  private static final int SLEEP_BLOCK = 7;
  private static final int SLEPT = 8;
  private static final int RESUME = 9;
  // The scheduler:
  private static final int SCHEDULE = 10;
  private static final int SWITCHED = 11;
  // The idle loop:
  private static final int IDLE_ENTER = 12;
  private static final int IDLE_LOOP = 13;
  private static final int IDLE_WRITES = 14;
  private static final int IDLE_SLEEP = 15;
  private static final int IDLE_WOKEN = 16;
  private static final int IDLE_EXIT = 17;
  private static final int IDLE_RESTART = 18;
  private static final int IDLE_EXIT_WRITES = 19;
  // Interrupt handlers:
  private static final int ISR = 21;
  private static final int ISR_EOI = 22;
  private static final int ISR_BODY = 23;
  private static final int ISR_WRITES = 24;
  private static final int ISR_EXIT = 26;
  // A manual event wakes more than one task:
  private static final int WAKE_ANOTHER = 27;
  private static final int WOKEN_ANOTHER = 28;

  private static final int SYSCALL = PathStep.SYSCALL.ordinal();
  private static final int SCHEDULER = PathStep.GUEST_SCHEDULER.ordinal();
  private static final int IDLE = PathStep.GUEST_IDLE.ordinal();
  private static final int INTERRUPT = PathStep.GUEST_INTERRUPT.ordinal();
  private static final int WORK = PathStep.GUEST_WORK.ordinal();
  private static final int QUEUE_WAIT = PathStep.QUEUE_WAIT.ordinal();
  private static final int SLEEPING = PathStep.SLEEPING.ordinal();

  private static final int GUEST_SWITCH = Step.GUEST_SWITCH.ordinal();
  private static final int IDLE_ENTER_COST = Step.IDLE_ENTER.ordinal();
  private static final int IDLE_EXIT_COST = Step.IDLE_EXIT.ordinal();
  private static final int GUEST_WAKE_UP = Step.GUEST_WAKE_UP.ordinal();
  private static final int RESCHEDULE_ISR = Step.RESCHEDULE_ISR.ordinal();
  private static final int TIMER_ISR = Step.TIMER_ISR.ordinal();
  private static final int SOFTIRQ = Step.SOFTIRQ.ordinal();
  private static final int SEND = Step.SEND.ordinal();
  private static final int SEND_RETURN = Step.SEND_RETURN.ordinal();
  private static final int RECEIVE_WAIT = Step.RECEIVE_WAIT.ordinal();
  private static final int RECEIVE = Step.RECEIVE.ordinal();
  private static final int COPY_KIB = Step.COPY_KIB.ordinal();
  private static final int POLL_SOCKETS = Step.POLL_SOCKETS.ordinal();
  private static final int SIGNAL = Step.SIGNAL.ordinal();
  private static final int SIGNAL_RETURN = Step.SIGNAL_RETURN.ordinal();
  private static final int AWAIT_WAIT = Step.AWAIT_WAIT.ordinal();
  private static final int AWAIT = Step.AWAIT.ordinal();
  private static final int SLEEP = Step.SLEEP.ordinal();
  private static final int SLEEP_RETURN = Step.SLEEP_RETURN.ordinal();

  /** Verbs, or passes of the idle loop, without simulated time after which a guest is taken to be stuck. */
  private static final int STUCK = 1_000_000;

  private static final long WATCHDOG_NS = 4_000_000_000L;

  /** Bytes of a message whose copying is part of {@link Step#SEND} and {@link Step#RECEIVE}: a cache line. */
  private static final int COPIED_FREE = 64;

  private final GuestKernel kernel;
  private final int id;
  private final Calendar calendar;
  private final Costs costs;
  private final boolean bare;
  private final boolean watchdog;
  private final IdlePolicy policy;
  private final IdleState.Kind[] stateKinds;

  private final FairQueue<Task> runQueue = new FairQueue<>();
  private final TimerQueue timers;
  private final Tick tick;
  private final TimerWheel wheel;
  private LogicalCpu cpu;

  private int phase = SCHEDULE;
  private boolean issued;
  private int stuckCount;
  private long stuckAtNs;

  private @Nullable Task current;
  private @Nullable Task next;
  private @Nullable Task last;
  private boolean idle;
  private boolean polling;
  private boolean needResched;
  /** Token of a message on its way here whose sender still works at the wake-up. */
  private @Nullable Token inTransit;
  /** Task whose sleep is over and whose token this CPU charges with bringing it back. */
  private @Nullable Task awakening;

  private boolean interruptedTask;
  private int resumePhase;
  private int brokenLabel;
  private long brokenNs;
  private int vector;
  private boolean softirq;
  /** Bare guests owe the EOI until their next verb, so that a stamp at the handler's start precedes it. */
  private boolean eoiOwed;

  private int idleState;
  private long idleSinceNs;

  /**
   * @param jiffyOffsetNs phase of the guest's jiffies
   * @param policy its idle policy
   */
  public GuestCpu(
      GuestKernel kernel, int id, Calendar calendar, Costs costs, IdlePolicy policy, long tickPeriodNs, long jiffyOffsetNs,
      boolean watchdog) {
    this.kernel = kernel;
    this.id = id;
    this.calendar = calendar;
    this.costs = costs;
    this.bare = kernel.isBare();
    this.watchdog = watchdog && !bare;
    this.policy = policy;
    try {
      this.stateKinds = policy.states().stream().map(IdleState::kind).toArray(IdleState.Kind[]::new);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw policyFailure("threw: " + e, e);
    }
    this.timers = new TimerQueue(kernel.atLeast(4, 14));
    this.tick =
        new Tick(timers, tickPeriodNs, jiffyOffsetNs, kernel.atLeast(5, 15), kernel.atLeast(7, 1));
    this.wheel = new TimerWheel(tick);
  }

  /** Puts this guest CPU on what it runs on. */
  public void attach(LogicalCpu newCpu) {
    cpu = newCpu;
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
    phase = IDLE_EXIT_WRITES; // the first register writes, then the first task
    proceed();
  }

  void addTask(Task task) {
    task.resumeAt = NEXT_VERB;
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

  /**
   * The operation is done: goes on until the next one. A phase is where an operation ends; what takes no time in between is
   * a call.
   */
  public void proceed() {
    issued = false;
    while (!issued) {
      switch (phase) {
        case NEXT_VERB -> nextVerb();
        case VERB -> beginVerb();
        case WAKE -> {
          phase = DELIVER;
          run(SCHEDULER, task().verbQueues[0].firstWaiter() != null ? guestCost(GUEST_WAKE_UP) : 0, false);
        }
        case DELIVER -> deliver();
        case WAKE_ANOTHER -> {
          phase = WOKEN_ANOTHER;
          run(SCHEDULER, guestCost(GUEST_WAKE_UP), false);
        }
        case WOKEN_ANOTHER -> wakeWaiter(task().verbQueues[0], null);
        case DELIVERED -> {
          phase = NEXT_VERB;
          run(SYSCALL, guestCost(task().verb == Task.Verb.SEND ? SEND_RETURN : SIGNAL_RETURN), true);
        }
        case TAKE -> take();
        case SLEEP_ARM -> armSleep();
        case SLEEP_BLOCK -> blockSleep();
        case SLEPT -> {
          phase = NEXT_VERB;
          run(SYSCALL, guestCost(SLEEP_RETURN), true);
        }
        case RESUME -> {
          Task resumed = task();
          phase = resumed.savedPhase;
          run(resumed.savedLabel, resumed.savedNs, true);
        }
        case SCHEDULE -> schedule();
        case SWITCHED -> switched();
        case IDLE_ENTER -> {
          phase = IDLE_LOOP;
          run(IDLE, guestCost(IDLE_ENTER_COST), false);
        }
        case IDLE_LOOP -> idleLoop();
        case IDLE_WRITES -> idleWrites();
        case IDLE_SLEEP -> idleSleep();
        case IDLE_WOKEN -> idleWoken();
        case IDLE_EXIT -> idleExit();
        case IDLE_RESTART -> {
          tick.restart(calendar.nowNs());
          idleExitWrites();
        }
        case IDLE_EXIT_WRITES -> idleExitWrites();
        case ISR -> isr();
        case ISR_EOI -> isrEoi();
        case ISR_BODY -> isrBody();
        case ISR_WRITES -> isrWrites();
        case ISR_EXIT -> isrExit();
        default -> throw new IllegalStateException("no such phase: " + phase);
      }
    }
  }

  /** An interrupt is delivered while halted, or breaks into an operation with {@code remainingNs} left. */
  public void interrupted(int label, long remainingNs) {
    resumePhase = phase;
    brokenLabel = label;
    brokenNs = remainingNs;
    interruptedTask = !idle;
    phase = ISR;
    proceed();
  }

  /** The interrupt of a waker has reached this CPU: a message's token on its way here is held by it from now on. */
  public void claimTransit() {
    Token token = inTransit;
    if (token != null) {
      inTransit = null;
      cpu.hold(token, QUEUE_WAIT);
    }
  }

  /**
   * The timer has fired, and is served at once: from now on this CPU brings back a task whose sleep is over, and charges
   * the token of that task, unless it has another one to charge.
   */
  public void claimSleeper() {
    if (cpu.token() != null) {
      return;
    }
    Task sleeper = timers.expiredSleeperWithToken(calendar.nowNs());
    if (sleeper != null && sleeper.token != null) {
      awakening = sleeper;
      cpu.hold(sleeper.token, QUEUE_WAIT);
    }
  }

  // --- verbs ---

  private void nextVerb() {
    if (isStuck()) {
      throw failure("makes no progress: " + STUCK + " verbs without simulated time", null);
    }
    Task task = task();
    if (needResched && !runQueue.isEmpty()) {
      task.resumeAt = NEXT_VERB;
      preempt(task);
      return;
    }
    task.verb = Task.Verb.NONE;
    try {
      task.body.next(this);
    } catch (PluginFailure e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw failure("threw: " + e, e);
    }
    if (task.verb == Task.Verb.NONE) {
      throw failure("issued no verb", null);
    }
    if (eoiOwed) {
      eoiOwed = false;
      phase = VERB;
      cpu.endOfInterrupt();
      issued = true;
    } else {
      beginVerb();
    }
  }

  private void beginVerb() {
    Task task = task();
    switch (task.verb) {
      case COMPUTE -> {
        phase = NEXT_VERB;
        run(WORK, task.verbNs, true);
      }
      case SEND -> {
        phase = WAKE;
        run(SYSCALL, guestCost(SEND) + copyCost(task.verbBytes), true);
      }
      case SIGNAL -> {
        phase = WAKE;
        run(SYSCALL, guestCost(SIGNAL), true);
      }
      case RECEIVE -> {
        phase = TAKE;
        run(SYSCALL, guestCost(RECEIVE_WAIT), true);
      }
      case AWAIT -> {
        phase = TAKE;
        run(SYSCALL, guestCost(AWAIT_WAIT), true);
      }
      case SLEEP, SLEEP_UNTIL -> {
        phase = SLEEP_ARM;
        run(SYSCALL, guestCost(SLEEP), true);
      }
      default -> { // exit
        drop(task);
        runQueue.charge(task, calendar.nowNs());
        current = null;
        schedule();
      }
    }
  }

  private void armSleep() {
    Task sleeper = task();
    long nowNs = calendar.nowNs();
    if (sleeper.verb == Task.Verb.SLEEP) { // counts from here
      sleeper.verbNs += nowNs;
    }
    if (sleeper.verbNs <= nowNs) {
      phase = SLEPT;
    } else {
      timers.addSleeper(sleeper, sleeper.verbNs);
      phase = SLEEP_BLOCK;
      blockSleep();
    }
  }

  private void blockSleep() {
    if (writesDone()) {
      Task sleeper = task();
      sleeper.resumeAt = SLEPT;
      fallAsleep(sleeper);
      schedule();
    }
  }

  private void fallAsleep(Task sleeper) {
    long nowNs = calendar.nowNs();
    Token token = sleeper.token;
    if (token != null && sleeper.verbNs <= nowNs) { // the timer was quicker: bringing it back has begun
      awakening = sleeper;
      runQueue.charge(sleeper, nowNs);
      current = null;
      return;
    }
    leave(sleeper, SLEEPING);
    if (token != null) {
      token.parkUntil(nowNs, SLEEPING, sleeper.verbNs, QUEUE_WAIT);
    }
  }

  /** The message or signal is put where it belongs, and whoever waits for it is woken. */
  private void deliver() {
    Task task = task();
    Queue queue = task.verbQueues[0];
    Token token = task.token;
    task.token = null;
    if (queue instanceof Queue.OfSignals && !queue.isEmpty()) {
      phase = DELIVERED;
      if (token != null) { // a signal that is set already says nothing new
        cpu.release(token);
        discard(token);
      }
      return;
    }
    Task waiter = queue.firstWaiter();
    if (waiter != null && queue instanceof Queue.OfSignals signals && signals.autoReset) {
      waiter.signalled = true; // the signal is the waiter's now, and forgotten
      waiter.signalToken = token;
    } else {
      queue.put(token, kernel.nextArrival(), task.verbBytes);
    }
    if (task.verb == Task.Verb.SEND) {
      wheel.segmentSent(calendar.nowNs());
    }
    wakeWaiter(queue, token);
  }

  /** Wakes who has waited longest, if anybody does; a manual event then wakes the next one as well. */
  private void wakeWaiter(Queue queue, @Nullable Token token) {
    phase = DELIVERED;
    Task waiter = queue.firstWaiter();
    if (waiter == null) {
      parkQueued(token);
      return;
    }
    for (Queue waitedFor : waiter.verbQueues) {
      waitedFor.removeWaiter(waiter);
    }
    if (queue instanceof Queue.OfSignals signals && !signals.autoReset && queue.firstWaiter() != null) {
      phase = WAKE_ANOTHER;
    }
    GuestCpu target = kernel.placeFor(waiter);
    waiter.cpu = target;
    if (target.wake(waiter, token, this)) {
      cpu.sendIpi(target.cpu);
      issued = true;
    }
  }

  /** Makes a task runnable here; returns whether the waker must send an interrupt. */
  private boolean wake(Task task, @Nullable Token token, GuestCpu from) {
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
        cpu.hold(token, QUEUE_WAIT);
      }
      cpu.notice();
      return false;
    }
    inTransit = token;
    return true;
  }

  /** Takes a message or signal, or waits for one. */
  private void take() {
    Task task = task();
    if (task.signalled) {
      Token token = task.signalToken;
      task.signalled = false;
      task.signalToken = null;
      taken(task, token, guestCost(AWAIT));
      return;
    }
    Queue[] queues = task.verbQueues;
    boolean messages = task.verb == Task.Verb.RECEIVE;
    Queue found = null;
    for (Queue queue : queues) {
      if (!queue.isEmpty() && (found == null || (messages && queue.headArrival() < found.headArrival()))) {
        found = queue;
      }
    }
    if (found == null) {
      for (Queue queue : queues) {
        queue.addWaiter(task);
      }
      task.resumeAt = TAKE;
      leave(task, QUEUE_WAIT);
      schedule();
      return;
    }
    Token token;
    long ns;
    if (messages) {
      ns = copyCost(found.headBytes());
      token = found.take();
      task.received = (Socket) found;
      wheel.segmentReceived(calendar.nowNs());
      ns += guestCost(RECEIVE) + (queues.length > 1 ? guestCost(POLL_SOCKETS) : 0);
    } else {
      token = ((Queue.OfSignals) found).autoReset ? found.take() : null;
      ns = guestCost(AWAIT);
    }
    taken(task, token, ns);
  }

  private void taken(Task task, @Nullable Token token, long ns) {
    if (token != null) {
      drop(task);
      task.token = token;
      cpu.hold(token, QUEUE_WAIT);
    }
    phase = NEXT_VERB;
    run(SYSCALL, ns, true);
  }

  // --- the scheduler ---

  /** The running task waits; a token it keeps is charged with {@code parkAs}. */
  private void leave(Task task, int parkAs) {
    runQueue.charge(task, calendar.nowNs());
    if (task.token != null) {
      cpu.release(task.token);
      task.token.park(calendar.nowNs(), parkAs);
    }
    current = null;
  }

  private void preempt(Task task) {
    leave(task, QUEUE_WAIT);
    runQueue.addPreempted(task);
    schedule();
  }

  private void schedule() {
    needResched = false;
    Task chosen = runQueue.take();
    if (chosen != null) {
      boolean stays = chosen == last && !idle;
      idle = false;
      next = chosen;
      phase = SWITCHED;
      run(SCHEDULER, stays ? 0 : guestCost(GUEST_SWITCH), false);
    } else {
      boolean stays = idle;
      idle = true;
      polling = !bare;
      phase = IDLE_ENTER;
      run(SCHEDULER, stays ? 0 : guestCost(GUEST_SWITCH), false);
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
    runQueue.started(task, calendar.nowNs());
    phase = task.resumeAt;
    if (awakening != null) {
      letWait(awakening);
      awakening = null;
    }
    if (task.token != null) {
      cpu.hold(task.token, QUEUE_WAIT);
    }
  }

  // --- the idle loop ---

  private void idleLoop() {
    if (isStuck()) {
      throw policyFailure("makes no progress: " + STUCK + " passes of the idle loop without simulated time", null);
    }
    if (needResched) {
      idleExit(); // neither the policy is asked nor the tick stopped
      return;
    }
    long nowNs = calendar.nowNs();
    long wheelNs = bare ? TimerQueue.NEVER : wheel.nextNs();
    long nextNs = Math.min(wheelNs, timers.earliestButTickNs());
    int chosen;
    boolean stops;
    try {
      chosen = policy.select(nowNs, nextNs == TimerQueue.NEVER ? Long.MAX_VALUE : Math.max(0, nextNs - nowNs), tick.isStopped());
      stops = policy.stopsTick();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw policyFailure("threw: " + e, e);
    }
    if (chosen < 0 || chosen >= stateKinds.length) {
      throw policyFailure("selected state " + chosen + " of " + stateKinds.length, null);
    }
    idleState = chosen;
    if (stops && !bare) {
      tick.stop(nowNs, wheelNs);
    }
    phase = IDLE_WRITES;
    idleWrites();
  }

  private void idleWrites() {
    if (writesDone()) {
      idleSleep();
    }
  }

  private void idleSleep() {
    IdleState.Kind kind = stateKinds[idleState];
    if (kind == IdleState.Kind.HLT) {
      polling = false;
    }
    if (needResched) {
      idleExit();
      return;
    }
    issued = true;
    if (eoiOwed) {
      eoiOwed = false;
      phase = IDLE_SLEEP;
      cpu.endOfInterrupt();
      return;
    }
    idleSinceNs = calendar.nowNs();
    phase = IDLE_WOKEN;
    if (kind == IdleState.Kind.HLT) {
      cpu.halt();
    } else {
      cpu.spin(IDLE, kind == IdleState.Kind.POLL ? pollNs() : TimerQueue.NEVER);
    }
  }

  private void idleWoken() {
    idleReflect();
    polling = !bare;
    if (needResched) {
      idleExit();
    } else {
      phase = IDLE_LOOP;
    }
  }

  private void idleExit() {
    claimTransit();
    phase = IDLE_RESTART;
    run(IDLE, guestCost(IDLE_EXIT_COST), false);
  }

  private void idleExitWrites() {
    phase = IDLE_EXIT_WRITES;
    if (writesDone()) {
      polling = false;
      schedule();
    }
  }

  private long pollNs() {
    long ns;
    try {
      ns = policy.pollNs();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw policyFailure("threw: " + e, e);
    }
    if (ns < 0) {
      throw policyFailure("asked to poll for " + ns + " ns", null);
    }
    return ns > longestNs() ? TimerQueue.NEVER : ns;
  }

  private void idleReflect() {
    long residencyNs = calendar.nowNs() - idleSinceNs;
    try {
      boolean timedOut =
          stateKinds[idleState] == IdleState.Kind.POLL && !needResched && residencyNs >= policy.pollNs();
      policy.reflect(idleState, residencyNs, timedOut);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw policyFailure("threw: " + e, e);
    }
  }

  // --- interrupt handlers ---

  private void isr() {
    vector = cpu.takeVector();
    if (vector == LogicalCpu.TIMER) {
      claimSleeper();
    }
    phase = ISR_EOI;
    run(INTERRUPT, guestCost(vector == LogicalCpu.TIMER ? TIMER_ISR : RESCHEDULE_ISR), false);
  }

  private void isrEoi() {
    if (!cpu.eoiTakesTime()) {
      isrBody();
    } else if (bare) {
      eoiOwed = true;
      isrBody();
    } else {
      phase = ISR_BODY;
      cpu.endOfInterrupt();
      issued = true;
    }
  }

  private void isrBody() {
    softirq = false;
    if (vector == LogicalCpu.TIMER) {
      timerInterrupt();
    }
    phase = ISR_WRITES;
    isrWrites();
  }

  private void isrWrites() {
    if (!writesDone()) {
      return;
    }
    if (softirq) {
      phase = ISR_EXIT;
      run(INTERRUPT, guestCost(SOFTIRQ), false);
    } else {
      isrExit();
    }
  }

  private void timerInterrupt() {
    long nowNs = calendar.nowNs();
    if (tick.expired(nowNs)) {
      softirq = wheel.serve(nowNs);
      if (current != null) {
        runQueue.charge(current, nowNs);
        needResched |= runQueue.sliceOver(current, nowNs);
      }
    }
    if (timers.expiryOf(TimerQueue.WATCHDOG) <= nowNs) {
      timers.rearm(TimerQueue.WATCHDOG, nowNs + WATCHDOG_NS);
    }
    Task sleeper = timers.takeExpiredSleeper(nowNs);
    while (sleeper != null) {
      wake(sleeper, null, this);
      if (!needResched) {
        letWait(sleeper);
      }
      sleeper = timers.takeExpiredSleeper(nowNs);
    }
    timers.reprogramAfterInterrupt();
  }

  private void isrExit() {
    if (cpu.interruptVisible()) {
      phase = ISR;
      return;
    }
    if (interruptedTask && needResched && !runQueue.isEmpty()) {
      Task task = task();
      task.savedLabel = brokenLabel;
      task.savedNs = brokenNs;
      task.savedPhase = resumePhase;
      task.resumeAt = RESUME;
      preempt(task);
      return;
    }
    phase = resumePhase;
    if (interruptedTask) {
      run(brokenLabel, brokenNs, true);
    }
  }

  // --- small things ---

  /** Issues an operation, unless it takes no time. The phase to go on with is set before. */
  private void run(int pathStep, long ns, boolean interruptible) {
    if (ns > 0 && !cpu.execute(pathStep, ns, interruptible)) {
      issued = true;
    }
  }

  /** Issues the register writes that wait, one by one; returns whether all are done. */
  private boolean writesDone() {
    while (timers.hasWrite()) {
      long write = timers.takeWrite();
      boolean done = write >= 0 ? cpu.writeTimer(write) : cpu.configureTimer(write == TimerQueue.DIVIDER);
      if (!done) {
        issued = true;
        return false;
      }
    }
    return true;
  }

  private long guestCost(int step) {
    return bare ? 0 : costs.draw(step);
  }

  private long copyCost(int bytes) {
    return bytes <= COPIED_FREE ? 0 : Math.multiplyExact(guestCost(COPY_KIB), (long) bytes - COPIED_FREE) >> 10;
  }

  /** A token whose message waits in a queue here is charged with that wait. */
  private void parkQueued(@Nullable Token token) {
    if (token != null) {
      cpu.release(token);
      token.park(calendar.nowNs(), QUEUE_WAIT);
    }
  }

  /** A task that is runnable but does not run: if its token is held here, it is charged with the wait. */
  private void letWait(Task task) {
    Token token = task.token;
    if (token != null && token.holder == cpu) {
      parkQueued(token);
    }
  }

  /** Gives up the token a task still has. */
  private void drop(Task task) {
    Token token = task.token;
    if (token != null) {
      task.token = null;
      cpu.release(token);
      discard(token);
    }
  }

  private static void discard(Token token) {
    ProbeRecorder probe = token.probe();
    if (probe != null) {
      probe.discard(token);
    }
  }

  private Task task() {
    Task task = current;
    if (task == null) {
      throw new IllegalStateException("no task runs on vCPU " + id + " of " + kernel.name());
    }
    return task;
  }

  private boolean isStuck() {
    long nowNs = calendar.nowNs();
    if (nowNs != stuckAtNs) {
      stuckAtNs = nowNs;
      stuckCount = 0;
      return false;
    }
    return ++stuckCount > STUCK;
  }

  private PluginFailure failure(String what, @Nullable Throwable cause) {
    String who = current == null ? "" : " task '" + current.name + "'";
    return new PluginFailure(
        PluginFailure.Kind.WORKLOAD,
        kernel.name(),
        "the workload of VM '" + kernel.name() + "'," + who + " on vCPU " + id + " at " + calendar.nowNs() + " ns, " + what,
        cause);
  }

  private PluginFailure policyFailure(String what, @Nullable Throwable cause) {
    return new PluginFailure(
        PluginFailure.Kind.IDLE,
        kernel.name(),
        "the idle policy of VM '" + kernel.name() + "' on vCPU " + id + " at " + calendar.nowNs() + " ns " + what,
        cause);
  }

  // --- Cpu: what the running task's body may call ---

  @Override
  public long nowNs() {
    return calendar.nowNs();
  }

  @Override
  public void compute(long ns) {
    issue(Task.Verb.COMPUTE).verbNs = Math.min(notNegative("compute", ns), longestNs());
  }

  @Override
  public void send(Socket to, int bytes) {
    notNegative("bytes", bytes);
    Task task = issue(Task.Verb.SEND);
    task.verbBytes = bytes;
    task.waitFor(queue(to));
  }

  @Override
  public void receive(Socket from) {
    issue(Task.Verb.RECEIVE).waitFor(queue(from));
  }

  @Override
  public void receiveAny(Socket... from) {
    issue(Task.Verb.RECEIVE).waitForAny(from);
  }

  @Override
  public void signal(Event event) {
    Task task = issue(Task.Verb.SIGNAL);
    task.verbBytes = 0;
    task.waitFor(queue(event));
  }

  @Override
  public void await(Event event) {
    issue(Task.Verb.AWAIT).waitFor(queue(event));
  }

  @Override
  public void awaitAny(Event... events) {
    issue(Task.Verb.AWAIT).waitForAny(events);
  }

  @Override
  public void sleep(long ns) {
    issue(Task.Verb.SLEEP).verbNs = Math.min(notNegative("sleep", ns), longestNs());
  }

  @Override
  public void sleepUntil(long timeNs) {
    issue(Task.Verb.SLEEP_UNTIL).verbNs = Math.min(timeNs, calendar.maxTimeNs());
  }

  @Override
  public void exit() {
    issue(Task.Verb.EXIT);
  }

  @Override
  public @Nullable Socket received() {
    return task().received;
  }

  @Override
  public void start(Probe probe) {
    Task task = task();
    drop(task);
    Token token = ((ProbeRecorder) probe).begin(calendar.nowNs());
    task.token = token;
    cpu.hold(token, QUEUE_WAIT);
  }

  @Override
  public void stop(Probe probe) {
    Task task = task();
    Token token = task.token;
    if (token == null || token.probe() != probe) {
      return;
    }
    task.token = null;
    cpu.release(token);
    ProbeRecorder recorder = (ProbeRecorder) probe;
    long nowNs = calendar.nowNs();
    if (kernel.window().completed(recorder, nowNs)) {
      recorder.end(token, nowNs);
      kernel.window().recorded(recorder, nowNs);
    } else {
      recorder.discard(token);
    }
  }

  private Task issue(Task.Verb verb) {
    Task task = task();
    if (task.verb != Task.Verb.NONE) {
      throw failure("issued two verbs in one call of next", null);
    }
    task.verb = verb;
    return task;
  }

  /** Longer than any run, and short enough to leave room before the end of time for whatever interrupts it. */
  private long longestNs() {
    return calendar.maxTimeNs() / 2;
  }

  private long notNegative(String what, long value) {
    if (value < 0) {
      throw failure(what + " must be at least 0, was " + value, null);
    }
    return value;
  }

  private Queue queue(Object madeByGuest) {
    if (madeByGuest instanceof Queue queue) {
      return queue;
    }
    throw failure("used a socket or event that its guest did not make", null);
  }
}
