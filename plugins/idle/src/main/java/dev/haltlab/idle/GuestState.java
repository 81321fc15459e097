package dev.haltlab.idle;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.IdleState;
import java.time.Duration;

/**
 * One idle state of a guest's cpuidle driver.
 *
 * @param name as shown in reports
 * @param kind how it is entered
 * @param exitLatency time to leave it; also what leaving takes where MWAIT enters it
 * @param residency shortest stay that pays
 */
public record GuestState(String name, Kind kind, Duration exitLatency, Duration residency) {

  /** How a state is entered. */
  public enum Kind { HLT, MWAIT }

  public GuestState {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank");
    }
  }

  /** A C-state of the CPU under the guest, entered by MWAIT. */
  static GuestState of(CState state) {
    return new GuestState(state.name(), Kind.MWAIT, state.exitLatency(), state.targetResidency());
  }

  IdleState asIdleState() {
    return new IdleState(
        name, kind == Kind.HLT ? IdleState.Kind.HLT : IdleState.Kind.MWAIT, exitLatency.toNanos(), residency.toNanos());
  }
}
