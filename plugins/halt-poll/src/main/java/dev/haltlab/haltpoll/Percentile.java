package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * Polls for the time within which most successful polls end: those that still run then seldom succeed. Successful are
 * the halts that a poll of the longest window would have caught, whether or not it was caught; counting only what the
 * window itself caught would let it shrink without end.
 *
 * <p>Source: the tuning recipe in the cover letter of KVM's halt-polling histograms (J. Zhang, August 2021): 80 % of
 * the successful polls took less than 132 us, so 132 us should be the maximum. Doing so at run time is an original of
 * this simulator.
 */
public final class Percentile implements HaltPollProvider<Percentile.Config> {

  /**
   * Settings.
   *
   * @param max longest window, 0 to 4.294967295 s
   * @param percent of the successful polls that the window is to cover, 1 to 100
   * @param memory number of successful polls remembered, 1 to 1024
   */
  public record Config(Duration max, int percent, int memory) {
    public Config {
      Unsigned.requireNs("max", max);
      Unsigned.requireRange("percent", percent, 1, 100);
      Unsigned.requireRange("memory", memory, 1, 1024);
    }
  }

  @Override
  public String id() {
    return "percentile";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 80, 64);
  }

  @Override
  public String summary() {
    return "polls for the time within which 80 % of the successful polls end";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Covering(config.max().toNanos(), config.percent(), config.memory());
  }

  private static final class Covering implements HaltPoll {
    private final long maxNs;
    private final int percent;
    private final RecentHalts caught;
    private long windowNs;

    Covering(long maxNs, int percent, int memory) {
      this.maxNs = maxNs;
      this.percent = percent;
      this.caught = new RecentHalts(memory);
    }

    @Override
    public long budget(long nowNs) {
      return windowNs;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      if (haltNs <= maxNs) {
        caught.add(haltNs);
        int rank = (caught.size() * percent + 99) / 100;
        windowNs = caught.sorted(rank - 1);
      }
    }

    @Override
    public long windowNs() {
      return windowNs;
    }
  }
}
