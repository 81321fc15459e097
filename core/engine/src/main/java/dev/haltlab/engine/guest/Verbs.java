package dev.haltlab.engine.guest;

import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PluginFailure;
import dev.haltlab.engine.measure.Token;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.Step;
import org.jspecify.annotations.Nullable;

/** The verbs of the running task of one guest CPU, carried out: what its system calls do before, between and after waits. */
final class Verbs {
  private static final int SYSCALL = PathStep.SYSCALL.ordinal();
  private static final int SCHEDULER = PathStep.GUEST_SCHEDULER.ordinal();
  private static final int WORK = PathStep.GUEST_WORK.ordinal();
  private static final int QUEUE_WAIT = PathStep.QUEUE_WAIT.ordinal();
  private static final int SLEEPING = PathStep.SLEEPING.ordinal();

  private static final int GUEST_WAKE_UP = Step.GUEST_WAKE_UP.ordinal();
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

  /** Bytes of a message whose copying is part of {@link Step#SEND} and {@link Step#RECEIVE}: a cache line. */
  private static final int COPIED_FREE = 64;

  private final GuestCpu guest;
  private final TaskCpu face;

  Verbs(GuestCpu guest) {
    this.guest = guest;
    this.face = new TaskCpu(guest);
  }

  /** Asks the running task for its next verb, and begins it. */
  void next() {
    if (guest.isStuck()) {
      throw face.failure("makes no progress: " + GuestCpu.STUCK + " verbs without simulated time", null);
    }
    Task task = guest.task();
    if (guest.needResched && !guest.runQueue.isEmpty()) {
      task.resumeAt = Phase.NEXT_VERB;
      guest.preempt(task);
      return;
    }
    task.verb = Task.Verb.NONE;
    try {
      task.body.next(face);
    } catch (PluginFailure e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw face.failure("threw: " + e, e);
    }
    if (task.verb == Task.Verb.NONE) {
      throw face.failure("issued no verb", null);
    }
    if (guest.recorded) {
      Told.verb(guest, task);
    }
    if (guest.interrupts.owesEoi()) {
      guest.phase = Phase.VERB;
      guest.interrupts.payEoi();
    } else {
      begin();
    }
  }

  void begin() {
    Task task = guest.task();
    switch (task.verb) {
      case COMPUTE -> {
        guest.phase = Phase.NEXT_VERB;
        guest.run(WORK, task.verbNs, true);
      }
      case SEND -> {
        guest.phase = Phase.WAKE;
        guest.run(SYSCALL, guest.cost(SEND) + copyCost(task.verbBytes), true);
      }
      case SIGNAL -> {
        guest.phase = Phase.WAKE;
        guest.run(SYSCALL, guest.cost(SIGNAL), true);
      }
      case RECEIVE -> {
        guest.phase = Phase.TAKE;
        guest.run(SYSCALL, guest.cost(RECEIVE_WAIT), true);
      }
      case AWAIT -> {
        guest.phase = Phase.TAKE;
        guest.run(SYSCALL, guest.cost(AWAIT_WAIT), true);
      }
      case SLEEP, SLEEP_UNTIL -> {
        guest.phase = Phase.SLEEP_ARM;
        guest.run(SYSCALL, guest.cost(SLEEP), true);
      }
      default -> { // exit
        guest.drop(task);
        guest.runQueue.charge(task, guest.calendar.nowNs());
        guest.current = null;
        guest.schedule();
      }
    }
  }

  // --- sleeping ---

  void armSleep() {
    Task sleeper = guest.task();
    long nowNs = guest.calendar.nowNs();
    if (sleeper.verb == Task.Verb.SLEEP) { // counts from here
      sleeper.verbNs += nowNs;
    }
    if (sleeper.verbNs <= nowNs) {
      guest.phase = Phase.SLEPT;
    } else {
      guest.timers.addSleeper(sleeper, sleeper.verbNs);
      guest.phase = Phase.SLEEP_BLOCK;
      blockSleep();
    }
  }

  void blockSleep() {
    if (guest.writesDone()) {
      Task sleeper = guest.task();
      sleeper.resumeAt = Phase.SLEPT;
      fallAsleep(sleeper);
      guest.schedule();
    }
  }

  private void fallAsleep(Task sleeper) {
    long nowNs = guest.calendar.nowNs();
    Token token = sleeper.token;
    if (token != null && sleeper.verbNs <= nowNs) { // the timer was quicker: bringing it back has begun
      guest.awakening = sleeper;
      guest.runQueue.charge(sleeper, nowNs);
      guest.current = null;
      return;
    }
    guest.leave(sleeper, SLEEPING);
    if (token != null) {
      token.parkUntil(nowNs, SLEEPING, sleeper.verbNs, QUEUE_WAIT);
    }
  }

  void slept() {
    guest.phase = Phase.NEXT_VERB;
    guest.run(SYSCALL, guest.cost(SLEEP_RETURN), true);
  }

  // --- sending and signalling ---

  /** Whoever waits is about to be woken. */
  void wake() {
    guest.phase = Phase.DELIVER;
    guest.run(SCHEDULER, guest.task().verbQueues[0].firstWaiter() != null ? guest.cost(GUEST_WAKE_UP) : 0, false);
  }

  /** The message or signal is put where it belongs, and whoever waits for it is woken. */
  void deliver() {
    Task task = guest.task();
    Queue queue = task.verbQueues[0];
    Token token = task.token;
    task.token = null;
    if (queue instanceof Queue.OfSignals && !queue.isEmpty()) {
      guest.phase = Phase.DELIVERED;
      if (token != null) { // a signal that is set already says nothing new
        guest.under.release(token);
        GuestCpu.discard(token);
      }
      return;
    }
    Task waiter = queue.firstWaiter();
    long arrival = guest.kernel.nextArrival();
    if (guest.recorded) {
      Told.sent(guest, task, queue, arrival);
    }
    if (waiter != null && queue instanceof Queue.OfSignals signals && signals.autoReset) {
      waiter.signalled = true; // the signal is the waiter's now, and forgotten
      waiter.signalToken = token;
      waiter.signalArrival = arrival;
    } else {
      queue.put(token, arrival, task.verbBytes);
    }
    if (task.verb == Task.Verb.SEND) {
      guest.wheel.segmentSent(guest.calendar.nowNs());
    }
    wakeWaiter(queue, token);
  }

  /** Wakes who has waited longest, if anybody does; a manual event then wakes the next one as well. */
  private void wakeWaiter(Queue queue, @Nullable Token token) {
    guest.phase = Phase.DELIVERED;
    Task waiter = queue.firstWaiter();
    if (waiter == null) {
      guest.parkQueued(token);
      return;
    }
    for (Queue waitedFor : waiter.verbQueues) {
      waitedFor.removeWaiter(waiter);
    }
    if (queue instanceof Queue.OfSignals signals && !signals.autoReset && queue.firstWaiter() != null) {
      guest.phase = Phase.WAKE_ANOTHER;
    }
    GuestCpu target = guest.kernel.placeFor(waiter);
    waiter.cpu = target;
    if (target.wake(waiter, token, guest)) {
      if (guest.recorded) {
        Told.ipi(guest, target);
      }
      guest.under.sendIpi(target.under);
      guest.issued = true;
    }
  }

  void wakeAnother() {
    guest.phase = Phase.WOKEN_ANOTHER;
    guest.run(SCHEDULER, guest.cost(GUEST_WAKE_UP), false);
  }

  void wokenAnother() {
    wakeWaiter(guest.task().verbQueues[0], null);
  }

  void delivered() {
    guest.phase = Phase.NEXT_VERB;
    guest.run(SYSCALL, guest.cost(guest.task().verb == Task.Verb.SEND ? SEND_RETURN : SIGNAL_RETURN), true);
  }

  // --- receiving and waiting ---

  /** Takes a message or signal, or waits for one. */
  void take() {
    Task task = guest.task();
    if (task.signalled) {
      Token token = task.signalToken;
      if (guest.recorded) {
        Told.taken(guest, task, task.verbQueues[0], task.signalArrival);
      }
      task.signalled = false;
      task.signalToken = null;
      taken(task, token, guest.cost(AWAIT));
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
      task.resumeAt = Phase.TAKE;
      guest.leave(task, QUEUE_WAIT);
      guest.schedule();
      return;
    }
    if (guest.recorded) {
      Told.taken(guest, task, found, found.headArrival());
    }
    Token token;
    long ns;
    if (messages) {
      ns = copyCost(found.headBytes());
      token = found.take();
      task.received = (Socket) found;
      guest.wheel.segmentReceived(guest.calendar.nowNs());
      ns += guest.cost(RECEIVE) + (queues.length > 1 ? guest.cost(POLL_SOCKETS) : 0);
    } else {
      token = ((Queue.OfSignals) found).autoReset ? found.take() : null;
      ns = guest.cost(AWAIT);
    }
    taken(task, token, ns);
  }

  private void taken(Task task, @Nullable Token token, long ns) {
    if (token != null) {
      guest.drop(task);
      task.token = token;
      guest.under.hold(token, QUEUE_WAIT);
    }
    guest.phase = Phase.NEXT_VERB;
    guest.run(SYSCALL, ns, true);
  }

  private long copyCost(int bytes) {
    return bytes <= COPIED_FREE ? 0 : Math.multiplyExact(guest.cost(COPY_KIB), (long) bytes - COPIED_FREE) >> 10;
  }
}
