package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Seat;
import java.util.List;

/**
 * A guest with a cpuidle driver and the governor {@code menu}, Linux's usual one: it expects the time to the next timer,
 * corrected by how such expectations went before, or the time after which the CPU was mostly woken of late, and takes the
 * deepest state that pays within it. The tick is kept where that is less than its period.
 *
 * <p>Such a guest needs MWAIT ({@code passThrough: [hlt, mwait]}): its states are then those of the CPU under it. Without,
 * it has POLL and HLT, as with the driver haltpoll and {@code cpuidle.governor=menu}. It follows the guest's kernel: how
 * polling is chosen before 4.20, the timer not asked for from 6.6 on where short idle is expected, no limit of latency by
 * the prediction from 6.12 on, and outliers on both sides from 6.15 on. Not modelled: tasks that wait for I/O, and latency limits (PM QoS).
 *
 * <p>Source: drivers/cpuidle/governors/menu.c, Linux 4.19 to 6.15.
 */
public final class Menu implements IdlePolicyProvider<Menu.Config> {

  /**
   * The driver's table.
   *
   * @param states states below POLL, shallowest first; empty for those of the CPU under it or, without MWAIT, HLT
   */
  public record Config(List<GuestState> states) {
    public Config {
      states = List.copyOf(states);
      StateTable.check(states);
    }
  }

  @Override
  public String id() {
    return "menu";
  }

  @Override
  public Config defaults() {
    return new Config(List.of());
  }

  @Override
  public String summary() {
    return "cpuidle's governor menu: POLL and HLT, or the CPU's own C-states where MWAIT is passed through";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new MenuGovernor(new StateTable(config.states(), seat.guest()), seat.guest());
  }
}
