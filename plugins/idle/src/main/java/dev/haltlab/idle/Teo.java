package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Seat;
import java.util.List;

/**
 * A guest with a cpuidle driver and the governor {@code teo}, timer events oriented: it takes the deepest state that pays
 * before the next timer, unless lately most wake-ups came so early that a shallower one would have paid. The tick is kept
 * where the idle time expected is less than its period.
 *
 * <p>Its states are as {@link Menu}'s. It decides as a kernel of early 2026 does, whatever the guest's; the first teo, of
 * 5.1, and those before 6.6, which always ask for the next timer first, differ. Not modelled: latency limits (PM QoS).
 *
 * <p>Source: drivers/cpuidle/governors/teo.c, Linux 7.0.
 */
public final class Teo implements IdlePolicyProvider<Teo.Config> {

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
    return "teo";
  }

  @Override
  public Config defaults() {
    return new Config(List.of());
  }

  @Override
  public String summary() {
    return "cpuidle's governor teo: POLL and HLT, or the CPU's own C-states where MWAIT is passed through";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new TeoGovernor(new StateTable(config.states(), seat.guest()), seat.guest());
  }
}
