package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.run.Synthetic;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Pins: a written plan that reads back as another one. */
class PlanYamlTest {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  @Test
  void each_variant_laid_over_the_shared_part_is_what_was_run() {
    Map<String, Flavour> variants = new LinkedHashMap<>();
    variants.put("native", Flavour.NATIVE);
    variants.put("off", Flavour.OFF);
    variants.put("true", Flavour.POLLING);
    Plan plan = Synthetic.plan(3, variants);

    JsonNode file = YAML.readTree(PlanYaml.of(plan));

    assertThat(file.propertyNames()).containsExactly("scenario", "seed", "run", "compare");
    assertThat(file.get("compare").propertyNames()).containsExactly("native", "off", "true");
    for (Plan.Variant variant : plan.variants()) {
      Map<String, JsonNode> laid = new LinkedHashMap<>();
      file.properties().forEach(each -> laid.put(each.getKey(), each.getValue()));
      laid.remove("compare");
      file.get("compare").get(variant.name()).properties().forEach(each -> laid.put(each.getKey(), each.getValue()));
      JsonNode expected = YAML.valueToTree(variant.resolved());
      assertThat(YAML.<JsonNode>valueToTree(laid)).isEqualTo(YAML.readTree(expected.toString()));
    }
  }

  @Test
  void a_plan_of_the_base_alone_needs_no_compare() {
    Plan plan = Synthetic.plan(3, Map.of("base", Flavour.OFF));

    assertThat(PlanYaml.of(plan)).startsWith("scenario: made-up\nseed: 42\n").doesNotContain("compare");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "off", "3.16", "3.10", "200us", "1.5ms", "0", "-1", "+1", "1e3", "0x10", "0b1", "1_000", "null", "~", "", " x", "x ",
        "a: b", "a #b", "#a", "- a", "[a", "{a", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "'a'", "\"a\"", "a\\b",
        "two\nlines", "tab\there", "ümlaut", "2001-01-01", "12:30", "yes", "No", "NULL", ".inf", "a, b", "=", "<<", "?",
        "the talk's \"25 us slower\", jointly", "a  b", "sandy-bridge", "--- a", "..."
      })
  void any_text_reads_back_as_that_text(String text) {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put(text, List.of(text, List.of(text), Map.of("k", text), Map.of(), List.of()));
    inner.put("k", text);
    Plan plan = base(Map.of("scenario", inner));

    JsonNode read = YAML.readTree(PlanYaml.of(plan)).get("scenario");

    assertThat(read.get("k").stringValue()).isEqualTo(text);
    assertThat(read.get(text).get(0).stringValue()).isEqualTo(text);
    assertThat(read.get(text).get(1).get(0).stringValue()).isEqualTo(text);
    assertThat(read.get(text).get(2).get("k").stringValue()).isEqualTo(text);
    assertThat(read.get(text).get(3).isObject()).isTrue();
    assertThat(read.get(text).get(4).isArray()).isTrue();
  }

  @Test
  void numbers_and_truth_values_stay_what_they_are() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("long", Long.MAX_VALUE);
    values.put("decimal", new BigDecimal("1E+3"));
    values.put("fraction", new BigDecimal("0.012"));
    values.put("flag", true);

    JsonNode read = YAML.readTree(PlanYaml.of(base(values)));

    assertThat(read.get("long").longValue()).isEqualTo(Long.MAX_VALUE);
    assertThat(read.get("decimal").isNumber()).isTrue();
    assertThat(read.get("fraction").decimalValue()).isEqualByComparingTo("0.012");
    assertThat(read.get("flag").isBoolean()).isTrue();
  }

  private static Plan base(Map<String, Object> resolved) {
    Plan.Variant any = Synthetic.plan(1, Map.of("base", Flavour.OFF)).variants().get(0);
    return new Plan("p", 1, 1, List.of(new Plan.Variant("base", false, false, resolved, any.spec())));
  }
}
