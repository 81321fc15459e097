package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * Polls for a multiple of the average short halt, as long as at least half of the halts are short. Both the length and
 * the share of short halts are averages in which older ones count less and less (exponentially weighted moving
 * averages).
 *
 * <p>Source: an original of this simulator, after the averages that network drivers and the block layer's polling use.
 */
public final class Ewma implements HaltPollProvider<Ewma.Config> {
  /** What 1 is in the share of short halts. */
  private static final long ONE = 1 << 20;

  /**
   * Settings.
   *
   * @param max longest window, and the longest halt that counts as short; 0 to 4.294967295 s
   * @param factor window over average, 1 to 100
   * @param weight the latest halt counts one in this many, 1 to 1024
   */
  public record Config(Duration max, int factor, int weight) {
    public Config {
      Unsigned.requireNs("max", max);
      Unsigned.requireRange("factor", factor, 1, 100);
      Unsigned.requireRange("weight", weight, 1, 1024);
    }
  }

  @Override
  public String id() {
    return "ewma";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 2, 8);
  }

  @Override
  public String summary() {
    return "polls for twice the average short halt, while at least half of the halts are short";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Averages(config.max().toNanos(), config.factor(), config.weight());
  }

  private static final class Averages implements HaltPoll {
    private final long maxNs;
    private final long factor;
    private final long weight;
    private long shortNs;
    private long share;

    Averages(long maxNs, int factor, int weight) {
      this.maxNs = maxNs;
      this.factor = factor;
      this.weight = weight;
    }

    @Override
    public long budget(long nowNs) {
      return windowNs();
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      boolean isShort = haltNs <= maxNs;
      if (isShort) {
        shortNs = share == 0 ? haltNs : shortNs + (haltNs - shortNs) / weight;
      }
      share += ((isShort ? ONE : 0) - share) / weight;
    }

    @Override
    public long windowNs() {
      return share * 2 < ONE ? 0 : Math.min(shortNs * factor, maxNs);
    }
  }
}
