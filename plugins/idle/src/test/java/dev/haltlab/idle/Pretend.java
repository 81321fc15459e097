package dev.haltlab.idle;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.KernelVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A guest CPU that shows what a test wants. */
final class Pretend implements GuestView {
  static final long TICK_NS = 4_000_000;
  /** Skylake-X (kernel.md 2.8): C1 2/2, C1E 10/20, C6 133/600 us. */
  static final List<CState> SKYLAKE_X = List.of(state("C1", 2, 2), state("C1E", 10, 20), state("C6", 133, 600));

  long nextEventNs = Long.MAX_VALUE;
  int pass;
  boolean tickCame;
  private final KernelVersion kernel;
  private final List<CState> mwaitStates;

  Pretend(String kernel, List<CState> mwaitStates) {
    this.kernel = KernelVersion.parse(kernel);
    this.mwaitStates = mwaitStates;
  }

  private static CState state(String name, long exitUs, long residencyUs) {
    return new CState(name, Duration.ofNanos(exitUs * 1_000), Duration.ofNanos(residencyUs * 1_000), -1);
  }

  @Override
  public Optional<KernelVersion> kernel() {
    return Optional.of(kernel);
  }

  @Override
  public long tickPeriodNs() {
    return TICK_NS;
  }

  @Override
  public long nextEventNs() {
    return nextEventNs;
  }

  @Override
  public int pass() {
    return pass;
  }

  @Override
  public boolean tickCame() {
    return tickCame;
  }

  @Override
  public List<CState> mwaitStates() {
    return mwaitStates;
  }
}
