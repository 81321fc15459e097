package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;

/**
 * No polling: a halted vCPU is scheduled out at once. What KVM did before Linux 4.0 and does with {@code halt_poll_ns =
 * 0}: the least host CPU and the slowest wake-up.
 */
public final class Off implements HaltPollProvider<Off.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "off";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "never polls: schedules a halted vCPU out at once (KVM before 4.0, or halt_poll_ns = 0)";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return now -> 0;
  }
}
