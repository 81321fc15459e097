package dev.haltlab.spi;

import java.time.Duration;

/**
 * A host idle state.
 *
 * @param name for example {@code C1}, {@code C1E}, {@code C6}
 * @param exitLatency time to wake from it; only what exceeds the shallowest state's is added to a wake-up, because the
 *     measured wake-up steps were taken with the shallowest
 * @param targetResidency shortest idle period for which the host's idle governor chooses it
 * @param powerMw power of the core in this state, milliwatts, at least 0; −1 if not known. Known of all allowed states, it
 *     gives results the energy of idle time
 */
@Stability(Stability.Level.PROVISIONAL)
public record CState(String name, Duration exitLatency, Duration targetResidency, int powerMw) {
  public CState {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank");
    }
    if (exitLatency.isNegative()) {
      throw new IllegalArgumentException("exitLatency must not be negative");
    }
    if (targetResidency.isNegative()) {
      throw new IllegalArgumentException("targetResidency must not be negative");
    }
    if (powerMw < -1) {
      throw new IllegalArgumentException("powerMw must be at least 0, or -1 if it is not known, was " + powerMw);
    }
  }
}
