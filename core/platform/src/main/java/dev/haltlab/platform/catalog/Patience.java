package dev.haltlab.platform.catalog;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * How long plugin code may go on without coming back. The JVM has no way to end such a thread: it is given up, said
 * where it is, and left behind.
 *
 * <p>Patience is counted in looks at the thread, not read from a clock, so that a machine that was suspended or a
 * process that was stopped has not lost it.
 */
public final class Patience {
  /** What a run has unless the user asks for another: far above any honest call, and short enough to sit through. */
  public static final Patience DEFAULT = new Patience(Duration.ofSeconds(10));

  /** Waits as long as it takes, as one does with a debugger attached. */
  public static final Patience ENDLESS = new Patience(Duration.ZERO);

  private static final int LOOKS = 10;
  private static final ClassLoader CONTRACTS = new SpiOnly();

  private final Duration limit;

  private Patience(Duration limit) {
    this.limit = limit;
  }

  /**
   * Patience of about this length.
   *
   * @param limit above 0
   */
  public static Patience of(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("limit must be above 0, was " + limit);
    }
    return new Patience(limit);
  }

  /** Whether there is no limit. */
  public boolean isEndless() {
    return limit.isZero();
  }

  /** The limit; zero if there is none. */
  public Duration limit() {
    return limit;
  }

  /** Time between two looks at a thread, ns. Meaningless if there is no limit. */
  public long lookNs() {
    return Math.max(1, limit.toNanos() / LOOKS);
  }

  /** The limit in words: {@code 10 s}. */
  public String inWords() {
    return limit.toMillis() % 1_000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }

  /** Counts the looks at one thread. */
  public static final class Count {
    private long progress = Long.MIN_VALUE;
    private int looks;

    /**
     * One look.
     *
     * @param progressNow anything that moves as long as there is progress
     * @param inPlugin whether the thread is inside plugin code
     * @return whether patience is exhausted: the thread was inside plugin code at every one of the latest looks, and
     *     nothing has moved since the first of them
     */
    public boolean isExhausted(long progressNow, boolean inPlugin) {
      boolean same = inPlugin && progressNow == progress;
      progress = progressNow;
      looks = same ? looks + 1 : 0;
      return looks >= LOOKS;
    }
  }

  /**
   * Does work that runs plugin code, on a thread of its own unless there is no limit.
   *
   * @param work what to do; given up, it may still be running, so it must leave nothing half done that is looked at
   *     later
   * @param inPlugin tells from the thread's stack whether it is inside plugin code
   * @throws Exhausted if the thread did not come out of plugin code in time
   * @throws InterruptedException if the calling thread was interrupted
   * @throws Exception what the work threw
   */
  public <T> T call(Callable<T> work, Predicate<StackTraceElement[]> inPlugin) throws Exception {
    if (isEndless()) {
      return work.call();
    }
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = thread(task, "haltlab-plugin");
    thread.start();
    Count count = new Count();
    try {
      while (true) {
        try {
          return task.get(lookNs(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          StackTraceElement[] stack = thread.getStackTrace();
          if (count.isExhausted(0, inPlugin.test(stack))) {
            throw new Exhausted(stack);
          }
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    } finally {
      task.cancel(true);
    }
  }

  /**
   * A daemon thread for work that runs plugin code. Its context class loader shows what a plugin's own shows: libraries
   * that look there must find a plugin's version of themselves, or nothing, and never the host's.
   */
  public static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(CONTRACTS);
    return thread;
  }

  /** Patience is at an end. */
  public static final class Exhausted extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient StackTraceElement[] stack;

    Exhausted(StackTraceElement[] stack) {
      super("plugin code did not come back", null, false, false);
      this.stack = stack.clone();
    }

    /** Where the thread was. */
    public StackTraceElement[] stack() {
      return stack.clone();
    }
  }
}
