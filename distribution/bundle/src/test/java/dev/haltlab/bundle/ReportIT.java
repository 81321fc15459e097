package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Pins what only a browser can tell of a report: that every chart is drawn, on a desk, a phone, in the dark and on
 * paper; that nothing is fetched and nothing complains; that tables sort; that a screen reader finds its way. Skipped,
 * and said so, where there is no Chromium.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportIT {
  /** Ten variants, native and a bound among them, and names of every length. */
  private static final String TEN = """
      scenario: ten-variants
      host:
        cpu: ivy-bridge
      vms:
        guest:
          kernel: "3.16"
          vcpus: 2
          pin: [0, 1]
          workload: tcp-rr
      run:
        for: 50ms
        warmup: 2ms
        replications: 3
      compare:
        native: { native: true }
        "off": { haltPoll: off }
        fixed-10us: { haltPoll: { use: fixed, window: 10us } }
        fixed-50us: { haltPoll: { use: fixed, window: 50us } }
        fixed-200us: { haltPoll: { use: fixed, window: 200us } }
        adaptive: { haltPoll: adaptive }
        adaptive-of-a-much-older-kernel-than-that: { haltPoll: { use: adaptive, shrink: 0 } }
        never-schedule: { haltPoll: never-schedule }
        oracle: { haltPoll: { use: oracle, horizon: 200us } }
        o: { haltPoll: { use: oracle, horizon: 5us } }
      """;

  /** Two VMs and a host task on the same CPUs, in one variant and one replication. */
  private static final String SHARED = """
      scenario: shared
      host:
        cpu: ivy-bridge
        pcpus: 2
        tasks:
          batch: { pcpu: 0, period: 1ms, burst: 300us }
      vms:
        rr: { vcpus: 2, workload: tcp-rr }
        quiet: { vcpus: 1, workload: idle }
      run: { for: 20ms, warmup: 2ms, replications: 1 }
      """;

  /** A guest that does nothing: no probe, so no transaction and no latency. */
  private static final String IDLE = """
      scenario: idle
      host: { cpu: ivy-bridge }
      vms:
        quiet: { vcpus: 2, workload: idle }
      run: { for: 500ms, warmup: 2ms, replications: 2 }
      """;

  /** Halts that a host recorded, of all lengths. */
  private static final String HALTS = halts();

  private static String halts() {
    StringBuilder trace = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      boolean polled = i % 3 != 0;
      trace.append("       CPU 0/KVM-4201    [001] .....  1000.").append(100_000 + 3_000 * i)
          .append(": kvm_vcpu_wakeup: ").append(polled ? "poll" : "wait").append(" time ")
          .append(polled ? 7_000 + 100 * i : 400_000).append(" ns, polling valid\n");
    }
    return trace.toString();
  }

  @TempDir static Path place;
  private final List<Path> reports = new ArrayList<>();
  private Bundle bundle;
  private Chromium browser;

  @BeforeAll
  void write() throws IOException {
    Optional<Path> chromium = Chromium.installed();
    if (chromium.isEmpty()) {
      System.out.println("ReportIT is skipped: there is no chromium on the PATH, nor is HALTLAB_CHROMIUM set; on"
          + " Debian: apt-get install chromium");
    }
    assumeTrue(chromium.isPresent(), "no Chromium");
    bundle = Bundle.copyTo(place.resolve("haltlab"));
    for (String scenario : List.of(TEN, SHARED, IDLE)) {
      String name = scenario.substring("scenario: ".length(), scenario.indexOf('\n'));
      Path file = Files.writeString(place.resolve(name + ".yaml"), scenario);
      Path report = place.resolve(name + ".html");
      succeeds("run", file.toString(), "--report", report.toString(), "--out", place.resolve(name).toString());
      reports.add(report);
    }
    Path comparison = place.resolve("comparison.html");
    String ten = place.resolve("ten-variants").toString();
    succeeds("compare", ten + ":off", ten + ":adaptive", "--report", comparison.toString());
    reports.add(comparison);
    Path halts = Files.writeString(place.resolve("halts.txt"), HALTS);
    Path replay = place.resolve("replay.html");
    succeeds("replay", halts.toString(), "--kernel", "6.11", "--strategy", "off", "--wake-latency", "5us", "--report",
        replay.toString());
    reports.add(replay);
    browser = Chromium.start(chromium.get(), place.resolve("profile"));
  }

  @AfterAll
  void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private void succeeds(String... arguments) {
    Bundle.Said said = run(arguments);
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
  }

  /** Without the archive that makes later starts quicker: there are too few of them. */
  private Bundle.Said run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(bundle.command().toString()));
    command.addAll(List.of(arguments));
    return Bundle.process(place, Map.of("HALTLAB_ARCHIVE", "off"), command);
  }

  List<Path> reports() {
    return reports;
  }

  private void open(Path report, int width, int height, String medium, String scheme) {
    browser.size(width, height);
    browser.medium(medium, scheme);
    browser.open(report);
  }

  /** For each chart: its id, and how many shapes of it lie inside its box, those of no extent left out. */
  private JsonNode drawn() {
    return browser.eval("""
        [...document.querySelectorAll('.chart')].map((box) => {
          const outer = box.getBoundingClientRect();
          const shapes = [...box.querySelectorAll('svg path, svg text')].map((shape) => shape.getBoundingClientRect());
          return {
            id: box.id,
            shapes: shapes.filter((shape) => shape.width + shape.height > 0).length,
            outside: shapes.filter((shape) => shape.width + shape.height > 0 && (shape.right < outer.left
                || shape.left > outer.right || shape.bottom < outer.top || shape.top > outer.bottom)).length,
            texts: [...box.querySelectorAll('svg text')].map((text) => text.textContent),
          };
        })
        """);
  }

  private void everyChartIsDrawn() {
    JsonNode charts = drawn();
    assertThat(charts).isNotEmpty();
    for (JsonNode chart : charts) {
      assertThat(chart.get("shapes").intValue()).as("shapes of %s", chart.get("id")).isGreaterThan(8);
      assertThat(chart.get("outside").intValue()).as("shapes beside %s", chart.get("id")).isZero();
    }
  }

  private String color(String selector, String property) {
    return browser.eval("getComputedStyle(document.querySelector('" + selector + "'))." + property).stringValue();
  }

  /** How light a colour is, 0 to 255. */
  private static int lightness(String rgb) {
    String[] parts = rgb.replaceAll("[^0-9,]", "").split(",");
    return (Integer.parseInt(parts[0]) + Integer.parseInt(parts[1]) + Integer.parseInt(parts[2])) / 3;
  }

  @ParameterizedTest
  @MethodSource("reports")
  void nothing_is_fetched_and_nothing_complains(Path report) {
    open(report, 1200, 900, "screen", "light");

    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).containsExactly(report.toUri().toString());
  }

  @ParameterizedTest
  @MethodSource("reports")
  void every_chart_is_drawn_with_the_names_of_its_axes(Path report) {
    open(report, 1200, 900, "screen", "light");

    everyChartIsDrawn();
    JsonNode data = browser.eval("JSON.parse(document.getElementById('charts').textContent)");
    JsonNode charts = drawn();
    assertThat(charts).hasSize(data.size());
    for (int i = 0; i < data.size(); i++) {
      String texts = charts.get(i).get("texts").toString();
      JsonNode chart = data.get(i);
      assertThat(texts).contains(chart.get("x").get("name").stringValue(), chart.get("x").get("unit").stringValue());
      JsonNode other = chart.has("y") ? chart.get("y").get("name") : chart.get("categoryName");
      assertThat(texts).contains(other.stringValue());
    }
  }

  @ParameterizedTest
  @MethodSource("reports")
  void a_phone_shows_all_of_it_without_moving_the_page_sideways(Path report) {
    open(report, 390, 844, "screen", "light");

    everyChartIsDrawn();
    assertThat(browser.eval("document.documentElement.scrollWidth").intValue()).isLessThanOrEqualTo(390);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void a_page_made_narrower_draws_its_charts_again() {
    open(reports.get(0), 1200, 900, "screen", "light");
    browser.size(600, 900);
    browser.eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

    everyChartIsDrawn();
    assertThat(browser.eval("document.documentElement.scrollWidth").intValue()).isLessThanOrEqualTo(600);
    assertThat(browser.eval("document.querySelector('.chart svg').clientWidth").intValue()).isLessThan(600);
  }

  @Test
  void in_the_dark_ground_and_charts_are_dark_and_follow_when_it_changes() {
    open(reports.get(0), 1200, 900, "screen", "dark");
    assertThat(lightness(color("body", "backgroundColor"))).isLessThan(60);
    assertThat(lightness(color(".chart svg text", "fill"))).isGreaterThan(120);

    browser.medium("screen", "light");
    assertThat(lightness(color("body", "backgroundColor"))).isGreaterThan(200);
    assertThat(lightness(color(".chart svg text", "fill"))).isLessThan(120);
    everyChartIsDrawn();
  }

  @Test
  void paper_is_white_even_in_the_dark_and_every_chart_fits_it() {
    open(reports.get(0), 1200, 900, "print", "dark");
    assertThat(lightness(color("body", "backgroundColor"))).isGreaterThan(250);
    assertThat(lightness(color(".chart svg text", "fill"))).isLessThan(120);
    assertThat(browser.eval("Math.max(...[...document.querySelectorAll('.chart svg')].map((svg) => svg.clientWidth))")
        .intValue()).isLessThanOrEqualTo(690);
    everyChartIsDrawn();

    browser.medium("", "dark");
    byte[] pdf = browser.print();
    assertThat(new String(pdf, 0, 5, StandardCharsets.ISO_8859_1)).isEqualTo("%PDF-");
    assertThat(browser.eval("document.documentElement.dataset.paper === undefined").booleanValue())
        .as("the screen is itself again").isTrue();
    assertThat(lightness(color("body", "backgroundColor"))).isLessThan(60);
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void tables_sort_by_every_column_up_and_down_and_back() {
    open(reports.get(0), 1200, 900, "screen", "light");

    JsonNode tables = browser.eval("""
        [...document.querySelectorAll('table')].map((table) => {
          const rows = () => [...table.tBodies[0].rows].map((row) => row.textContent);
          const before = rows();
          return [...table.tHead.rows[0].cells].map((head, column) => {
            const button = head.querySelector('button');
            const keys = () => [...table.tBodies[0].rows].map((row) => row.cells[column])
                .map((cell) => head.classList.contains('number')
                    ? (cell.dataset.value === undefined ? null : Number(cell.dataset.value)) : cell.textContent);
            button.click();
            const up = {sort: head.getAttribute('aria-sort'), keys: keys()};
            button.click();
            const down = {sort: head.getAttribute('aria-sort'), keys: keys()};
            button.click();
            return {up, down, number: head.classList.contains('number'),
                back: head.getAttribute('aria-sort') === null && rows().join() === before.join()};
          });
        })
        """);
    assertThat(tables.size()).isGreaterThanOrEqualTo(6);
    for (JsonNode table : tables) {
      for (JsonNode column : table) {
        assertThat(column.get("up").get("sort").stringValue()).isEqualTo("ascending");
        assertThat(column.get("down").get("sort").stringValue()).isEqualTo("descending");
        assertThat(column.get("back").booleanValue()).isTrue();
        if (column.get("number").booleanValue()) {
          assertThat(numbers(column.get("up"))).isSorted();
          List<Double> down = numbers(column.get("down"));
          Collections.reverse(down);
          assertThat(down).isSorted();
        }
      }
    }
  }

  /** The numbers of a sorted column; what is none must stand behind them. */
  private static List<Double> numbers(JsonNode sorted) {
    List<Double> numbers = new ArrayList<>();
    boolean ended = false;
    for (JsonNode key : sorted.get("keys")) {
      assertThat(ended && !key.isNull()).as("a number behind a dash in %s", sorted).isFalse();
      ended = key.isNull();
      if (!ended) {
        numbers.add(key.doubleValue());
      }
    }
    return numbers;
  }

  @Test
  void windows_are_drawn_over_time_and_the_bound_as_a_corner() {
    open(reports.get(0), 1200, 900, "screen", "light");

    JsonNode data = browser.eval("JSON.parse(document.getElementById('charts').textContent)");
    List<String> ids = new ArrayList<>();
    data.forEach(chart -> ids.add(chart.get("id").stringValue()));
    assertThat(ids).contains("window-over-time", "hit-rate-over-time", "trade-off");
    JsonNode dots = data.get(ids.indexOf("trade-off")).get("series");
    assertThat(dots).filteredOn(dot -> dot.get("bound").booleanValue()).hasSize(2);
    assertThat(browser.eval("[...document.querySelectorAll('#trade-off svg path')]"
        + ".filter((path) => (path.getAttribute('stroke-dasharray') || '') !== '').length").intValue())
        .as("dashed lines of the frontier").isPositive();
  }

  @Test
  void a_legend_hides_and_shows_its_series() {
    open(reports.get(0), 1200, 900, "screen", "light");
    String shapes = "document.querySelectorAll('#percentiles svg path').length";
    int all = browser.eval(shapes).intValue();
    browser.eval("document.querySelector('#percentiles + .legend button').click()");
    int fewer = browser.eval(shapes).intValue();
    browser.eval("document.querySelector('#percentiles + .legend button').click()");

    assertThat(fewer).isLessThan(all);
    assertThat(browser.eval(shapes).intValue()).isEqualTo(all);
  }

  @ParameterizedTest
  @MethodSource("reports")
  void axe_finds_nothing_serious_in_any_light(Path report) throws IOException {
    String axe;
    try (InputStream stream = ReportIT.class.getResourceAsStream("/axe.min.js")) {
      axe = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (String scheme : List.of("light", "dark")) {
      open(report, 1200, 900, "screen", scheme);
      browser.eval("document.querySelectorAll('details').forEach((details) => details.open = true)");
      browser.eval(axe + "; undefined");
      JsonNode violations = browser.eval("""
          axe.run(document).then((result) => result.violations
              .filter((violation) => ['serious', 'critical'].includes(violation.impact))
              .map((violation) => violation.id + ': ' + violation.nodes.map((node) => node.html).join(' | ')))
          """);
      assertThat(violations).as(scheme).isEmpty();
    }
  }

  @Test
  void a_screen_reader_finds_landmarks_headings_captions_and_words_for_charts() {
    open(reports.get(0), 1200, 900, "screen", "light");

    JsonNode found = browser.eval("""
        ({
          landmarks: ['header', 'nav', 'main', 'footer'].map((name) => document.querySelectorAll(name).length),
          unnamed: [...document.querySelectorAll('section')]
              .filter((section) => !document.getElementById(section.getAttribute('aria-labelledby'))).length,
          headings: [...document.querySelectorAll('h1, h2')].map((heading) => heading.tagName),
          tables: document.querySelectorAll('table').length,
          captions: new Set([...document.querySelectorAll('caption')].map((caption) => caption.textContent)).size,
          mute: [...document.querySelectorAll('.chart')].filter((chart) => chart.getAttribute('role') !== 'img'
              || (chart.getAttribute('aria-label') || '').length < 30).length,
        })
        """);
    assertThat(found.get("landmarks").toString()).isEqualTo("[1,1,1,1]");
    assertThat(found.get("unnamed").intValue()).isZero();
    assertThat(found.get("headings").get(0).stringValue()).isEqualTo("H1");
    assertThat(found.get("captions").intValue()).isEqualTo(found.get("tables").intValue());
    assertThat(found.get("mute").intValue()).isZero();
  }

  @Test
  void ten_variants_stay_below_two_megabytes_and_are_the_same_bytes_again() throws IOException {
    Path again = place.resolve("again.html");
    Bundle.Said said = run(
        "run", place.resolve("ten-variants.yaml").toString(), "--threads", "1", "--report", again.toString());

    assertThat(said.code()).isZero();
    assertThat(again).hasSameBinaryContentAs(reports.get(0));
    assertThat(Files.size(again)).isLessThan(2_000_000);
  }
}
