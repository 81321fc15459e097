package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Seat;

/**
 * A guest whose tick never stops: every idle episode executes HLT, and the tick wakes it again. Linux booted with
 * {@code nohz=off}; close to guests without a tickless idle, such as Windows.
 *
 * <p>No timer is written on the way in or out of idle; instead each tick is an interrupt and a write.
 *
 * <p>Source: kernel/time/tick-sched.c, Linux 4.19.
 */
public final class PeriodicTick implements IdlePolicyProvider<PeriodicTick.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "periodic-tick";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "executes HLT and keeps the tick: a guest with nohz=off";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new Halting(false);
  }
}
