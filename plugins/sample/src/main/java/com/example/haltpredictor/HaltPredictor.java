package com.example.haltpredictor;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * Predicts the next halt as processors predict branches: a counter goes up with each short halt and down with each long
 * one, and in its upper half the next halt is polled for. One halt against the trend does not turn it round.
 */
public final class HaltPredictor implements HaltPollProvider<HaltPredictor.Config> {

  /**
   * Settings.
   *
   * @param window the longest halt that counts as short, and the time to poll; 0 to 1 s
   * @param depth how many halts in a row turn the prediction round at most, 1 to 1000; 2 is a counter of two bits
   */
  public record Config(Duration window, int depth) {
    public Config {
      if (window.isNegative() || window.compareTo(Duration.ofSeconds(1)) > 0) {
        throw new IllegalArgumentException("window must be 0 to 1s");
      }
      if (depth < 1 || depth > 1_000) {
        throw new IllegalArgumentException("depth must be 1 to 1000, was " + depth);
      }
    }
  }

  @Override
  public String id() {
    return "halt-predictor";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 2);
  }

  @Override
  public String summary() {
    return "polls where the last halts were short, by a saturating counter as in branch predictors";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Counter(config.window().toNanos(), config.depth());
  }

  private static final class Counter implements HaltPoll {
    private final long shortNs;
    private final int depth;
    private int count;

    Counter(long shortNs, int depth) {
      this.shortNs = shortNs;
      this.depth = depth;
      this.count = depth; // the first halt is polled for
    }

    @Override
    public long budget(long nowNs) {
      return count >= depth ? shortNs : 0;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      count = haltNs <= shortNs ? Math.min(count + 1, 2 * depth - 1) : Math.max(count - 1, 0);
    }

    @Override
    public long windowNs() {
      return budget(0);
    }
  }
}
