package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Seat;

/**
 * A tickless guest without a cpuidle driver: every idle episode stops the tick where the guest kernel's rules allow it
 * and executes HLT. What Linux does in an ordinary KVM guest, which sees neither MWAIT nor ACPI C-states.
 *
 * <p>Source: kernel/sched/idle.c and {@code default_idle}, Linux 3.10 to 4.19.
 */
public final class Nohz implements IdlePolicyProvider<Nohz.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "nohz";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "stops the tick and executes HLT: a NOHZ guest without cpuidle driver";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new Halting(true);
  }
}
