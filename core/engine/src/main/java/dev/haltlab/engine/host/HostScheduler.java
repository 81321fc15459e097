package dev.haltlab.engine.host;

import java.util.List;

/** Places woken threads on pCPUs: bound ones where they must run, others where they ran if idle, else on an idle pCPU. */
public final class HostScheduler {
  private final List<PhysicalCpu> cpus;

  /** @param cpus all pCPUs, in order */
  public HostScheduler(List<PhysicalCpu> cpus) {
    this.cpus = List.copyOf(cpus);
  }

  /** Wakes a thread that sleeps. */
  public void wake(HostThread.Entity thread) {
    place(thread).wake(thread);
  }

  private PhysicalCpu place(HostThread.Entity thread) {
    PhysicalCpu last = thread.cpu();
    if (thread.isBound() || last.isIdle()) {
      return last;
    }
    PhysicalCpu best = last;
    for (int i = 0; i < cpus.size(); i++) {
      PhysicalCpu candidate = cpus.get(i);
      if (candidate.isIdle()) {
        return candidate;
      }
      if (candidate.waiting() < best.waiting()) {
        best = candidate;
      }
    }
    return best;
  }
}
