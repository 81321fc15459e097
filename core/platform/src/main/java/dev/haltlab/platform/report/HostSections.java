package dev.haltlab.platform.report;

import static dev.haltlab.platform.report.PageContext.NOTHING;
import static dev.haltlab.platform.report.PageContext.count;
import static dev.haltlab.platform.report.PageContext.decimal;
import static dev.haltlab.platform.report.PageContext.number;
import static dev.haltlab.platform.report.PageContext.percent;
import static dev.haltlab.platform.report.PageContext.positive;
import static dev.haltlab.platform.report.PageContext.range;
import static dev.haltlab.platform.report.PageContext.rate;
import static dev.haltlab.platform.report.PageContext.word;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.page.Chart.Axis;
import dev.haltlab.platform.page.Chart.Range;
import dev.haltlab.platform.page.Chart.Scale;
import dev.haltlab.platform.page.Chart;
import dev.haltlab.platform.page.DataTable.Cell;
import dev.haltlab.platform.page.DataTable.Column;
import dev.haltlab.platform.page.DataTable;
import dev.haltlab.platform.page.Page;
import dev.haltlab.platform.report.Metric.Unit;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.PollHistory;
import dev.haltlab.platform.run.Summary;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the transactions cost: exits, host CPU, polling, and what others were left. */
final class HostSections {
  private final PageContext page;

  HostSections(PageContext page) {
    this.page = page;
  }

  List<Page.Block> exits() {
    List<Summary> guests = page.variants.stream().filter(v -> !v.variant().nativeRun()).toList();
    List<ExitRow> rows = ExitRow.ALL.stream()
        .filter(row -> guests.stream().anyMatch(v -> row.count().apply(v.primary()).count() > 0))
        .toList();
    if (guests.isEmpty()) {
      return List.of();
    }
    if (rows.isEmpty()) {
      return List.of(new Page.Text("No exits in the time counted."));
    }
    boolean perTransaction = page.perTransaction();
    String per = perTransaction ? "per transaction" : "per second";
    List<Chart.Part> parts = new ArrayList<>();
    for (ExitRow row : rows) {
      // In the chart the registers stand for MSR_WRITE as a whole.
      if (!row.name().equals("MSR_WRITE")) {
        List<@Nullable BigDecimal> values = new ArrayList<>();
        guests.forEach(v -> values.add(rate(v.pooled(), v, perTransaction, vm -> row.count().apply(vm).count())));
        parts.add(new Chart.Part(label(row), parts.size(), values, List.of()));
      }
    }
    List<String> categories = guests.stream().map(v -> page.names.get(page.variants.indexOf(v))).toList();
    return List.of(
        new Page.Text("Of VM " + page.variants.get(0).primary().name() + ", by the names perf kvm stat prints; timer"
            + " writes are TMICT or TSC_DEADLINE, interrupts sent are ICR."),
        new Chart.Bars("exits-by-reason", "Exits " + per, PageContext.summary(parts, categories, "exits"), "variant",
            categories, new Axis("exits", per, Scale.LINEAR), true, parts),
        exitTable(rows, perTransaction));
  }

  private DataTable exitTable(List<ExitRow> rows, boolean perTransaction) {
    List<Column> columns = new ArrayList<>(List.of(word("reason")));
    page.names.forEach(name -> columns.add(number(name)));
    DataTable table = new DataTable("Exits " + (perTransaction ? "per transaction" : "per second"), columns);
    for (ExitRow row : rows) {
      List<Cell> cells = new ArrayList<>(List.of(Cell.word(label(row))));
      page.variants.forEach(v -> cells.add(page.exits(v, perTransaction, vm -> row.count().apply(vm).count())));
      table.row(cells);
    }
    List<Cell> all = new ArrayList<>(List.of(Cell.word("all")));
    page.variants.forEach(v -> all.add(page.exits(v, perTransaction, ExitRow::all)));
    return table.total(all);
  }

  private static String label(ExitRow row) {
    return (row.register() ? "MSR_WRITE: " : "") + row.name();
  }

  List<Page.Block> hostCpu() {
    Map<String, Chart.Part> parts = new LinkedHashMap<>();
    List<Map<String, Long>> byVariant = page.variants.stream().map(v -> CpuTime.byState(v.pooled())).toList();
    Set<String> states = CpuTime.statesTaken(page.variants.stream().map(Summary::pooled).toList());
    int tone = 0;
    for (String state : states) {
      List<@Nullable BigDecimal> values = new ArrayList<>();
      for (int i = 0; i < page.variants.size(); i++) {
        values.add(percent(byVariant.get(i).getOrDefault(state, 0L), page.variants.get(i).pooled().simulatedNs()));
      }
      boolean idle = !CpuTime.isState(state);
      parts.put(state, new Chart.Part(
          idle ? "idle, " + state : CpuTime.title(state), idle ? Chart.QUIET : tone++, values, List.of()));
    }
    List<Column> columns = new ArrayList<>(List.of(word("variant"), word("CPU"), number("busy")));
    states.forEach(state -> columns.add(number(CpuTime.title(state))));
    DataTable table = new DataTable("Host CPU by state, % of one pCPU", columns);
    for (int i = 0; i < page.variants.size(); i++) {
      Outcome pooled = page.variants.get(i).pooled();
      cpuRow(table, page.names.get(i), "all", CpuTime.busyNs(pooled), byVariant.get(i), states, pooled);
      if (pooled.pcpus().size() > 1) {
        for (Outcome.Pcpu pcpu : pooled.pcpus()) {
          cpuRow(table, page.names.get(i), "pCPU " + pcpu.id(), CpuTime.busyNs(pcpu), CpuTime.byState(pcpu), states,
              pooled);
        }
      }
    }
    List<Chart.Part> all = List.copyOf(parts.values());
    return List.of(
        new Page.Text("All pCPUs together, so that " + page.variants.get(0).pooled().pcpus().size()
            + "00 % is the whole host. Busy is everything but idle and waking from a C-state; polling is busy."),
        new Chart.Bars("cpu-by-state", "Host CPU by state", page.summary(all, "%"), "variant", page.names,
            new Axis("time of all pCPUs", "% of one pCPU", Scale.LINEAR), true, all),
        table);
  }

  private static void cpuRow(
      DataTable table, String variant, String cpu, long busyNs, Map<String, Long> byState, Set<String> states,
      Outcome pooled) {
    List<Cell> cells = new ArrayList<>(List.of(
        Cell.word(variant), Cell.word(cpu), decimal(percent(busyNs, pooled.simulatedNs()), 2)));
    states.forEach(state ->
        cells.add(decimal(percent(byState.getOrDefault(state, 0L), pooled.simulatedNs()), 2)));
    table.row(cells);
  }

  List<Page.Block> polling(List<PollHistory> histories) {
    if (page.variants.stream().allMatch(v -> v.primary().halts().exits() == 0)) {
      return List.of();
    }
    List<Page.Block> blocks = new ArrayList<>();
    metricBars(blocks, "hit-rate", "Polls that hit", "hit rate", "%", List.of("hitRate"));
    metricBars(blocks, "windows", "Poll windows", "window", "µs", List.of("windowMeanNs", "windowMaxNs"));
    new PollCharts(page, histories).add(blocks);
    List<Metric<Outcome.Halts>> metrics = Metric.HALTS.stream()
        .filter(m -> page.variants.stream().anyMatch(v -> positive(m.value().apply(v.primary().halts()))))
        .toList();
    List<Column> columns = new ArrayList<>(List.of(word("variant")));
    metrics.forEach(metric -> columns.add(number(metric.title() + switch (metric.unit()) {
      case COUNT -> "";
      case RATIO -> ", %";
      case NS -> metric.kind() == Metric.Kind.SUM ? ", % of one CPU" : ", µs";
    })));
    DataTable table = new DataTable("Halts and polls of VM " + page.variants.get(0).primary().name(), columns);
    for (int i = 0; i < page.variants.size(); i++) {
      List<Cell> cells = new ArrayList<>(List.of(Cell.word(page.names.get(i))));
      for (Metric<Outcome.Halts> metric : metrics) {
        cells.add(haltCell(page.variants.get(i), metric));
      }
      table.row(cells);
    }
    blocks.add(table);
    return blocks;
  }

  private void metricBars(
      List<Page.Block> blocks, String id, String title, String axis, String axisUnit, List<String> metrics) {
    List<Integer> shown = new ArrayList<>();
    for (int i = 0; i < page.variants.size(); i++) {
      Outcome.Halts halts = page.variants.get(i).primary().halts();
      if (metrics.stream().anyMatch(m -> Metric.halts(m).value().apply(halts) != null)) {
        shown.add(i);
      }
    }
    if (shown.isEmpty()) {
      return;
    }
    List<Chart.Part> parts = new ArrayList<>();
    for (String name : metrics) {
      Metric<Outcome.Halts> metric = Metric.halts(name);
      List<@Nullable BigDecimal> values = new ArrayList<>();
      List<@Nullable Range> ranges = new ArrayList<>();
      for (int i : shown) {
        Summary variant = page.variants.get(i);
        Function<Outcome, @Nullable BigDecimal> figure = outcome -> inUnits(
            metric, metric.value().apply(outcome.vms().get(variant.variant().spec().primaryVm()).halts()));
        values.add(figure.apply(variant.pooled()));
        // The largest window is an extreme, not a mean: an interval around it would say nothing.
        ranges.add(metric.name().equals("windowMaxNs") ? null : range(variant.interval(figure)));
      }
      parts.add(new Chart.Part(metric.title(), parts.size(), values, ranges));
    }
    List<String> categories = shown.stream().map(page.names::get).toList();
    blocks.add(new Chart.Bars(id, title, PageContext.summary(parts, categories, axisUnit), "variant", categories,
        new Axis(axis, axisUnit, Scale.LINEAR), false, parts));
  }

  private static @Nullable BigDecimal inUnits(Metric<Outcome.Halts> metric, @Nullable BigDecimal value) {
    if (value == null) {
      return null;
    }
    return metric.unit() == Unit.RATIO ? value.movePointRight(2) : Time.US.in(value);
  }

  private static Cell haltCell(Summary variant, Metric<Outcome.Halts> metric) {
    BigDecimal value = metric.value().apply(variant.primary().halts());
    if (value == null || variant.variant().nativeRun()) {
      return new Cell(NOTHING, null, "");
    }
    return switch (metric.unit()) {
      case COUNT -> count(value.longValueExact());
      case RATIO -> decimal(value.movePointRight(2), 2);
      case NS -> metric.kind() == Metric.Kind.SUM
          ? decimal(percent(value.longValueExact(), variant.pooled().simulatedNs()), 2)
          : decimal(Time.US.in(value), 2);
    };
  }

  List<Page.Block> others() {
    List<Page.Block> blocks = new ArrayList<>();
    if (page.variants.stream().anyMatch(v -> v.pooled().vms().size() > 1)) {
      DataTable table = new DataTable("Virtual machines", List.of(
          word("variant"), word("VM"), number("transactions per second"), number("mean latency, " + page.symbol),
          number("p99, " + page.symbol), number("host CPU, % of one pCPU")));
      for (int i = 0; i < page.variants.size(); i++) {
        Summary variant = page.variants.get(i);
        for (Outcome.Vm vm : variant.pooled().vms()) {
          Latency latency = variant.latency(vm);
          BigDecimal perSecond = BigDecimal.valueOf(vm.transactions()).movePointRight(9)
              .divide(BigDecimal.valueOf(variant.pooled().simulatedNs()), 1, RoundingMode.HALF_EVEN);
          table.row(List.of(
              Cell.word(page.names.get(i)), Cell.word(vm.name()), decimal(latency.count() == 0 ? null : perSecond, 1),
              page.time(latency.mean(), latency.ci95().mean()), page.time(latency.p99(), latency.ci95().p99()),
              decimal(percent(CpuTime.busyNs(vm), variant.pooled().simulatedNs()), 2)));
        }
      }
      blocks.add(table);
    }
    if (page.variants.stream().anyMatch(v -> !v.pooled().hostTasks().isEmpty())) {
      DataTable table = new DataTable("Host tasks, % of one CPU", List.of(
          word("variant"), word("task"), number("got"), number("wanted")));
      for (int i = 0; i < page.variants.size(); i++) {
        Outcome pooled = page.variants.get(i).pooled();
        for (Outcome.HostTask task : pooled.hostTasks()) {
          table.row(List.of(
              Cell.word(page.names.get(i)), Cell.word(task.name()),
              decimal(percent(task.cpuNs(), pooled.simulatedNs()), 2),
              decimal(percent(task.wantedNs(), pooled.simulatedNs()), 2)));
        }
      }
      blocks.add(table);
    }
    return blocks;
  }
}
