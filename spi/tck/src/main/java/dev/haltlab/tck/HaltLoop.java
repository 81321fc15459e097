package dev.haltlab.tck;

import dev.haltlab.spi.HaltPoll;

/** Plays the caller of a {@link HaltPoll}: the loop of its Javadoc, with made-up wake-ups. Allocates nothing. */
final class HaltLoop {
  private static final long WAKE_UP_NS = 8_000;

  private final HaltPoll strategy;
  private final TestSeat seat;
  private final Chance chance;
  private long nowNs;
  private long smallestNs = Long.MAX_VALUE;
  private long largestNs;
  private long toldNs = -1;
  private long toldHaltNs;
  private long toldPolledNs;
  private boolean toldSlept;
  private boolean toldValid;

  HaltLoop(HaltPoll strategy, TestSeat seat, long seed) {
    this.strategy = strategy;
    this.seat = seat;
    this.chance = new Chance(seed);
  }

  /** Goes on at a later time. */
  HaltLoop from(long ns) {
    nowNs = ns;
    return this;
  }

  /** One block from the question to the answer. Returns the budget. */
  long block() {
    nowNs += chance.ns();
    long budgetNs = budget(nowNs);
    long wakeNs = chance.ns();
    long polledNs = Math.min(budgetNs, chance.onceIn(8) ? wakeNs / 2 : wakeNs); // now and then another thread waits
    boolean slept = polledNs < wakeNs;
    long haltNs = slept ? wakeNs + WAKE_UP_NS : wakeNs;
    nowNs += haltNs;
    woken(nowNs, haltNs, polledNs, slept, true);
    return budgetNs;
  }

  /** A block of a guest that forbids polling: the answer is not used, and nothing is told. */
  long unanswered() {
    nowNs += chance.ns();
    return budget(nowNs);
  }

  long budget(long atNs) {
    long budgetNs;
    seat.open();
    try {
      budgetNs = strategy.budget(atNs);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(HaltPollRules.THROWS, "budget(" + atNs + ") " + Thrown.by(e));
    }
    seat.close();
    if (budgetNs < 0) {
      throw new Breach(HaltPollRules.NEGATIVE, "budget(" + atNs + ") returned " + budgetNs + after());
    }
    smallestNs = Math.min(smallestNs, budgetNs);
    largestNs = Math.max(largestNs, budgetNs);
    return budgetNs;
  }

  void woken(long atNs, long haltNs, long polledNs, boolean slept, boolean valid) {
    seat.open();
    try {
      strategy.woken(atNs, haltNs, polledNs, slept, valid);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(HaltPollRules.THROWS, call(atNs, haltNs, polledNs, slept, valid) + " " + Thrown.by(e));
    }
    seat.close();
    toldNs = atNs;
    toldHaltNs = haltNs;
    toldPolledNs = polledNs;
    toldSlept = slept;
    toldValid = valid;
  }

  /** What it was told last. */
  private String after() {
    return toldNs < 0 ? "" : " after " + call(toldNs, toldHaltNs, toldPolledNs, toldSlept, toldValid);
  }

  private static String call(long atNs, long haltNs, long polledNs, boolean slept, boolean valid) {
    return "woken(" + atNs + ", " + haltNs + ", " + polledNs + ", " + slept + ", " + valid + ")";
  }

  void run(int blocks) {
    for (int i = 0; i < blocks; i++) {
      block();
    }
  }

  /** The budgets of so many blocks. */
  long[] budgets(int blocks) {
    long[] budgets = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      budgets[i] = block();
    }
    return budgets;
  }

  /** The range of budgets so far, in words. */
  String range() {
    return smallestNs == largestNs ? "always " + words(smallestNs) : words(smallestNs) + " to " + words(largestNs);
  }

  static String words(long ns) {
    return ns == HaltPoll.FOREVER ? "FOREVER" : ns + " ns";
  }
}
