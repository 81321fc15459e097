package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.run.Summary;
import dev.haltlab.platform.run.Synthetic;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pins: a picture that says something else than the figures, a figure where there is none, a report that changes. */
class HtmlReportTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
  private static final Map<String, Flavour> ALL = new LinkedHashMap<>();

  static {
    ALL.put("native", Flavour.NATIVE);
    ALL.put("off", Flavour.OFF);
    ALL.put("adaptive", Flavour.POLLING);
    ALL.put("oracle", Flavour.BOUND);
  }

  private static Results run(int replications, Map<String, Flavour> variants, int vms) throws InterruptedException {
    List<SimulationSpec.HostTask> tasks =
        vms == 1 ? List.of() : List.of(new SimulationSpec.HostTask("batch", 0, 1_000_000, 300_000));
    Plan plan = Synthetic.plan("made-up", replications, variants, vms, tasks);
    return new Runner(Synthetic::outcome).run(plan, 2, Progress.NONE);
  }

  private static String html(Results results) {
    return HtmlReport.of(results, List.of(), List.of("haltlab 1"));
  }

  private static Map<String, JsonNode> charts(String html) {
    Matcher data = Pattern.compile("id=\"charts\">(.*?)</script>", Pattern.DOTALL).matcher(html);
    assertThat(data.find()).isTrue();
    Map<String, JsonNode> charts = new LinkedHashMap<>();
    JSON.readTree(data.group(1)).forEach(chart -> charts.put(chart.get("id").stringValue(), chart));
    return charts;
  }

  private static String markup(String html) {
    return html.substring(html.indexOf("<body>"), html.indexOf("<script"));
  }

  @Test
  void every_chart_says_what_its_axes_measure_and_has_a_place_and_words() throws Exception {
    String html = html(run(3, ALL, 1));
    Map<String, JsonNode> charts = charts(html);

    assertThat(charts.keySet()).containsExactly(
        "trade-off", "percentiles", "histogram", "critical-path", "exits-by-reason", "cpu-by-state", "hit-rate",
        "windows");
    charts.forEach((id, chart) -> {
      assertThat(chart.get("x").get("name").stringValue()).as(id).isNotBlank();
      assertThat(chart.get("x").get("unit").stringValue()).as(id).isNotBlank();
      assertThat(chart.has("y") ? chart.get("y").get("unit").stringValue() : chart.get("categoryName").stringValue())
          .as(id).isNotBlank();
      assertThat(markup(html)).containsPattern("id=\"" + id + "\" role=\"img\" aria-label=\"[^\"]{30,}\"");
    });
  }

  @Test
  void the_critical_path_adds_up_to_the_mean_latency() throws Exception {
    Results results = run(3, ALL, 1);
    JsonNode path = charts(html(results)).get("critical-path");
    List<Summary> variants = Summary.of(results);

    for (int i = 0; i < variants.size(); i++) {
      BigDecimal sum = BigDecimal.ZERO;
      for (JsonNode part : path.get("series")) {
        sum = sum.add(part.get("values").get(i).decimalValue());
      }
      Latency latency = variants.get(i).latency(variants.get(i).primary());
      assertThat(sum).isEqualByComparingTo(Time.US.in(latency.mean()));
    }
  }

  @Test
  void a_histogram_holds_every_transaction_once() throws Exception {
    for (JsonNode series : charts(html(run(3, ALL, 1))).get("histogram").get("series")) {
      BigDecimal sum = BigDecimal.ZERO;
      BigDecimal before = BigDecimal.ZERO;
      for (JsonNode point : series.get("points")) {
        sum = sum.add(point.get(1).decimalValue());
        assertThat(point.get(0).decimalValue()).isGreaterThan(before);
        before = point.get(0).decimalValue();
      }
      assertThat(sum).isBetween(new BigDecimal("99.99"), new BigDecimal("100.01"));
    }
  }

  @Test
  void percentiles_ascend_from_the_minimum_and_pass_the_median_and_p99() throws Exception {
    Results results = run(3, ALL, 1);
    JsonNode series = charts(html(results)).get("percentiles").get("series");
    List<Summary> variants = Summary.of(results);

    for (int i = 0; i < variants.size(); i++) {
      Latency latency = variants.get(i).latency(variants.get(i).primary());
      JsonNode points = series.get(i).get("points");
      assertThat(points.get(0).get(1).decimalValue()).isEqualByComparingTo(Time.US.in(latency.min()));
      for (int k = 1; k < points.size(); k++) {
        assertThat(points.get(k).get(0).decimalValue()).isGreaterThan(points.get(k - 1).get(0).decimalValue());
        assertThat(points.get(k).get(1).decimalValue())
            .isGreaterThanOrEqualTo(points.get(k - 1).get(1).decimalValue());
      }
      assertThat(at(points, new BigDecimal(2))).isEqualByComparingTo(Time.US.in(latency.p50()));
      assertThat(at(points, new BigDecimal(100)).subtract(Time.US.in(latency.p99())).abs())
          .isLessThan(new BigDecimal("1"));
    }
  }

  /** The first point not left of the place: the percentile or hardly more. */
  private static BigDecimal at(JsonNode points, BigDecimal place) {
    for (JsonNode point : points) {
      if (point.get(0).decimalValue().compareTo(place) >= 0) {
        return point.get(1).decimalValue();
      }
    }
    throw new AssertionError("the curve ends before " + place);
  }

  @Test
  void the_states_of_the_host_add_up_to_the_host() throws Exception {
    JsonNode cpu = charts(html(run(2, ALL, 1))).get("cpu-by-state");

    for (int i = 0; i < ALL.size(); i++) {
      BigDecimal sum = BigDecimal.ZERO;
      for (JsonNode part : cpu.get("series")) {
        sum = sum.add(part.get("values").get(i).decimalValue());
      }
      assertThat(sum).isBetween(new BigDecimal("199.99"), new BigDecimal("200.01"));
    }
  }

  @Test
  void intervals_surround_their_figures_and_are_missing_with_one_replication() throws Exception {
    for (JsonNode dot : charts(html(run(3, ALL, 1))).get("trade-off").get("series")) {
      BigDecimal mean = dot.get("point").get(1).decimalValue();
      assertThat(dot.get("yRange").get(0).decimalValue()).isLessThanOrEqualTo(mean);
      assertThat(dot.get("yRange").get(1).decimalValue()).isGreaterThanOrEqualTo(mean);
      assertThat(dot.get("bound").booleanValue()).isEqualTo(dot.get("name").stringValue().equals("oracle (bound)"));
    }
    String once = html(run(1, ALL, 1));
    assertThat(markup(once)).doesNotContain("±").doesNotContain("confidence");
    assertThat(charts(once).get("trade-off").get("series").get(0).get("yRange").isNull()).isTrue();
  }

  @Test
  void a_native_variant_has_no_exits_and_no_bar_of_them() throws Exception {
    String html = html(run(2, ALL, 1));

    List<String> rows = new ArrayList<>();
    charts(html).get("exits-by-reason").get("categories").forEach(name -> rows.add(name.stringValue()));
    assertThat(rows).containsExactly("off", "adaptive", "oracle (bound)");
  }

  @Test
  void without_transactions_nothing_is_made_up() throws Exception {
    String html = html(run(2, Map.of("silent", Flavour.SILENT), 1));

    assertThat(markup(html)).contains("no transaction was completed").doesNotContain("null").doesNotContain("NaN");
    assertThat(charts(html)).containsKeys("exits-by-reason", "cpu-by-state").doesNotContainKeys("trade-off",
        "percentiles", "critical-path");
  }

  @Test
  void other_vms_and_host_tasks_are_there() throws Exception {
    assertThat(markup(html(run(2, Map.of("off", Flavour.OFF), 3)))).contains("<caption>Virtual machines</caption>", ">batch<");
  }

  @Test
  void used_up_targets_and_assumptions_are_repeated() throws Exception {
    assertThat(markup(html(run(2, ALL, 1)))).contains(
        "<th class=\"word\" scope=\"row\">coldWake</th><td class=\"word\">fitted</td>",
        "the talk's &quot;25 us slower&quot;", ">assumed<");
  }

  @Test
  void the_same_result_is_the_same_file_and_ten_variants_fit_a_mail() throws Exception {
    Map<String, Flavour> ten = new LinkedHashMap<>(ALL);
    for (int i = ten.size(); i < 10; i++) {
      ten.put("variant-" + i, i % 2 == 0 ? Flavour.POLLING : Flavour.OFF);
    }

    String first = html(run(5, ten, 1));
    assertThat(html(run(5, ten, 1))).isEqualTo(first);
    assertThat(first.getBytes(StandardCharsets.UTF_8).length).isLessThan(2_000_000);
  }

  @Test
  void the_plan_and_the_versions_stand_at_the_end() throws Exception {
    Results results = run(1, ALL, 1);
    String markup = markup(html(results));

    assertThat(markup.substring(markup.indexOf("<section id=\"plan\"")))
        .contains("compare:", "<footer>", "<p>haltlab 1</p>");
  }
}
