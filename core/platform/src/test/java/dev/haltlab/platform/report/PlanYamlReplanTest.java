package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import dev.haltlab.platform.scenario.Plugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins: a plan.yaml that does not run the same again. */
class PlanYamlReplanTest {
  static Stream<Path> scenarios() {
    return Plugins.scenarios().stream();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void the_written_plan_of_every_shipped_scenario_plans_to_the_same(Path scenario, @TempDir Path folder)
      throws Exception {
    Plan plan = plan(scenario, List.of(), OptionalLong.of(77), OptionalInt.of(3));
    String written = PlanYaml.of(plan);

    Path file = Files.writeString(folder.resolve("plan.yaml"), written);
    Plan again = plan(file, List.of(), OptionalLong.empty(), OptionalInt.empty());

    assertThat(again.seed()).isEqualTo(77);
    assertThat(again.replications()).isEqualTo(3);
    assertThat(again.variants().stream().map(Plan.Variant::name).toList())
        .isEqualTo(plan.variants().stream().map(Plan.Variant::name).toList());
    assertThat(again.variants().stream().map(Plan.Variant::resolved).toList())
        .isEqualTo(plan.variants().stream().map(Plan.Variant::resolved).toList());
    assertThat(PlanYaml.of(again)).isEqualTo(written);
  }

  @Test
  void settings_and_a_variant_that_runs_longer_are_kept(@TempDir Path folder) throws Exception {
    Path scenario = Plugins.configFolder().resolve("scenarios/tcp-rr-2vcpu.yaml");
    List<String> settings = List.of("compare.kvm.run.for=3s", "host.hz=250");
    Plan plan = plan(scenario, settings, OptionalLong.empty(), OptionalInt.empty());

    Path written = Files.writeString(folder.resolve("plan.yaml"), PlanYaml.of(plan));
    Plan again = plan(written, List.of(), OptionalLong.empty(), OptionalInt.empty());

    assertThat(again.variants().get(1).spec().forNs()).isEqualTo(3_000_000_000L);
    assertThat(again.variants().get(1).spec().host().hz()).isEqualTo(250);
    assertThat(again.variants().stream().map(Plan.Variant::resolved).toList())
        .isEqualTo(plan.variants().stream().map(Plan.Variant::resolved).toList());
  }

  private static Plan plan(Path file, List<String> settings, OptionalLong seed, OptionalInt replications)
      throws Exception {
    return new Planner(Plugins.builtIn()).plan(new PlanRequest(file, settings, seed, replications));
  }
}
