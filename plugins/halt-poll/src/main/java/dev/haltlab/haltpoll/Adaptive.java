package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;

/**
 * Linux's own strategy: a window per vCPU that grows after halts which polling a little longer would have caught, and
 * shrinks after long ones. As in Linux 6.11 and later; {@link AdaptiveRule} is the rule itself.
 *
 * <p>Source: {@code kvm_vcpu_halt()} and the functions it calls in virt/kvm/kvm_main.c;
 * Documentation/virt/kvm/halt-polling.rst.
 */
public final class Adaptive implements HaltPollProvider<Adaptive.Config> {

  /**
   * The module parameters of {@code kvm}, each an unsigned number of 32 bits.
   *
   * @param max {@code halt_poll_ns}: longest window, and the longest halt that lets it grow; 0 to 4.294967295 s; 0
   *     polls never
   * @param grow {@code halt_poll_ns_grow}: factor by which the window grows; 0 leaves it as it is
   * @param growStart {@code halt_poll_ns_grow_start}: first window above 0, and the least one left by shrinking; 0 to
   *     4.294967295 s
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
    return "adaptive";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 2, Duration.ofNanos(10_000), 2);
  }

  @Override
  public String summary() {
    return "grows and shrinks its window as Linux does (kvm_vcpu_halt, 6.11 and later)";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return new AdaptiveRule(
        config.max().toNanos(), config.grow(), config.growStart().toNanos(), config.shrink());
  }
}
