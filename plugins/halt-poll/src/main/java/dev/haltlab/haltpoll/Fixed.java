package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * Polls for the same time at every halt, whatever came of the last one.
 *
 * <p>Source: the {@code halt_poll_ns} parameter of KVM in Linux 4.0, before windows adapted; the talk's slide 28 uses
 * 200 us.
 */
public final class Fixed implements HaltPollProvider<Fixed.Config> {

  /**
   * Settings.
   *
   * @param window time to poll at each halt, 0 to 4.294967295 s (the kernel's parameter has 32 bits of nanoseconds)
   */
  public record Config(Duration window) {
    public Config {
      Unsigned.requireNs("window", window);
    }
  }

  @Override
  public String id() {
    return "fixed";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000));
  }

  @Override
  public String summary() {
    return "polls for one fixed window at every halt (KVM 4.0)";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new FixedWindow(config.window().toNanos());
  }

  private record FixedWindow(long windowNs) implements HaltPoll {
    @Override
    public long budget(long nowNs) {
      return windowNs;
    }
  }
}
