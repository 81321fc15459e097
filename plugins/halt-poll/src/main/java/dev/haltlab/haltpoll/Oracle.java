package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * A bound, not a strategy: it knows when the wake-up will come. A halt that ends within the horizon is polled through,
 * any other is scheduled out at once, and no poll is ever in vain. The best pair of latency and host CPU a strategy
 * with this longest window could reach; {@code never-schedule} has lower latency and {@code off} costs less CPU.
 */
public final class Oracle implements HaltPollProvider<Oracle.Config> {
  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * Settings.
   *
   * @param horizon longest halt that is polled through, 0 to 1 h
   */
  public record Config(Duration horizon) {
    public Config {
      if (horizon.isNegative() || horizon.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("horizon must be 0 to 3600s");
      }
    }
  }

  @Override
  public String id() {
    return "oracle";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000));
  }

  @Override
  public String summary() {
    return "a bound: polls exactly the halts that end within the horizon, judged with hindsight";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Horizon(config.horizon().toNanos());
  }

  private record Horizon(long horizonNs) implements HaltPoll.Hindsight {
    @Override
    public long budget(long nowNs) {
      return horizonNs;
    }
  }
}
