package dev.haltlab.workload;

import dev.haltlab.spi.Guest;
import dev.haltlab.spi.WorkloadProvider;

/**
 * A guest with nothing to do but its kernel's housekeeping: no task, no probe. What it costs the host is the wake-ups,
 * and the polling after each.
 *
 * <p>Source: the talk's slide 28, "about 1 % CPU for idle vCPUs" with a window of 200 us: some 50 wake-ups a second.
 */
public final class Idle implements WorkloadProvider<Idle.Config> {

  /**
   * Settings.
   *
   * @param wakeUpsPerSecond timer-wheel expiries per second on each vCPU, 0 to 1,000,000; they come at random
   */
  public record Config(int wakeUpsPerSecond) {
    public Config {
      Checks.perSecond("wakeUpsPerSecond", wakeUpsPerSecond);
    }
  }

  @Override
  public String id() {
    return "idle";
  }

  @Override
  public Config defaults() {
    return new Config(50);
  }

  @Override
  public String summary() {
    return "nothing but background wake-ups of the guest kernel";
  }

  @Override
  public void define(Config config, Guest guest) {
    Housekeeping.wheelTimers(guest, config.wakeUpsPerSecond());
  }
}
