package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.run.Synthetic;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Pins: a written plan that reads back as another one. */
class PlanYamlTest {
  private static final YAMLMapper YAML = YAMLMapper.builder().build();

  @Test
  void what_the_variants_share_stands_once_and_only_what_differs_of_the_run_stands_again() {
    Map<String, Flavour> variants = new LinkedHashMap<>();
    variants.put("native", Flavour.NATIVE);
    variants.put("off", Flavour.OFF);
    Plan plan = Synthetic.plan(3, variants);

    JsonNode file = YAML.readTree(PlanYaml.of(plan));

    assertThat(file.propertyNames()).containsExactly("scenario", "seed", "run", "compare");
    assertThat(file.get("run").propertyNames()).containsExactly("for", "warmup", "replications");
    JsonNode compare = file.get("compare");
    assertThat(compare.propertyNames()).containsExactly("native", "off");
    assertThat(compare.get("native").propertyNames()).containsExactly("native", "haltPoll", "vms");
    assertThat(compare.get("off").propertyNames()).containsExactly("native", "haltPoll", "vms", "run");
    assertThat(compare.get("off").get("run").propertyNames()).containsExactly("warmup");
    assertThat(compare.get("off").get("haltPoll").get("use").stringValue()).isEqualTo("off");
  }

  @Test
  void a_plan_of_the_base_alone_needs_no_compare() {
    Plan plan = Synthetic.plan(3, Map.of("base", Flavour.OFF));

    assertThat(PlanYaml.of(plan)).startsWith("scenario: made-up\nseed: 42\n").doesNotContain("compare");
  }
}
