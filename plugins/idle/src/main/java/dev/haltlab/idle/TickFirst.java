package dev.haltlab.idle;

import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.util.List;

/** Halts, and stops the tick only once it has ended a pass of the same idle episode. See {@link Nohz}. */
final class TickFirst implements IdlePolicy {
  private final Halting halting = new Halting(true);
  private final GuestView guest;
  private boolean stopsTick;

  TickFirst(GuestView guest) {
    this.guest = guest;
  }

  @Override
  public List<IdleState> states() {
    return halting.states();
  }

  @Override
  public int select(long nowNs, long sleepNs, boolean tickStopped) {
    stopsTick = tickStopped || (guest.pass() > 0 && guest.tickCame());
    return halting.select(nowNs, sleepNs, tickStopped);
  }

  @Override
  public boolean stopsTick() {
    return stopsTick;
  }
}
