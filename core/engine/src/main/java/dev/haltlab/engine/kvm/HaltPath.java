package dev.haltlab.engine.kvm;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PluginFailure;
import dev.haltlab.engine.measure.Track;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.spi.HaltPoll;
import org.jspecify.annotations.Nullable;

/**
 * One vCPU's conversation with its halt-poll strategy, and KVM's halt counters: what kvm_vcpu_halt() decides and counts,
 * without the time it takes.
 */
final class HaltPath {
  private final HaltPoll strategy;
  private final boolean yields;
  private final boolean hindsight;
  private final boolean forbidden;
  private final boolean abortIsSuccess;
  private final String who;
  private final String vm;

  private long attemptedPoll;
  private long successfulPoll;
  private long wakeup;
  private long pollSuccessNs;
  private long pollFailNs;
  private long waitNs;
  private long exits;
  private long pollCutShort;
  private long decisions;
  private long windowSumNs;
  private long windowMaxNs = -1;

  private long blockNs;
  private long pollEndNs;
  private boolean polled;
  private boolean asked;

  /**
   * @param forbidden the guest has forbidden host polling
   * @param abortIsSuccess a poll counts as successful unless the thread was scheduled out (Linux 5.17 and later); before,
   *     only if the interrupt came inside the loop
   */
  HaltPath(HaltPoll strategy, String vm, int vcpu, boolean forbidden, boolean abortIsSuccess) {
    this.strategy = strategy;
    this.vm = vm;
    this.who = "the halt-poll strategy of VM '" + vm + "' on vCPU " + vcpu;
    this.forbidden = forbidden;
    this.abortIsSuccess = abortIsSuccess;
    this.hindsight = strategy instanceof HaltPoll.Hindsight;
    try {
      this.yields = strategy.yields();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new PluginFailure(PluginFailure.Kind.HALT_POLL, vm, who + " at 0 ns threw in yields: " + e, e);
    }
  }

  /** Whether polling ends when another thread waits. */
  boolean yields() {
    return yields;
  }

  /** Whether the decision is settled only when the wake-up comes. */
  boolean isHindsight() {
    return hindsight && !forbidden;
  }

  void exited() {
    exits++;
  }

  void wokenByKick() {
    wakeup++;
  }

  /** The vCPU blocks: returns when the poll is to end, {@code nowNs} for not polling at all. */
  long begin(long nowNs) {
    blockNs = nowNs;
    pollEndNs = nowNs;
    polled = false;
    asked = false;
    long budgetNs;
    try {
      budgetNs = strategy.budget(nowNs);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new PluginFailure(
          PluginFailure.Kind.HALT_POLL, vm, who + " at " + nowNs + " ns threw in budget: " + e, e);
    }
    if (budgetNs < 0) {
      throw new PluginFailure(
          PluginFailure.Kind.HALT_POLL, vm, who + " at " + nowNs + " ns answered a negative budget: " + budgetNs, null);
    }
    if (forbidden) {
      return nowNs;
    }
    asked = true;
    polled = budgetNs > 0 && !hindsight;
    return budgetNs >= Calendar.NEVER - nowNs ? Calendar.NEVER : nowNs + budgetNs;
  }

  /** When this block began. */
  long blockNs() {
    return blockNs;
  }

  /** The poll, if there was one, is over. */
  void pollEnded(long nowNs) {
    pollEndNs = nowNs;
  }

  /** The poll was given up because another thread waits. */
  void pollCutShort(long nowNs) {
    pollCutShort++;
    pollEndNs = nowNs;
  }

  /** A bound's decision is settled: it polled, and the wake-up came. */
  void settleAsPoll(long nowNs) {
    polled = true;
    pollEndNs = nowNs;
  }

  /**
   * The block is over: counts it and tells the strategy.
   *
   * @param slept whether the thread was scheduled out
   * @param inLoop whether the poll loop itself saw the interrupt
   * @param track tells a recorder of it; null if there is none
   */
  void end(long nowNs, boolean slept, boolean inLoop, @Nullable Track track) {
    long polledNs = pollEndNs - blockNs;
    if (polled) {
      attemptedPoll++;
      if (isHit(slept, inLoop)) {
        successfulPoll++;
        pollSuccessNs += polledNs;
      } else {
        pollFailNs += polledNs;
      }
    }
    if (slept) {
      waitNs += nowNs - pollEndNs;
    }
    if (!asked) {
      return;
    }
    // a hit is timed by the clock reading before the check that saw it
    long haltNs = inLoop ? polledNs : nowNs - blockNs;
    long windowNs;
    try {
      strategy.woken(nowNs, haltNs, polled ? polledNs : 0, slept, true);
      windowNs = strategy.windowNs();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new PluginFailure(PluginFailure.Kind.HALT_POLL, vm, who + " at " + nowNs + " ns threw in woken: " + e, e);
    }
    if (windowNs >= 0) {
      decisions++;
      windowSumNs += windowNs;
      windowMaxNs = Math.max(windowMaxNs, windowNs);
    }
    if (track != null) {
      track.recorder().halted(
          track.thread(), blockNs, pollEndNs, polled, polled && isHit(slept, inLoop), windowNs, nowNs);
    }
  }

  private boolean isHit(boolean slept, boolean inLoop) {
    return inLoop || (abortIsSuccess && !slept);
  }

  void reset() {
    attemptedPoll = 0;
    successfulPoll = 0;
    wakeup = 0;
    pollSuccessNs = 0;
    pollFailNs = 0;
    waitNs = 0;
    exits = 0;
    pollCutShort = 0;
    decisions = 0;
    windowSumNs = 0;
    windowMaxNs = -1;
  }

  /** The counters as of now. On x86 every wake-up is valid, so halt_poll_invalid stays 0. */
  Outcome.Halts outcome() {
    return new Outcome.Halts(
        attemptedPoll, successfulPoll, 0, wakeup, pollSuccessNs, pollFailNs, waitNs, exits, pollCutShort, decisions,
        windowSumNs, windowMaxNs);
  }
}
