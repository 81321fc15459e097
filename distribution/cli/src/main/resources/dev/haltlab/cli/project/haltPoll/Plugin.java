package {{package}};

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/** Polls after a short halt and not after a long one: something to begin with. */
public final class {{class}} implements HaltPollProvider<{{class}}.Config> {

  /**
   * What a scenario may set.
   *
   * @param window the longest halt that counts as short, and the time to poll; 0 to 1 s
   */
  public record Config(Duration window) {
    public Config {
      if (window.isNegative() || window.compareTo(Duration.ofSeconds(1)) > 0) {
        throw new IllegalArgumentException("window must be 0 to 1s");
      }
    }
  }

  @Override
  public String id() {
    return "{{id}}";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000));
  }

  @Override
  public String summary() {
    return "polls after a short halt and not after a long one";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Strategy(config.window().toNanos());
  }

  /** One for each vCPU. */
  private static final class Strategy implements HaltPoll {
    private final long windowNs;
    private boolean lastWasShort = true; // the first halt is polled for

    Strategy(long windowNs) {
      this.windowNs = windowNs;
    }

    @Override
    public long budget(long nowNs) {
      return lastWasShort ? windowNs : 0;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      lastWasShort = haltNs <= windowNs;
    }

    @Override
    public long windowNs() {
      return budget(0);
    }
  }
}
