package dev.haltlab.workload;

import dev.haltlab.spi.Body;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The talk's ring-0 test: one CPU halts, another spins for a while and sends it an interrupt. Meant for a bare guest
 * ({@code kernel: none}) of two vCPUs, where nothing stands between the interrupt and the handler.
 *
 * <p>Probe: {@code ipi}, from before the ICR write on vCPU 1 to the first instruction of the handler on vCPU 0.
 *
 * <p>Source: the talk's slides 14 to 26 (A = RDTSC before the send, B = RDTSC in the handler, some 100 us apart).
 */
public final class IpiLatency implements WorkloadProvider<IpiLatency.Config> {
  private static final long SPIN_NS = 1_000;

  /**
   * Settings.
   *
   * @param interval from the target having handled an interrupt to the next one, above 0; long enough for it to halt
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
    Pair pair = new Pair(config.interval(), interrupt, ipi);
    guest.task("target", 0, pair::target);
    guest.task("sender", 1, pair.new Sender());
  }

  /** The two sides, and the memory they share: the sender spins on it until the target has handled an interrupt. */
  private static final class Pair {
    private final Dist interval;
    private final Event interrupt;
    private final Probe ipi;
    private boolean waiting;
    private boolean handled = true;

    Pair(Dist interval, Event interrupt, Probe ipi) {
      this.interval = interval;
      this.interrupt = interrupt;
      this.ipi = ipi;
    }

    void target(Cpu cpu) {
      if (waiting) {
        cpu.stop(ipi);
        handled = true;
      }
      waiting = true;
      cpu.await(interrupt);
    }

    /** Waits until the last interrupt is handled, leaves the target an interval to halt in, and sends. */
    private final class Sender implements Body {
      private @Nullable Sampler intervalNs;
      private boolean due;

      @Override
      public void bind(RandomGenerator random) {
        intervalNs = interval.sampler(random);
      }

      @Override
      public void next(Cpu cpu) {
        Sampler sampler = intervalNs;
        if (sampler == null) {
          throw new IllegalStateException("bind was not called before the first verb");
        }
        if (!handled) {
          cpu.compute(SPIN_NS);
        } else if (!due) {
          due = true;
          cpu.compute(sampler.nextNs());
        } else {
          due = false;
          handled = false;
          cpu.start(ipi);
          cpu.signal(interrupt);
        }
      }
    }
  }
}
