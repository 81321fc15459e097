package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;

/**
 * Polls until the wake-up comes, even when another thread wants the pCPU: only the host scheduler's time slice ends it.
 * The lowest latency a wake-up by interrupt can have, at the price of a whole pCPU per vCPU.
 *
 * <p>Source: the "never schedule" column of the talk's slides 25 and 26.
 */
public final class NeverSchedule implements HaltPollProvider<NeverSchedule.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "never-schedule";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "polls until the wake-up comes and yields to no one: lowest latency, a whole pCPU per vCPU";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new Polling();
  }

  private static final class Polling implements HaltPoll {
    @Override
    public long budget(long nowNs) {
      return FOREVER;
    }

    @Override
    public boolean yields() {
      return false;
    }
  }
}
