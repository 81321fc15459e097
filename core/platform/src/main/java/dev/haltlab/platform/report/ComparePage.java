package dev.haltlab.platform.report;

import dev.haltlab.engine.PathStep;
import dev.haltlab.platform.compare.Comparison;
import dev.haltlab.platform.compare.SavedRun;
import dev.haltlab.platform.page.Chart;
import dev.haltlab.platform.page.Chart.Axis;
import dev.haltlab.platform.page.Chart.Scale;
import dev.haltlab.platform.page.DataTable;
import dev.haltlab.platform.page.DataTable.Cell;
import dev.haltlab.platform.page.HtmlPage;
import dev.haltlab.platform.page.Page;
import dev.haltlab.platform.run.Interval;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Comparisons as one HTML file: for each what differs, in pictures and in a table with every figure's verdict. */
public final class ComparePage {
  private static final List<String> PERCENTILES = List.of("mean", "p50", "p90", "p99");

  private ComparePage() {}

  /**
   * The whole file.
   *
   * @param versions of what took part, a line each
   */
  public static String of(List<Comparison> comparisons, List<String> versions) {
    List<Page.Section> sections = new ArrayList<>();
    for (int i = 0; i < comparisons.size(); i++) {
      Comparison comparison = comparisons.get(i);
      String first = comparison.first().variant().name();
      String second = comparison.second().variant().name();
      sections.add(new Page.Section(
          "pair-" + letters(i), first.equals(second) ? first : first + " and " + second, blocks(comparison, letters(i))));
    }
    String lead = "Differences are second less first, of the means over the replications. A figure is said to differ if"
        + " chance does not explain it, even seen how many figures were compared (Holm's method, 5 %). Simulated, not"
        + " measured.";
    return HtmlPage.of(new Page("haltlab: comparison", List.of(lead), sections, versions));
  }

  /** Ids are made of letters. */
  private static String letters(int number) {
    String rest = number < 26 ? "" : letters(number / 26 - 1);
    return rest + (char) ('a' + number % 26);
  }

  private static List<Page.Block> blocks(Comparison comparison, String id) {
    List<Page.Block> blocks = new ArrayList<>();
    blocks.add(new Page.Text("First: " + comparison.first().name() + ". Second: " + comparison.second().name() + ". "
        + comparison.why().substring(0, 1).toUpperCase(Locale.ROOT) + comparison.why().substring(1) + "."));
    String vm = vm(comparison);
    latency(comparison, vm, id, blocks);
    stacked(comparison, vm + "path.", ComparePage::group, "critical-path-" + id,
        "Critical path of the mean transaction", new Axis("time per transaction", "µs", Scale.LINEAR), -3, blocks);
    stacked(comparison, "cpu.", CpuTime::title, "cpu-" + id, "Host CPU by state",
        new Axis("time of all pCPUs", "% of one pCPU", Scale.LINEAR), 2, blocks);
    blocks.add(table(comparison));
    return blocks;
  }

  /** The VM whose transactions are told, as a prefix of names. */
  private static String vm(Comparison comparison) {
    return comparison.first().variant().figures().keySet().stream()
        .filter(name -> name.endsWith("/latency.mean")).findFirst()
        .map(name -> name.substring(0, name.indexOf('/') + 1)).orElse("");
  }

  private static void latency(Comparison comparison, String vm, String id, List<Page.Block> blocks) {
    List<String> shown = PERCENTILES.stream()
        .filter(name -> figure(comparison.first(), vm + "latency." + name) != null)
        .filter(name -> figure(comparison.second(), vm + "latency." + name) != null)
        .toList();
    if (shown.isEmpty()) {
      return;
    }
    List<Chart.Part> parts = new ArrayList<>();
    for (Comparison.Side side : List.of(comparison.first(), comparison.second())) {
      List<@Nullable BigDecimal> values = new ArrayList<>();
      List<Chart.@Nullable Range> ranges = new ArrayList<>();
      for (String name : shown) {
        BigDecimal value = figure(side, vm + "latency." + name);
        List<BigDecimal> all = side.variant().replications().stream()
            .map(each -> each.get(vm + "latency." + name)).filter(Objects::nonNull).toList();
        values.add(scaled(value, -3));
        boolean whole = value != null && all.size() == side.variant().replications().size();
        ranges.add(!whole ? null : Interval.around(value, all)
            .map(i -> new Chart.Range(scaled(i.low(), -3), scaled(i.high(), -3))).orElse(null));
      }
      parts.add(new Chart.Part(parts.isEmpty() ? "first" : "second", parts.size(), values, ranges));
    }
    blocks.add(new Chart.Bars(
        "latency-" + id, "Latency", PageContext.summary(parts, shown, "µs"), "figure", shown,
        new Axis("latency", "µs", Scale.LINEAR), false, parts));
  }

  /** Which part of the critical path a step belongs to. */
  private static String group(String step) {
    return Arrays.stream(PathStep.values()).filter(each -> each.key().equals(step)).findFirst()
        .map(PathStep::group).orElse(step);
  }

  /** The figures with that prefix, summed by what they belong to. */
  private static void stacked(
      Comparison comparison, String prefix, UnaryOperator<String> part, String id, String title, Axis axis, int right,
      List<Page.Block> blocks) {
    List<Comparison.Side> sides = List.of(comparison.first(), comparison.second());
    Map<String, BigDecimal[]> sums = new LinkedHashMap<>();
    for (int i = 0; i < sides.size(); i++) {
      for (Map.Entry<String, SavedRun.Figure> figure : sides.get(i).variant().figures().entrySet()) {
        BigDecimal value = figure.getValue().value();
        String name = figure.getKey();
        if (name.startsWith(prefix) && !name.equals("cpu.busy") && value != null && value.signum() > 0) {
          BigDecimal[] sum = sums.computeIfAbsent(
              part.apply(name.substring(prefix.length())), key -> new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO});
          sum[i] = sum[i].add(value);
        }
      }
    }
    if (sums.isEmpty()) {
      return;
    }
    List<Chart.Part> parts = new ArrayList<>();
    sums.forEach((name, sum) -> {
      List<@Nullable BigDecimal> values = new ArrayList<>();
      values.add(scaled(sum[0], right));
      values.add(scaled(sum[1], right));
      parts.add(new Chart.Part(name, parts.size(), values, List.of()));
    });
    List<String> names = List.of("first", "second");
    blocks.add(new Chart.Bars(
        id, title, PageContext.summary(parts, names, axis.unit()), "variant", names, axis, true, parts));
  }

  private static DataTable table(Comparison comparison) {
    DataTable table = new DataTable(
        "All figures of " + comparison.first().name() + " and " + comparison.second().name(),
        List.of(
            PageContext.word("figure"), PageContext.word("verdict"), PageContext.number("first"),
            PageContext.number("second"), PageContext.number("difference"), PageContext.number("difference, %"),
            PageContext.number("chance")));
    for (Comparison.Line line : comparison.lines()) {
      CompareRow row = CompareRow.of(line);
      table.row(List.of(
          Cell.word(row.label()), Cell.word(verdict(line.verdict())), cell(row.first(), ""), cell(row.second(), ""),
          new Cell(CompareRow.signed(row.difference()), row.difference(),
              row.half().map(half -> "± " + half.toPlainString()).orElse("")),
          row.percent().map(p -> new Cell(CompareRow.signed(p), p, ""))
              .orElse(new Cell(PageContext.NOTHING, null, "")),
          PageContext.decimal(line.difference().chance().orElse(null), 4)));
    }
    return table;
  }

  private static Cell cell(BigDecimal value, String aside) {
    return new Cell(value.toPlainString(), value, aside);
  }

  private static String verdict(Comparison.Verdict verdict) {
    return switch (verdict) {
      case DIFFERS -> "differs";
      case PERHAPS -> "may differ";
      case NOISE -> "noise";
      case SAME -> "the same";
      case UNKNOWN -> "cannot be told";
    };
  }

  private static @Nullable BigDecimal figure(Comparison.Side side, String name) {
    SavedRun.Figure figure = side.variant().figures().get(name);
    return figure == null ? null : figure.value();
  }

  private static @Nullable BigDecimal scaled(@Nullable BigDecimal value, int right) {
    return value == null ? null : value.movePointRight(right).setScale(3, RoundingMode.HALF_EVEN);
  }
}
