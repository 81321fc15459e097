package dev.haltlab.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Pins: two steps with one YAML key, or a key that is not what the documentation writes. */
class StepTest {
  @Test
  void keysAreUniqueAndInCamelCase() {
    assertThat(Arrays.stream(Step.values()).map(Step::key))
        .doesNotHaveDuplicates()
        .allMatch(key -> key.matches("[a-z]+([A-Z][a-z]*)*"));
    assertThat(Step.COLD_WAKE.key()).isEqualTo("coldWake");
    assertThat(Step.VM_EXIT.key()).isEqualTo("vmExit");
    assertThat(Step.TRY_TO_WAKE_UP.key()).isEqualTo("tryToWakeUp");
  }

  @Test
  void everyStepHasATitle() {
    assertThat(Arrays.stream(Step.values()).map(Step::title)).allMatch(title -> !title.isBlank());
  }
}
