package dev.haltlab.workload;

import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;

/**
 * The talk's ring-0 test: one CPU halts, another spins for a while and sends it an interrupt. Meant for a bare guest
 * ({@code kernel: none}) of two vCPUs, where nothing stands between the interrupt and the handler.
 *
 * <p>Probe: {@code ipi}, from before the ICR write on vCPU 1 to the first instruction of the handler on vCPU 0.
 *
 * <p>Source: the talk's slides 14 to 26 (A = RDTSC before the send, B = RDTSC in the handler, some 100 us apart).
 */
public final class IpiLatency implements WorkloadProvider<IpiLatency.Config> {

  /**
   * Settings.
   *
   * @param interval how long the sender spins before each interrupt, above 0; long enough for the target to halt
   */
  public record Config(Dist interval) {
    public Config {
      Checks.positive("interval", interval);
    }
  }

  @Override
  public String id() {
    return "ipi-latency";
  }

  @Override
  public Config defaults() {
    return new Config(Dist.fixed(Duration.ofNanos(100_000)));
  }

  @Override
  public String summary() {
    return "one interrupt at a time to a halted CPU, in ring 0 (the talk's micro-benchmark; needs 2 vCPUs)";
  }

  @Override
  public void define(Config config, Guest guest) {
    Checks.vcpus(id(), guest, 2);
    var interrupt = guest.event("interrupt", true);
    var ipi = guest.probe("ipi");
    guest.task("target", 0, Script.forever().await(interrupt).stop(ipi));
    guest.task("sender", 1, Script.forever().compute(config.interval()).start(ipi).signal(interrupt));
  }
}
