package dev.haltlab.platform.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.platform.compare.Comparison.Verdict;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.report.CompareJson;
import dev.haltlab.platform.report.ComparePage;
import dev.haltlab.platform.report.CompareText;
import dev.haltlab.platform.report.JsonReport;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.run.Synthetic;
import dev.haltlab.platform.run.Synthetic.Flavour;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins: noise called a difference, strangers compared as pairs, and saved results that are not read as written. */
class ComparisonTest {
  @TempDir Path folder;

  private SavedRun saved(int replications) throws Exception {
    Map<String, Flavour> variants = new LinkedHashMap<>();
    variants.put("off", Flavour.OFF);
    variants.put("polling", Flavour.POLLING);
    String json = JsonReport.of(
        new Runner(Synthetic::outcome).run(Synthetic.plan(replications, variants), 2, Progress.NONE));
    // The made-up engine is told the variants' characters by their warm-ups; real variants have the same.
    Files.writeString(folder.resolve("result.json"), json.replaceAll("\"warmup\": \"[0-9]ns\"", "\"warmup\": \"0ns\""));
    return SavedRun.read(folder);
  }

  private static Comparison compare(SavedRun first, String a, SavedRun second, String b) {
    return Comparison.of(
        new Comparison.Side(first, first.variant(a).orElseThrow()),
        new Comparison.Side(second, second.variant(b).orElseThrow()));
  }

  private static Comparison.Line line(Comparison comparison, String name) {
    return comparison.lines().stream().filter(line -> line.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void a_result_with_itself_is_the_same_in_everything() throws Exception {
    SavedRun run = saved(4);

    Comparison itself = compare(run, "off", run, "off");

    assertThat(itself.paired()).isTrue();
    assertThat(itself.lines()).isNotEmpty().allMatch(line -> line.verdict() == Verdict.SAME);
  }

  @Test
  void variants_of_one_run_are_pairs_and_polling_shows() throws Exception {
    SavedRun run = saved(4);

    Comparison comparison = compare(run, "off", run, "polling");

    assertThat(comparison.paired()).isTrue();
    Comparison.Line mean = line(comparison, "rr/latency.mean");
    assertThat(mean.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(mean.unit()).isEqualTo("ns");
    assertThat(mean.difference().difference()).isNegative();
    assertThat(comparison.lines()).extracting(Comparison.Line::name)
        .contains("cpu.POLL", "rr/exits.HLT.perTransaction").doesNotContain("rr/transactions", "simulated");
  }

  @Test
  void the_parts_of_the_latency_explain_its_difference() throws Exception {
    // steps that only one of them takes, or one of them not in every replication, are 0 in the other
    SavedRun run = variants(
        Map.of("rr/latency.mean", "30.000", "rr/path.guestWork", "10.000", "rr/path.coldWake", "20.000"),
        Map.of("rr/latency.mean", "12.000", "rr/path.guestWork", "10.000", "rr/path.pollNotice", "2.000"));

    for (Comparison comparison : List.of(compare(run, "a", run, "b"), compare(run, "b", run, "a"))) {
      BigDecimal parts = comparison.lines().stream().filter(line -> line.name().startsWith("rr/path."))
          .map(line -> line.difference().difference()).reduce(BigDecimal.ZERO, BigDecimal::add);
      assertThat(parts).isEqualByComparingTo(line(comparison, "rr/latency.mean").difference().difference());
      assertThat(line(comparison, "rr/path.pollNotice").unit()).isEqualTo("ns");
    }
  }

  private static SavedRun variants(Map<String, String> a, Map<String, String> b) {
    return new SavedRun("x", "x", 1, List.of(variant("a", a), variant("b", b)));
  }

  private static SavedRun.Variant variant(String name, Map<String, String> values) {
    Map<String, SavedRun.Figure> figures = new LinkedHashMap<>();
    Map<String, BigDecimal> replication = new LinkedHashMap<>();
    values.forEach((figure, value) -> {
      figures.put(figure, new SavedRun.Figure("ns", new BigDecimal(value)));
      replication.put(figure, new BigDecimal(value));
    });
    return new SavedRun.Variant(name, false, "", figures, List.of(replication, replication));
  }

  @Test
  void one_replication_cannot_be_told() throws Exception {
    SavedRun run = saved(1);

    assertThat(compare(run, "off", run, "polling").lines())
        .isNotEmpty().allMatch(line -> line.verdict() == Verdict.UNKNOWN);
  }

  /** Made-up figures: of a seed, a setting, and values for each replication. */
  private static SavedRun.Variant made(String setting, List<Map<String, BigDecimal>> replications) {
    Map<String, SavedRun.Figure> figures = new LinkedHashMap<>();
    replications.get(0).keySet().forEach(name -> figures.put(name, new SavedRun.Figure("ns", BigDecimal.ONE)));
    return new SavedRun.Variant("v", false, setting, figures, replications);
  }

  private static List<Map<String, BigDecimal>> noise(SplittableRandom random, int replications, int figures) {
    List<Map<String, BigDecimal>> all = new ArrayList<>();
    for (int r = 0; r < replications; r++) {
      Map<String, BigDecimal> values = new LinkedHashMap<>();
      for (int f = 0; f < figures; f++) {
        values.put("f" + f, BigDecimal.valueOf(random.nextInt(1_000_000), 3));
      }
      all.add(values);
    }
    return all;
  }

  @Test
  void other_seeds_settings_and_numbers_of_replications_make_strangers() {
    SplittableRandom random = new SplittableRandom(1);
    SavedRun.Variant five = made("x", noise(random, 5, 3));
    SavedRun one = new SavedRun("one", "s", 1, List.of(five));
    for (SavedRun other : List.of(
        new SavedRun("other", "s", 2, List.of(five)),
        new SavedRun("other", "s", 1, List.of(made("y", noise(random, 5, 3)))),
        new SavedRun("other", "s", 1, List.of(made("x", noise(random, 6, 3)))))) {
      Comparison comparison = compare(one, "v", other, "v");
      assertThat(comparison.paired()).isFalse();
      assertThat(comparison.why()).startsWith("unpaired (Welch): ").containsAnyOf("seeds", "replications", "workloads");
    }
  }

  @Test
  void noise_is_rarely_called_a_difference_however_many_figures_there_are() {
    SplittableRandom random = new SplittableRandom(2);
    int wrong = 0;
    int perhaps = 0;
    for (int i = 0; i < 400; i++) {
      SavedRun one = new SavedRun("one", "s", 1, List.of(made("x", noise(random, 5, 30))));
      SavedRun other = new SavedRun("other", "s", 1, List.of(made("x", noise(random, 5, 30))));
      Comparison comparison = compare(one, "v", other, "v");
      wrong += comparison.lines().stream().anyMatch(line -> line.verdict() == Verdict.DIFFERS) ? 1 : 0;
      perhaps += (int) comparison.lines().stream().filter(line -> line.verdict() == Verdict.PERHAPS).count();
    }
    // One comparison in twenty is what the method promises; five per cent of 12,000 figures by their own intervals.
    assertThat(wrong).isLessThan(40);
    assertThat(perhaps).isBetween(300, 900);
  }

  @Test
  void a_file_that_is_no_result_is_one_line_with_its_place() throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{\"schema\": 1,\n  oops}");
    assertThatThrownBy(() -> SavedRun.read(file)).isInstanceOf(ProblemsException.class)
        .hasMessageStartingWith(file + ":2:").hasMessageContaining("is not JSON").hasMessageNotContaining("\n");
    Files.writeString(file, "{\"schema\": 2}");
    assertThatThrownBy(() -> SavedRun.read(file)).hasMessageContaining("is no result of haltlab run");
    Files.writeString(file, "{\"schema\": 1, \"variants\": [{\"name\": \"off\"}]}");
    assertThatThrownBy(() -> SavedRun.read(file)).hasMessageContaining("of an older haltlab");
    assertThatThrownBy(() -> SavedRun.read(folder)).hasMessageContaining("no result.json in this folder");
    assertThatThrownBy(() -> SavedRun.read(folder.resolve("gone"))).hasMessageContaining("no such file or folder");
  }

  @Test
  void every_report_tells_every_figure_and_no_line_is_too_wide() throws Exception {
    SavedRun run = saved(3);
    List<Comparison> comparisons = List.of(compare(run, "off", run, "polling"));

    for (int width : new int[] {40, 60, 80, 120}) {
      assertThat(CompareText.of(comparisons, width, false).lines())
          .allSatisfy(line -> assertThat(line.codePointCount(0, line.length())).isLessThanOrEqualTo(width));
    }
    String text = CompareText.of(comparisons, 400, false);
    String json = CompareJson.of(comparisons);
    String html = ComparePage.of(comparisons, List.of());
    assertThat(comparisons.get(0).lines()).allSatisfy(line -> {
      assertThat(text).contains(line.name());
      assertThat(json).contains("\"figure\": \"" + line.name() + "\"");
      assertThat(html).contains(line.name());
    });
    assertThat(text).contains("paired: same seed").contains("Differ");
    assertThat(CompareText.of(comparisons, 400, true).replaceAll("\u001b\\[[0-9]+m", "")).isEqualTo(text);
  }
}
