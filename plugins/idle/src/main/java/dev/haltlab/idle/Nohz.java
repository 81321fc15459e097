package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Seat;

/**
 * A tickless guest without a cpuidle driver: every idle episode stops the tick where the guest kernel's rules allow it
 * and executes HLT. What Linux does in an ordinary KVM guest, which sees neither MWAIT nor ACPI C-states.
 *
 * <p>Linux 7.0, and 6.1 and 6.12 of March 2026, keep the tick on the first pass of an idle episode and stop it only after a
 * pass that the tick ended: {@code tickFirst}. Slower small VMs have been reported with it (sysbench threads 29 % down); a
 * ping-pong has fewer exits with it. What explains the report is not settled, so this is an option and no claim.
 *
 * <p>Source: kernel/sched/idle.c and {@code default_idle}, Linux 3.10 to 4.19; commit f4c31b07b136.
 */
public final class Nohz implements IdlePolicyProvider<Nohz.Config> {

  /**
   * What differs between kernels.
   *
   * @param tickFirst whether the tick is stopped only after a pass of the same idle episode that the tick ended
   */
  public record Config(boolean tickFirst) {}

  @Override
  public String id() {
    return "nohz";
  }

  @Override
  public Config defaults() {
    return new Config(false);
  }

  @Override
  public String summary() {
    return "stops the tick and executes HLT: a NOHZ guest without cpuidle driver";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return config.tickFirst() ? new TickFirst(seat.guest()) : new Halting(true);
  }
}
