package dev.haltlab.spi;

import java.util.List;
import java.util.Optional;

/** See {@link GuestView#QUIET}. */
final class QuietGuest implements GuestView {
  private static final long PERIOD_NS = 4_000_000;
  private static final Optional<KernelVersion> NEWEST = Optional.of(new KernelVersion(7, 1, 0));

  @Override
  public Optional<KernelVersion> kernel() {
    return NEWEST;
  }

  @Override
  public long tickPeriodNs() {
    return PERIOD_NS;
  }

  @Override
  public long nextEventNs() {
    return Long.MAX_VALUE;
  }

  @Override
  public int pass() {
    return 0;
  }

  @Override
  public boolean tickCame() {
    return false;
  }

  @Override
  public List<CState> mwaitStates() {
    return List.of();
  }
}
