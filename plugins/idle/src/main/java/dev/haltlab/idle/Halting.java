package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.util.List;

/** One state, HLT, chosen always: an idle loop without a cpuidle driver. */
final class Halting implements IdlePolicy {
  private static final List<IdleState> STATES = List.of(new IdleState("HLT", IdleState.Kind.HLT, 0, 0));

  private final boolean tickless;

  /** @param tickless whether the tick is stopped */
  Halting(boolean tickless) {
    this.tickless = tickless;
  }

  @Override
  public List<IdleState> states() {
    return STATES;
  }

  @Override
  public boolean isTickless() {
    return tickless;
  }

  @Override
  public int select(long nowNs, long sleepNs, boolean tickStopped) {
    return 0;
  }

  @Override
  public boolean stopsTick() {
    return tickless;
  }
}
