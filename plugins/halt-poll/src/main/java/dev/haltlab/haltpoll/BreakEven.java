package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * Polls as long as would have cost least over the last halts, where a wake-up through the scheduler is worth so much
 * polling. Of the halts remembered each one is a candidate for the window: a window costs every shorter halt its length
 * and every longer one itself and a wake-up. Unlike a rule that grows and shrinks it sees that halts come in two
 * lengths, polls for the short ones only and does not forget them over a long one; and it does not poll at all where
 * that does not pay, however short of the maximum the halts are.
 *
 * <p>Where it loses: it remembers, so that a guest that falls idle is polled for until its short halts are forgotten,
 * which {@code adaptive} does within five long halts; and where halts have no pattern (exponential ones) it has
 * another mixture of latency and CPU than {@code adaptive}, not a better one.
 *
 * <p>Source: an original of this simulator. It is the rent-or-buy problem ("ski rental"), decided by the empirical
 * distribution; what polling is worth is the one parameter, as in Linux, whose {@code halt_poll_ns} says the same.
 */
public final class BreakEven implements HaltPollProvider<BreakEven.Config> {

  /**
   * Settings.
   *
   * @param worth the polling time that sparing one wake-up is worth, and so the longest window; 0 to 4.294967295 s
   * @param memory number of halts remembered, 1 to 1024
   */
  public record Config(Duration worth, int memory) {
    public Config {
      Unsigned.requireNs("worth", worth);
      Unsigned.requireRange("memory", memory, 1, 1024);
    }
  }

  @Override
  public String id() {
    return "break-even";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 32);
  }

  @Override
  public String summary() {
    return "polls as long as would have cost least over its last halts";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Cheapest(config.worth().toNanos(), config.memory());
  }

  private static final class Cheapest implements HaltPoll {
    private final long worthNs;
    private final RecentHalts halts;
    private long windowNs;

    Cheapest(long worthNs, int memory) {
      this.worthNs = worthNs;
      this.halts = new RecentHalts(memory);
    }

    @Override
    public long budget(long nowNs) {
      return windowNs;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      halts.add(Math.min(haltNs, Unsigned.MAX));
      long cheapestNs = cheapestWindow();
      // half as much again: the next halt may be a little longer than any before, and a hit costs no more for it
      windowNs = Math.min(cheapestNs + cheapestNs / 2, worthNs);
    }

    private long cheapestWindow() {
      int size = halts.size();
      long leastNs = size * worthNs;
      long bestNs = 0;
      long shorterNs = 0;
      for (int i = 0; i < size && halts.sorted(i) <= worthNs; i++) {
        long windowNs = halts.sorted(i);
        shorterNs += windowNs;
        long costNs = shorterNs + (size - i - 1) * (windowNs + worthNs);
        if (costNs <= leastNs) {
          leastNs = costNs;
          bestNs = windowNs;
        }
      }
      return bestNs;
    }

    @Override
    public long windowNs() {
      return windowNs;
    }
  }
}
