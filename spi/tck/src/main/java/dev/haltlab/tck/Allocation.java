package dev.haltlab.tck;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/** Bytes that the current thread allocates. */
final class Allocation {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int WARM_UP = 3;
  private static final int ROUNDS = 5;

  private Allocation() {}

  /**
   * Runs a round several times and wants all but one to allocate nothing once it is warm; that one is the JVM's, which
   * now and then has to rebuild something for the thread.
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
    long[] bytes = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long before = Counter.bytes();
      round.run();
      bytes[i] = Counter.bytes() - before;
    }
    Arrays.sort(bytes);
    long allocated = 0;
    for (int i = 0; i < ROUNDS - 1; i++) {
      allocated += bytes[i];
    }
    int counted = (ROUNDS - 1) * calls;
    if (allocated > 0) {
      throw new Violation(allocated + " bytes in " + counted + " " + what + " after warm-up");
    }
    return "0 bytes in " + counted + " " + what + " after warm-up";
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
