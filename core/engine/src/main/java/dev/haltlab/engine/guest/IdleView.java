package dev.haltlab.engine.guest;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.KernelVersion;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one guest CPU shows its idle policy, which is made before it. */
public final class IdleView implements GuestView {
  private final Optional<KernelVersion> kernel;
  private final long tickPeriodNs;
  private final List<CState> mwaitStates;
  private @Nullable GuestCpu guest;

  /**
   * @param kernel the guest's Linux; null for a bare guest
   * @param mwaitStates what MWAIT reaches, shallowest first; empty if there is none
   */
  public IdleView(@Nullable KernelVersion kernel, long tickPeriodNs, List<CState> mwaitStates) {
    this.kernel = Optional.ofNullable(kernel);
    this.tickPeriodNs = tickPeriodNs;
    this.mwaitStates = List.copyOf(mwaitStates);
  }

  /** From now on it shows this CPU. */
  void attach(GuestCpu newGuest) {
    guest = newGuest;
  }

  @Override
  public Optional<KernelVersion> kernel() {
    return kernel;
  }

  @Override
  public long tickPeriodNs() {
    return tickPeriodNs;
  }

  @Override
  public long nextEventNs() {
    GuestCpu g = guest;
    long eventNs = g == null ? TimerQueue.NEVER : g.timers.earliestNs();
    return g == null || eventNs == TimerQueue.NEVER ? Long.MAX_VALUE : Math.max(0, eventNs - g.calendar.nowNs());
  }

  @Override
  public int pass() {
    GuestCpu g = guest;
    return g == null ? 0 : g.idleLoop.passes();
  }

  @Override
  public boolean tickCame() {
    GuestCpu g = guest;
    return g != null && g.idleLoop.tickCame();
  }

  @Override
  public List<CState> mwaitStates() {
    return mwaitStates;
  }
}
