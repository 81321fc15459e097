package dev.haltlab.workload;

import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import java.time.Duration;

/** The guest kernel's own timers, which every workload carries along. */
final class Housekeeping {
  private static final long SECOND_NS = 1_000_000_000L;

  private Housekeeping() {}

  /** Gives each vCPU a Poisson process of timer-wheel expiries. Vcpus draw from streams of their own. */
  static void wheelTimers(Guest guest, int perSecond) {
    if (perSecond == 0) {
      return;
    }
    Dist interval = Dist.exponential(Duration.ofNanos(SECOND_NS / perSecond));
    for (int vcpu = 0; vcpu < guest.vcpus(); vcpu++) {
      guest.wheelTimers(vcpu, interval);
    }
  }
}
