package dev.haltlab.trace;

import java.lang.reflect.Method;

/**
 * Bytes the current thread has allocated so far. By reflection, because the module under test rightly does not read the
 * management modules.
 */
public final class AllocationProbe {
  private final Object bean;
  private final Method allocated;
  private final Object threadId = Thread.currentThread().getId();

  public AllocationProbe() {
    try {
      bean = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean").invoke(null);
      allocated = Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not count allocations", e);
    }
    for (int i = 0; i < 100; i++) {
      bytes(); // reflection replaces its slow path after a few calls, which allocates
    }
  }

  public long bytes() {
    try {
      return (Long) allocated.invoke(bean, threadId);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
