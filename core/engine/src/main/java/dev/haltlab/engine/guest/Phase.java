package dev.haltlab.engine.guest;

/**
 * Where a guest CPU stands: what follows the end of the operation under way. Plain ints, because they are switched over
 * once per operation; a phase is where an operation ends, what takes no time in between is a call.
 */
final class Phase {
  // Verbs of the running task, see Verbs.
  static final int NEXT_VERB = 0;
  static final int VERB = 1;
  static final int WAKE = 2;
  static final int DELIVER = 3;
  static final int DELIVERED = 4;
  static final int TAKE = 5;
  static final int SLEEP_ARM = 6;
  static final int SLEEP_BLOCK = 7;
  static final int SLEPT = 8;
  static final int WAKE_ANOTHER = 9;
  static final int WOKEN_ANOTHER = 10;
  // The scheduler, in GuestCpu.
  static final int RESUME = 11;
  static final int SCHEDULE = 12;
  static final int SWITCHED = 13;
  // The idle loop, see IdleLoop.
  static final int IDLE_ENTER = 14;
  static final int IDLE_PASS = 15;
  static final int IDLE_WRITES = 16;
  static final int IDLE_SLEEP = 17;
  static final int IDLE_WOKEN = 18;
  static final int IDLE_EXIT = 19;
  static final int IDLE_RESTART = 20;
  static final int IDLE_EXIT_WRITES = 21;
  // Interrupt handlers, see InterruptHandlers.
  static final int ISR = 22;
  static final int ISR_BODY = 23;
  static final int ISR_EOI = 24;
  static final int ISR_WRITES = 25;
  static final int ISR_EXIT = 26;

  private Phase() {}
}
