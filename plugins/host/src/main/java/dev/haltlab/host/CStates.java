package dev.haltlab.host;

import dev.haltlab.spi.CState;
import java.time.Duration;

/** Rows of drivers/idle/intel_idle.c. */
final class CStates {
  private static final int POWER_UNKNOWN = -1;

  private CStates() {}

  static CState of(String name, long exitLatencyUs, long targetResidencyUs) {
    return of(name, exitLatencyUs, targetResidencyUs, POWER_UNKNOWN);
  }

  static CState of(String name, long exitLatencyUs, long targetResidencyUs, int powerMw) {
    return new CState(
        name, Duration.ofNanos(exitLatencyUs * 1_000), Duration.ofNanos(targetResidencyUs * 1_000), powerMw);
  }
}
