package dev.haltlab.haltpoll;

import java.util.Comparator;
import java.util.List;

/**
 * What has been set for one VM so far: the parameters of the module and the VM's own maximum. Writes take effect at the
 * first halt or wake-up that reads them.
 */
final class Parameters {
  private final Kernel kernel;
  private final List<Adaptive.Change> changes;
  private int next;
  private long nextNs;

  private long moduleMaxNs;
  private long vmMaxNs = -1;

  /** The maximum that holds for this VM, ns. */
  long maxNs;
  /** The limit of growth where growth has one, ns. */
  long growthLimitNs;
  long grow;
  long growStartNs;
  long shrink;

  /** @param config complete */
  Parameters(Kernel kernel, Adaptive.Config config) {
    this.kernel = kernel;
    this.changes = config.changes().stream().sorted(Comparator.comparing(Adaptive.Change::at)).toList();
    moduleMaxNs = config.max().orElseThrow().toNanos();
    grow = config.grow().orElse(0L);
    growStartNs = config.growStart().map(d -> d.toNanos()).orElse(0L);
    shrink = config.shrink().orElse(0L);
    if (config.cap().isPresent()) {
      vmMaxNs = config.cap().get().toNanos();
    } else if (kernel.maximumPerVm && !kernel.followsModule) {
      vmMaxNs = moduleMaxNs;
    }
    nextNs = timeOf(0);
    settle();
  }

  /** Takes in what has been written up to now. */
  void advance(long nowNs) {
    while (nowNs >= nextNs) {
      write(changes.get(next));
      nextNs = timeOf(++next);
    }
  }

  private long timeOf(int index) {
    return index < changes.size() ? changes.get(index).at().toNanos() : Long.MAX_VALUE;
  }

  private void write(Adaptive.Change change) {
    if (change.max().isPresent()) {
      moduleMaxNs = change.max().get().toNanos();
    }
    if (change.grow().isPresent() && kernel.factorsWritable) {
      grow = change.grow().get();
    }
    if (change.growStart().isPresent() && kernel.growthHasFloor) {
      growStartNs = change.growStart().get().toNanos();
    }
    if (change.shrink().isPresent() && kernel.factorsWritable) {
      shrink = change.shrink().get();
    }
    if (change.cap().isPresent() && kernel.maximumPerVm) {
      vmMaxNs = change.cap().get().toNanos();
    }
    settle();
  }

  private void settle() {
    maxNs = vmMaxNs >= 0 ? vmMaxNs : moduleMaxNs;
    growthLimitNs = kernel.clampsGrowthToModule ? moduleMaxNs : maxNs;
  }
}
