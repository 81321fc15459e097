package dev.haltlab.tck;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Bytes that the current thread allocates. */
final class Allocation {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int WARM_UP = 3;
  /** Rounds in a row in which nothing may be allocated. */
  private static final int CLEAN = 4;
  /** The JVM has to rebuild something for the thread now and then, when it compiles anew: so many rounds at most. */
  private static final int MOST = 24;

  private Allocation() {}

  /**
   * Runs a round until it has allocated nothing several times in a row. What the plugin allocates comes again and again;
   * what the JVM does ends some time, on a busy machine late.
   *
   * @param calls in one round
   * @param round allocates nothing but what the plugin does
   * @return what was observed
   */
  static String none(String what, int calls, Runnable round) {
    if (!Counter.available()) {
      throw new NotApplicable("this JVM does not count allocations");
    }
    for (int i = 0; i < WARM_UP; i++) {
      round.run();
    }
    long allocated = 0;
    int clean = 0;
    int rounds = 0;
    while (clean < CLEAN && rounds < MOST) {
      long before = Counter.bytes();
      round.run();
      long bytes = Counter.bytes() - before;
      allocated += bytes;
      clean = bytes == 0 ? clean + 1 : 0;
      rounds++;
    }
    if (clean < CLEAN) {
      throw new Violation(allocated + " bytes in " + rounds * calls + " " + what + " after warm-up");
    }
    return "0 bytes in " + CLEAN * calls + " " + what + " after warm-up";
  }

  /** Apart, so that a runtime without jdk.management fails to link this class only. */
  private static final class Counter {
    private Counter() {}

    static boolean available() {
      try {
        return THREADS instanceof com.sun.management.ThreadMXBean threads
            && threads.isThreadAllocatedMemorySupported()
            && threads.isThreadAllocatedMemoryEnabled();
      } catch (LinkageError noSuchModule) {
        return false;
      }
    }

    static long bytes() {
      return ((com.sun.management.ThreadMXBean) THREADS).getCurrentThreadAllocatedBytes();
    }
  }
}
