package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * Linux's rule with two branches instead of four: a halt longer than the maximum shrinks the window, else one longer
 * than the window lets it grow. What it leaves out is that a halt of exactly the maximum changes nothing and that a
 * window at the maximum grows no more, so the two rules seldom differ.
 *
 * <p>Source: the simplification posted by Wanpeng Li to the kvm list in 2019, never merged; Yanan Wang's of 2021
 * amounts to the same. Growth ends at the maximum and shrinking has no floor, as in the kernel of that time (5.4).
 */
public final class Simplified implements HaltPollProvider<Simplified.Config> {

  /**
   * The module parameters, each an unsigned number of 32 bits.
   *
   * @param max {@code halt_poll_ns}: longest window, and the longest halt that lets it grow; 0 to 4.294967295 s
   * @param grow {@code halt_poll_ns_grow}: factor by which the window grows; 0 leaves it as it is
   * @param growStart {@code halt_poll_ns_grow_start}: first window above 0; 0 to 4.294967295 s
   * @param shrink {@code halt_poll_ns_shrink}: divisor by which it shrinks; 0 resets it to 0
   */
  public record Config(Duration max, long grow, Duration growStart, long shrink) {
    public Config {
      Unsigned.requireNs("max", max);
      Unsigned.require("grow", grow);
      Unsigned.requireNs("growStart", growStart);
      Unsigned.require("shrink", shrink);
    }
  }

  @Override
  public String id() {
    return "simplified-2019";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 2, Duration.ofNanos(10_000), 0);
  }

  @Override
  public String summary() {
    return "the kernel's rule with two branches, as posted by W. Li in 2019 and not merged";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new TwoBranches(config);
  }

  private static final class TwoBranches implements HaltPoll {
    private final long maxNs;
    private final long grow;
    private final long growStartNs;
    private final long shrink;
    private long windowNs;

    TwoBranches(Config config) {
      maxNs = config.max().toNanos();
      grow = config.grow();
      growStartNs = config.growStart().toNanos();
      shrink = config.shrink();
    }

    @Override
    public long budget(long nowNs) {
      return windowNs;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      if (!valid || haltNs > maxNs) {
        windowNs = shrink == 0 ? 0 : windowNs / shrink;
      } else if (haltNs > windowNs && grow != 0) {
        windowNs = Math.min(Math.max(windowNs * grow & Unsigned.MAX, growStartNs), maxNs);
      }
    }

    @Override
    public long windowNs() {
      return windowNs;
    }
  }
}
