package dev.haltlab.platform.report;

import static dev.haltlab.platform.report.PageContext.count;
import static dev.haltlab.platform.report.PageContext.decimal;
import static dev.haltlab.platform.report.PageContext.number;
import static dev.haltlab.platform.report.PageContext.word;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.platform.page.Chart.Axis;
import dev.haltlab.platform.page.Chart.Range;
import dev.haltlab.platform.page.Chart.Scale;
import dev.haltlab.platform.page.Chart;
import dev.haltlab.platform.page.DataTable.Cell;
import dev.haltlab.platform.page.DataTable.Column;
import dev.haltlab.platform.page.DataTable;
import dev.haltlab.platform.page.Page;
import dev.haltlab.platform.report.Metric.Unit;
import dev.haltlab.platform.run.Interval;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Summary;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How long transactions take, and where the time goes. */
final class LatencySections {
  private final PageContext page;

  LatencySections(PageContext page) {
    this.page = page;
  }

  List<Page.Block> latency() {
    if (page.latencies.stream().allMatch(l -> l.count() == 0)) {
      return List.of(new Page.Text("No latency: no transaction was completed in the time counted."));
    }
    List<Chart.Line> percentiles = new ArrayList<>();
    List<Chart.Line> histogram = new ArrayList<>();
    for (int i = 0; i < page.variants.size(); i++) {
      Outcome.ProbeOutcome probe = probe(page.variants.get(i));
      if (probe != null && probe.count() > 0) {
        percentiles.add(new Chart.Line(page.names.get(i), i, LatencyCurves.percentiles(probe, page.unit),
            whiskers(page.latencies.get(i))));
        histogram.add(new Chart.Line(page.names.get(i), i, LatencyCurves.histogram(probe, page.unit), List.of()));
      }
    }
    String figures = IntStream.range(0, page.variants.size())
        .filter(i -> page.latencies.get(i).count() > 0)
        .mapToObj(i -> page.names.get(i) + ": median " + page.show(page.latencies.get(i).p50()) + ", p90 "
            + page.show(page.latencies.get(i).p90()) + ", p99 " + page.show(page.latencies.get(i).p99()) + ", maximum "
            + page.show(page.latencies.get(i).max()))
        .collect(Collectors.joining("; "));
    List<Page.Block> blocks = new ArrayList<>();
    blocks.add(new Page.Text("From the start to the stop of " + probes() + ". A percentile is shown where ten samples"
        + " lie beyond it" + (percentiles.stream().anyMatch(line -> !line.ranges().isEmpty())
            ? "; whiskers are 95 % confidence intervals of p50, p90 and p99 over the replications." : ".")));
    blocks.add(new Chart.Lines(
        "percentiles", "Latency by percentile", "Latency in " + page.symbol + " by percentile. " + figures + ".",
        new Axis("percentile", "%", Scale.PERCENTILE), new Axis("latency", page.symbol, Scale.LOG), percentiles));
    blocks.add(new Chart.Lines(
        "histogram", "Histogram of latencies",
        "Share of the transactions in each of " + LatencyCurves.BINS_PER_DECADE + " bins to a factor of ten. "
            + figures + ".",
        new Axis("latency", page.symbol, Scale.LOG), new Axis("share of transactions per bin", "%", Scale.LINEAR),
        histogram));
    blocks.add(latencyTable());
    return blocks;
  }

  private List<Chart.Whisker> whiskers(Latency latency) {
    Map<Integer, Optional<Interval>> intervals = new LinkedHashMap<>();
    intervals.put(500, latency.ci95().p50());
    intervals.put(900, latency.ci95().p90());
    intervals.put(990, latency.ci95().p99());
    List<Chart.Whisker> whiskers = new ArrayList<>();
    intervals.forEach((permille, interval) -> {
      Range range = page.timeRange(interval);
      if (range != null && range.low().signum() > 0) {
        whiskers.add(new Chart.Whisker(LatencyCurves.place(permille), range));
      }
    });
    return whiskers;
  }

  private DataTable latencyTable() {
    List<Column> columns = new ArrayList<>(List.of(word("variant"), number("transactions")));
    List<Metric<Latency>> times = Metric.LATENCY.stream().filter(m -> m.unit() == Unit.NS).toList();
    times.forEach(metric -> columns.add(number(metric.title())));
    DataTable table = new DataTable("Latency of " + probes() + ", " + page.symbol, columns);
    for (int i = 0; i < page.variants.size(); i++) {
      Latency latency = page.latencies.get(i);
      List<Cell> cells = new ArrayList<>(
          List.of(Cell.word(page.names.get(i)), count(page.variants.get(i).primary().transactions())));
      for (Metric<Latency> metric : times) {
        cells.add(page.time(metric.value().apply(latency), interval(latency, metric.name())));
      }
      table.row(cells);
    }
    return table;
  }

  private static Optional<Interval> interval(Latency latency, String metric) {
    return switch (metric) {
      case "mean" -> latency.ci95().mean();
      case "p50" -> latency.ci95().p50();
      case "p90" -> latency.ci95().p90();
      case "p99" -> latency.ci95().p99();
      default -> Optional.empty();
    };
  }

  List<Page.Block> criticalPath() {
    List<Map<PathStep, BigDecimal>> paths = new ArrayList<>();
    Set<PathStep> used = new TreeSet<>();
    for (Summary variant : page.variants) {
      Map<PathStep, BigDecimal> path = new CriticalPath(variant).meanBySteps(page.unit);
      paths.add(path);
      used.addAll(path.keySet());
    }
    if (used.isEmpty()) {
      return List.of();
    }
    Set<String> groups = new LinkedHashSet<>(CriticalPath.GROUPS);
    used.forEach(step -> groups.add(step.group()));
    List<Chart.Part> parts = new ArrayList<>();
    for (String group : groups) {
      List<PathStep> members = used.stream().filter(step -> step.group().equals(group)).toList();
      if (!members.isEmpty()) {
        List<@Nullable BigDecimal> values = new ArrayList<>();
        paths.forEach(path -> values.add(path.isEmpty() ? null : sum(path, members)));
        parts.add(new Chart.Part(group, parts.size(), values, List.of()));
      }
    }
    DataTable table = new DataTable("Critical path, mean per transaction, " + page.symbol, stepColumns());
    for (String group : groups) {
      used.stream().filter(step -> step.group().equals(group)).forEach(step -> {
        List<Cell> cells = new ArrayList<>(List.of(Cell.word(step.title()), Cell.word(group)));
        paths.forEach(path -> cells.add(decimal(path.get(step), page.unit.decimals())));
        table.row(cells);
      });
    }
    List<Cell> total = new ArrayList<>(List.of(Cell.word("total = mean latency"), Cell.word("")));
    paths.forEach(path -> total.add(
        decimal(path.isEmpty() ? null : sum(path, List.copyOf(used)), page.unit.decimals())));
    table.total(total);
    return List.of(
        new Page.Text("Where the mean transaction's time goes: a token walks with the message, and every nanosecond is"
            + " charged to the step in progress where it is. The parts add up to the mean latency."),
        new Chart.Bars("critical-path", "Critical path of the mean transaction", page.summary(parts, page.symbol),
            "variant", page.names, new Axis("time per transaction", page.symbol, Scale.LINEAR), true, parts),
        table);
  }

  private List<Column> stepColumns() {
    List<Column> columns = new ArrayList<>(List.of(word("step"), word("part")));
    page.names.forEach(name -> columns.add(number(name)));
    return columns;
  }

  private BigDecimal sum(Map<PathStep, BigDecimal> path, List<PathStep> steps) {
    BigDecimal sum = BigDecimal.ZERO.setScale(page.unit.decimals());
    for (PathStep step : steps) {
      sum = sum.add(path.getOrDefault(step, BigDecimal.ZERO));
    }
    return sum;
  }

  private static Outcome.@Nullable ProbeOutcome probe(Summary variant) {
    return Summary.firstProbe(variant.primary()).map(variant.primary().probes()::get).orElse(null);
  }

  private String probes() {
    return page.variants.stream()
        .map(v -> Summary.firstProbe(v.primary()).map(p -> v.primary().name() + "/" + p))
        .flatMap(Optional::stream)
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
