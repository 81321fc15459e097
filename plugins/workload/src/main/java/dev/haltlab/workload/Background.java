package dev.haltlab.workload;

import dev.haltlab.spi.Body;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A guest's own load: on each vCPU a task that computes for a burst at the start of every period and sleeps for the
 * rest of it. A burst that overruns its period starts the next one at once; periods that were missed are not made up
 * for.
 *
 * <p>Probe: {@code burst}, from the start of a burst to its end: the CPU time asked for and whatever came in between.
 */
public final class Background implements WorkloadProvider<Background.Config> {

  /**
   * Settings.
   *
   * @param period time from one burst to the next, above 0
   * @param burst CPU time of one burst
   * @param wheelTimersPerSecond timer-wheel expiries per second on each vCPU, the kernel's own housekeeping, 0 to
   *     1,000,000; 0 for none
   */
  public record Config(Duration period, Dist burst, int wheelTimersPerSecond) {
    public Config {
      Checks.positive("period", period);
      Checks.perSecond("wheelTimersPerSecond", wheelTimersPerSecond);
    }
  }

  @Override
  public String id() {
    return "background";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(1_000_000), Dist.fixed(Duration.ofNanos(200_000)), 7);
  }

  @Override
  public String summary() {
    return "a periodic burst of computing on every vCPU";
  }

  @Override
  public void define(Config config, Guest guest) {
    var burst = guest.probe("burst");
    for (int vcpu = 0; vcpu < guest.vcpus(); vcpu++) {
      guest.task("worker-" + vcpu, vcpu, new Worker(config.period().toNanos(), config.burst(), burst));
    }
    Housekeeping.wheelTimers(guest, config.wheelTimersPerSecond());
  }

  private static final class Worker implements Body {
    private final long periodNs;
    private final Dist burst;
    private final Probe probe;
    private @Nullable Sampler burstNs;
    private long dueNs;
    private boolean computing;

    Worker(long periodNs, Dist burst, Probe probe) {
      this.periodNs = periodNs;
      this.burst = burst;
      this.probe = probe;
    }

    @Override
    public void bind(RandomGenerator random) {
      burstNs = burst.sampler(random);
    }

    @Override
    public void next(Cpu cpu) {
      if (computing) {
        computing = false;
        cpu.stop(probe);
        dueNs = Math.max(dueNs + periodNs, cpu.nowNs());
        cpu.sleepUntil(dueNs);
        return;
      }
      Sampler sampler = burstNs;
      if (sampler == null) {
        throw new IllegalStateException("bind was not called before the first verb");
      }
      computing = true;
      cpu.start(probe);
      cpu.compute(sampler.nextNs());
    }
  }
}
