package dev.haltlab.engine.guest;

/**
 * The tick of one guest CPU, and when it may stop. Stopping and restarting move the tick's timer in the {@link
 * TimerQueue}, and register writes follow there: two to stop, two to restart, as long as another timer (the watchdog) is
 * queued behind; see there for what happens otherwise. Newer kernels move the timer in one step: from 5.15 on when the
 * tick stops, from 7.1 on also when it restarts.
 *
 * <p>Source: kernel/time/tick-sched.c, Linux 3.10 and 4.19 (3.16 has the same shape): tick_nohz_stop_sched_tick restarts
 * the queued tick timer at the next event; tick_nohz_restart cancels it and starts it anew; the tick is kept if the next
 * wheel timer is at most one jiffy away; a stopped tick that fires re-arms itself. One step: kernel/time/hrtimer.c since
 * "hrtimer: Avoid double reprogramming in __hrtimer_start_range_ns()" (5.15, and stable kernels of autumn 2021) and
 * "tick/sched: Avoid hrtimer_cancel/start() sequence" (7.1).
 */
final class Tick {
  private final TimerQueue timers;
  private final long periodNs;
  private final long offsetNs;
  private final boolean movesToStop;
  private final boolean movesToRestart;
  private boolean stopped;
  /** The last answer of {@link #jiffyAfter}: mostly still right, which saves a division. */
  private long nextJiffyNs;

  /**
   * @param periodNs of the guest's HZ
   * @param offsetNs phase of the jiffies, 0 to {@code periodNs - 1}
   * @param movesToStop whether the kernel stops it in one step
   * @param movesToRestart whether the kernel restarts it in one step
   */
  Tick(TimerQueue timers, long periodNs, long offsetNs, boolean movesToStop, boolean movesToRestart) {
    this.timers = timers;
    this.periodNs = periodNs;
    this.offsetNs = offsetNs;
    this.movesToStop = movesToStop;
    this.movesToRestart = movesToRestart;
  }

  /** The first jiffy boundary at or after {@code ns}. */
  long jiffyAtOrAfter(long ns) {
    long past = ns - offsetNs + periodNs - 1;
    return past < 0 ? offsetNs : past - past % periodNs + offsetNs;
  }

  /** The first jiffy boundary after now. */
  private long jiffyAfter(long nowNs) {
    if (nowNs >= nextJiffyNs || nowNs < nextJiffyNs - periodNs) {
      nextJiffyNs = jiffyAtOrAfter(nowNs + 1);
    }
    return nextJiffyNs;
  }

  long periodNs() {
    return periodNs;
  }

  boolean isStopped() {
    return stopped;
  }

  /** Starts ticking. */
  void start(long nowNs) {
    timers.add(TimerQueue.TICK, jiffyAfter(nowNs));
  }

  /**
   * Stops the tick if it may stop, or moves a stopped one to the next event.
   *
   * @param nextWheelNs when the wheel needs it, on a jiffy
   */
  void stop(long nowNs, long nextWheelNs) {
    if (!stopped && nextWheelNs <= jiffyAfter(nowNs)) {
      return;
    }
    if (stopped && timers.expiryOf(TimerQueue.TICK) == nextWheelNs) {
      return;
    }
    stopped = true;
    if (nextWheelNs == TimerQueue.NEVER) {
      timers.remove(TimerQueue.TICK);
    } else {
      requeue(Math.max(nextWheelNs, nowNs), movesToStop);
    }
  }

  /** Restarts a stopped tick at the next jiffy. */
  void restart(long nowNs) {
    if (stopped) {
      stopped = false;
      requeue(jiffyAfter(nowNs), movesToRestart);
    }
  }

  private void requeue(long expiryNs, boolean inOneStep) {
    if (inOneStep && timers.expiryOf(TimerQueue.TICK) != TimerQueue.NEVER) {
      timers.move(TimerQueue.TICK, expiryNs);
    } else {
      timers.remove(TimerQueue.TICK);
      timers.add(TimerQueue.TICK, expiryNs);
    }
  }

  /** In the timer interrupt: if the tick is due, re-arms it for the next jiffy and returns true. */
  boolean expired(long nowNs) {
    if (timers.expiryOf(TimerQueue.TICK) > nowNs) {
      return false;
    }
    timers.rearm(TimerQueue.TICK, jiffyAfter(nowNs));
    return true;
  }
}
