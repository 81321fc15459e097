package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Seat;

/**
 * A tickless guest booted with {@code idle=halt}: no cpuidle driver loads, neither haltpoll nor intel_idle, and each idle
 * episode stops the tick and executes HLT, whatever else is passed through. The same as {@link Nohz} where there would be
 * no driver anyway.
 *
 * <p>Source: {@code idle_setup} in arch/x86/kernel/process.c, Linux 6.1; drivers test {@code boot_option_idle_override}.
 */
public final class Halt implements IdlePolicyProvider<Halt.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "halt";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "stops the tick and executes HLT, no driver allowed: a guest with idle=halt";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new Halting(true);
  }
}
