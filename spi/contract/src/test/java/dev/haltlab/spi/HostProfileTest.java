package dev.haltlab.spi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pins: idle states that results could not tell apart, or whose power means nothing. */
class HostProfileTest {

  @Test
  void idleStatesHaveDifferentNames() {
    assertThatThrownBy(
            () ->
                new HostProfile(
                    "test", new Hertz(1), Map.of(), List.of(state("C1", -1), state("C6", 0), state("C1", 0)), Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cstates ")
        .hasMessageContaining("C1");
  }

  @Test
  void powerIsNotNegativeUnlessUnknown() {
    assertThatThrownBy(() -> state("C1", -2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("powerMw ");
  }

  private static CState state(String name, int powerMw) {
    return new CState(name, Duration.ZERO, Duration.ZERO, powerMw);
  }
}
