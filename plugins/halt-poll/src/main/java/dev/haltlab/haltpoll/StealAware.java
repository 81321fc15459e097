package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@link Adaptive}, but no poll while the vCPU's thread has had to wait for its pCPU: on a crowded host the time is
 * better left to others. The window stays as it is until the waiting is over.
 *
 * <p>Source: what s390 does by {@code halt_poll_max_steal} (see {@link StolenTime}), here for any host.
 */
public final class StealAware implements HaltPollProvider<StealAware.Config> {

  /**
   * The module parameters of {@link Adaptive}, with the defaults of the newest kernel, and the limit.
   *
   * @param max {@code halt_poll_ns}, 0 to 4.294967295 s
   * @param grow {@code halt_poll_ns_grow}
   * @param growStart {@code halt_poll_ns_grow_start}, 0 to 4.294967295 s
   * @param shrink {@code halt_poll_ns_shrink}
   * @param maxSteal no polling from this percentage of waiting per tick on, 0 to 100; 0 never polls
   * @param tick the host's tick, over which waiting is averaged; 1 us to 1 s
   */
  public record Config(
      Duration max, long grow, Duration growStart, long shrink, int maxSteal, Duration tick) {
    private static final Duration SHORTEST = Duration.ofNanos(1_000);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    public Config {
      Unsigned.requireNs("max", max);
      Unsigned.require("grow", grow);
      Unsigned.requireNs("growStart", growStart);
      Unsigned.require("shrink", shrink);
      Unsigned.requireRange("maxSteal", maxSteal, 0, 100);
      if (tick.compareTo(SHORTEST) < 0 || tick.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("tick must be 1us to 1s");
      }
    }
  }

  @Override
  public String id() {
    return "steal-aware";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 2, Duration.ofNanos(10_000), 2, 10, Duration.ofMillis(1));
  }

  @Override
  public String summary() {
    return "adaptive, but no poll while the vCPU's thread had to wait for its pCPU (as s390 does)";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    Kernel newest = new Kernel(Kernel.NEWEST);
    Adaptive.Config parameters =
        new Adaptive.Config(
            Kernel.NEWEST, Arch.X86, Optional.of(config.max()), Optional.of(config.grow()),
            Optional.of(config.growStart()), Optional.of(config.shrink()), Optional.empty(), Optional.empty(),
            List.of());
    return new AdaptiveRule(
        newest, new Parameters(newest, parameters),
        new StolenTime(seat.host(), config.maxSteal(), config.tick().toNanos()));
  }
}
