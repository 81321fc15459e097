package dev.haltlab.platform.run;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** CPU time and allocation of the current thread since the start, as far as the JVM can tell. */
final class Meter {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final boolean CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();
  private static final boolean ALLOCATION = Allocation.available();

  private final long beganNs = now();
  private final long beganBytes = bytes();

  private Meter() {}

  /** Starts measuring the current thread. */
  static Meter start() {
    return new Meter();
  }

  /** CPU time since the start, ns; elapsed time where the JVM has no CPU clock per thread. */
  long cpuNs() {
    return now() - beganNs;
  }

  /** Bytes allocated since the start; −1 if the JVM cannot tell. */
  long allocatedBytes() {
    return beganBytes < 0 ? -1 : bytes() - beganBytes;
  }

  private static long now() {
    return CPU_TIME ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }

  private static long bytes() {
    return ALLOCATION ? Allocation.bytes() : -1;
  }

  /** Apart, so that a runtime without jdk.management fails to link this class only. */
  private static final class Allocation {
    private Allocation() {}

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
