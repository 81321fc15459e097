package dev.haltlab.engine.guest;

import dev.haltlab.engine.measure.Token;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The high-resolution timers of one guest CPU, and the register writes that follow from them: the register always holds
 * the earliest expiry; removing the earliest timer and adding an earlier one each reprogram it, unless it holds that
 * value already. When nothing is queued any more, older kernels leave the register alone; newer ones stop the timer, which
 * takes two writes, and start it again with one or two before the next expiry is written. Writes are collected here and
 * issued one by one, because each may be an exit; to which registers they go is the {@link ClockEvent}'s to know.
 *
 * <p>Source: kernel/time/hrtimer.c, Linux 3.10 to 4.19: hrtimer_force_reprogram with skip_equal, enqueue_hrtimer,
 * hrtimer_interrupt; 5.15 for {@link #move}. Stopping: the state ONESHOT_STOPPED of clock event devices, which on x86 the
 * local APIC's has in 4.14 (arch/x86/kernel/apic/apic.c: shutdown masks the timer and clears it, one-shot mode sets mode
 * and divider) and had not in 4.9, although the generic part is of 4.2.
 */
final class TimerQueue {
  static final long NEVER = Long.MAX_VALUE;
  /** The tick, sched_timer. */
  static final int TICK = 0;
  /** The soft-lockup watchdog. */
  static final int WATCHDOG = 1;
  /** As a write: not an expiry, but the timer's mode and mask. */
  static final long MODE = -1;
  /** As a write: not an expiry, but the timer's divider. */
  static final long DIVIDER = -2;

  private final long[] fixedNs = {NEVER, NEVER};
  private long[] sleepNs = new long[4];
  private Task[] sleepers = new Task[4];
  private int sleeping;

  private final boolean stopsWhenEmpty;
  private final boolean hasDivider;
  /** Whether the timer has been stopped. */
  private boolean stopped;

  /** Expiry the register was last told to hold; NEVER after it fired or if nothing was queued. */
  private long programmedNs = NEVER;

  private final long[] writes = new long[8];
  private int nextWrite;
  private int writeCount;

  /**
   * @param stopsWhenEmpty whether the kernel stops the timer when nothing is queued
   * @param hasDivider whether starting it again writes a divider
   */
  TimerQueue(boolean stopsWhenEmpty, boolean hasDivider) {
    this.stopsWhenEmpty = stopsWhenEmpty;
    this.hasDivider = hasDivider;
  }

  long expiryOf(int timer) {
    return fixedNs[timer];
  }

  /** Removes a fixed timer; reprograms if it was the earliest and another is queued. */
  void remove(int timer) {
    long removed = fixedNs[timer];
    fixedNs[timer] = NEVER;
    if (removed != NEVER && removed == programmedNs) {
      long next = earliestNs();
      if (next == NEVER) {
        emptied();
      } else if (next != programmedNs) {
        write(next);
      }
    }
  }

  /** Moves a queued fixed timer in one step: reprograms once, and only if the earliest expiry has changed. */
  void move(int timer, long expiryNs) {
    boolean wasEarliest = fixedNs[timer] == programmedNs;
    fixedNs[timer] = expiryNs;
    if (expiryNs < programmedNs) {
      write(expiryNs);
    } else if (wasEarliest && earliestNs() != programmedNs) {
      write(earliestNs());
    }
  }

  /** Queues a fixed timer that is not queued; reprograms if it is now the earliest. */
  void add(int timer, long expiryNs) {
    fixedNs[timer] = expiryNs;
    if (expiryNs < programmedNs) {
      write(expiryNs);
    }
  }

  /** Queues a sleeping task; reprograms if it is now the earliest. */
  void addSleeper(Task task, long expiryNs) {
    if (sleeping == sleepers.length) {
      sleepNs = Arrays.copyOf(sleepNs, sleeping * 2);
      sleepers = Arrays.copyOf(sleepers, sleeping * 2);
    }
    sleepNs[sleeping] = expiryNs;
    sleepers[sleeping++] = task;
    if (expiryNs < programmedNs) {
      write(expiryNs);
    }
  }

  /** Takes the task whose sleep ended first, at or before {@code nowNs}; null if none. */
  @Nullable Task takeExpiredSleeper(long nowNs) {
    int best = -1;
    for (int i = 0; i < sleeping; i++) {
      if (sleepNs[i] <= nowNs && (best < 0 || sleepNs[i] < sleepNs[best])) {
        best = i;
      }
    }
    if (best < 0) {
      return null;
    }
    Task task = sleepers[best];
    sleeping--;
    System.arraycopy(sleepNs, best + 1, sleepNs, best, sleeping - best);
    System.arraycopy(sleepers, best + 1, sleepers, best, sleeping - best);
    return task;
  }

  /** The task with a token that nobody holds whose sleep ended first, at or before {@code nowNs}; null if none. */
  @Nullable Task expiredSleeperWithToken(long nowNs) {
    int best = -1;
    for (int i = 0; i < sleeping; i++) {
      Token token = sleepers[i].token;
      if (sleepNs[i] <= nowNs && (best < 0 || sleepNs[i] < sleepNs[best]) && token != null && token.holder == null) {
        best = i;
      }
    }
    return best < 0 ? null : sleepers[best];
  }

  /** In the timer interrupt: a fixed timer has expired and is queued anew without a write of its own. */
  void rearm(int timer, long expiryNs) {
    fixedNs[timer] = expiryNs;
  }

  /** At the end of the timer interrupt: the register is written for the earliest timer, or the timer is stopped. */
  void reprogramAfterInterrupt() {
    programmedNs = NEVER;
    long next = earliestNs();
    if (next != NEVER) {
      write(next);
    } else {
      emptied();
    }
  }

  /** Expiry of the earliest timer; NEVER if none is queued. */
  long earliestNs() {
    long least = Math.min(fixedNs[TICK], fixedNs[WATCHDOG]);
    for (int i = 0; i < sleeping; i++) {
      least = Math.min(least, sleepNs[i]);
    }
    return least;
  }

  /** The earliest timer that is not the tick; NEVER if there is none. */
  long earliestButTickNs() {
    long least = fixedNs[WATCHDOG];
    for (int i = 0; i < sleeping; i++) {
      least = Math.min(least, sleepNs[i]);
    }
    return least;
  }

  /** Whether a register write waits to be issued. */
  boolean hasWrite() {
    return nextWrite < writeCount;
  }

  /**
   * The next register write to issue: an expiry, {@link #NEVER} to clear the timer's count, {@link #MODE} or {@link
   * #DIVIDER}.
   */
  long takeWrite() {
    long expiry = writes[nextWrite++];
    if (nextWrite == writeCount) {
      nextWrite = 0;
      writeCount = 0;
    }
    return expiry;
  }

  private void emptied() {
    programmedNs = NEVER; // without a write the register keeps its value
    if (stopsWhenEmpty && !stopped) {
      stopped = true;
      issue(MODE);
      issue(NEVER);
    }
  }

  private void write(long expiryNs) {
    programmedNs = expiryNs;
    if (stopped) {
      stopped = false;
      issue(MODE);
      if (hasDivider) {
        issue(DIVIDER);
      }
    }
    issue(expiryNs);
  }

  private void issue(long write) {
    if (writeCount == writes.length) {
      throw new IllegalStateException("more timer writes wait than any transition makes");
    }
    writes[writeCount++] = write;
  }
}
