package dev.haltlab.engine.guest;

import dev.haltlab.engine.measure.Token;
import dev.haltlab.engine.sim.FairQueue;
import dev.haltlab.spi.Body;
import dev.haltlab.spi.Socket;
import org.jspecify.annotations.Nullable;

/** A guest task: its program, and where in a verb it stands. */
final class Task extends FairQueue.Entity {
  private static final Queue[] NOTHING = {};

  final String name;
  /** Counts the tasks of the guest. */
  final int index;
  final Body body;
  /** vCPU it is bound to; −1 if the scheduler may choose. */
  final int boundTo;

  /** Where it runs or last ran. */
  GuestCpu cpu;
  /** {@link Phase} with which it goes on when it runs again. */
  int resumeAt;
  /** An operation that was broken off: what it was, and how much of it is left. */
  int savedLabel;
  long savedNs;
  int savedPhase;

  /** The verb it is at, with its numbers and its queues. */
  Verb verb = Verb.NONE;
  long verbNs;
  int verbBytes;
  Queue[] verbQueues = NOTHING;

  private final Queue[] one = new Queue[1];
  private Queue[] many = NOTHING;

  /** A signal handed to this task while it waited, and the token that came with it. */
  boolean signalled;
  @Nullable Token signalToken;
  long signalArrival;

  @Nullable Socket received;
  /** The token of a started probe, while this task has it. */
  @Nullable Token token;

  /** What a task can be at. */
  enum Verb { NONE, COMPUTE, SEND, RECEIVE, SIGNAL, AWAIT, SLEEP, SLEEP_UNTIL, EXIT }

  Task(String name, int index, Body body, int boundTo, GuestCpu cpu) {
    this.name = name;
    this.index = index;
    this.body = body;
    this.boundTo = boundTo;
    this.cpu = cpu;
  }

  void waitFor(Queue queue) {
    one[0] = queue;
    verbQueues = one;
  }

  /** The queues are kept in an array of this task's own, made anew only when their number changes. */
  void waitForAny(Object[] madeByGuest) {
    if (madeByGuest.length == 0) {
      throw new IllegalArgumentException("waits for nothing");
    }
    if (many.length != madeByGuest.length) {
      many = new Queue[madeByGuest.length];
    }
    for (int i = 0; i < madeByGuest.length; i++) {
      many[i] = (Queue) madeByGuest[i];
    }
    verbQueues = many;
  }
}
