package dev.haltlab.platform.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.config.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins that what we ship can be planned, and that a resolved plan is whole: it is a scenario that plans to itself. */
final class ShippedScenariosTest {
  static Stream<Path> scenarios() {
    return Plugins.scenarios().stream();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyShippedScenarioPlansTwiceToTheSame(Path file) throws ProblemsException {
    Plan plan = plan(file);
    assertThat(plan.scenario()).isEqualTo(file.getFileName().toString().replace(".yaml", ""));
    assertThat(plan.variants()).isNotEmpty();
    assertThat(plan(file).variants().stream().map(v -> Yaml.write(v.resolved())).toList())
        .isEqualTo(plan.variants().stream().map(v -> Yaml.write(v.resolved())).toList());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void noShippedScenarioIsWarnedOf(Path file) throws ProblemsException {
    assertThat(plan(file).warnings()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyResolvedVariantIsAScenarioThatPlansToItself(Path file, @TempDir Path folder)
      throws ProblemsException, IOException {
    for (Plan.Variant variant : plan(file).variants()) {
      Path copy = Files.writeString(folder.resolve(variant.name() + ".yaml"), Yaml.write(variant.resolved()));
      Plan again = plan(copy);
      assertThat(again.variants()).singleElement().satisfies(v -> {
        assertThat(v.name()).isEqualTo("base");
        assertThat(v.resolved()).isEqualTo(variant.resolved());
        assertThat(Yaml.write(v.resolved())).isEqualTo(Yaml.write(variant.resolved()));
        assertThat(v.nativeRun()).isEqualTo(variant.nativeRun());
        assertThat(v.bound()).isEqualTo(variant.bound());
        assertThat(v.spec().host()).isEqualTo(variant.spec().host());
      });
    }
  }

  static Plan plan(Path file) throws ProblemsException {
    return new Planner(Plugins.builtIn())
        .plan(new PlanRequest(file, List.of(), OptionalLong.empty(), OptionalInt.empty()));
  }
}
