package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.platform.report.Metric.Unit;
import dev.haltlab.platform.run.Interval;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Summary;
import dev.haltlab.spi.Basis;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results as aligned tables for a terminal: latency, exits and critical path of all variants side by side. */
public final class TextReport {
  private static final int LEAST_WIDTH = 40;
  static final String NOTHING = "-";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final Results results;
  private final List<Summary> variants;
  private final List<Latency> latencies;
  private final List<String> heads;
  private final int width;
  private final List<Table.Line> lines = new ArrayList<>();

  private TextReport(Results results, int width) {
    this.results = results;
    this.width = width;
    this.variants = Summary.of(results);
    this.latencies = variants.stream().map(v -> v.latency(v.primary())).toList();
    this.heads = variants.stream().map(v -> v.variant().name() + (v.variant().bound() ? " (bound)" : "")).toList();
  }

  /**
   * The whole text, ending in a newline.
   *
   * @param width columns available, at least 40
   * @param color whether ANSI colour may be used; never the only sign of anything
   */
  public static String of(Results results, int width, boolean color) {
    TextReport report = new TextReport(results, Math.max(LEAST_WIDTH, width));
    report.write();
    StringBuilder text = new StringBuilder();
    for (Table.Line line : report.lines) {
      boolean bold = color && line.strong() && !line.text().isEmpty();
      text.append(bold ? BOLD : "").append(line.text()).append(bold ? PLAIN : "").append('\n');
    }
    return text.toString();
  }

  private void write() {
    header();
    latency();
    exits();
    criticalPath();
    hostCpu();
    idlePower();
    halts();
    others();
    marks();
  }

  private void header() {
    paragraph(results.plan().scenario(), true);
    if (!results.unfinished().isEmpty()) {
      paragraph(
          "UNFINISHED: a plugin ended the run before its time. Missing here: "
              + String.join(", ", results.unfinished()) + ".", true);
    }
    paragraph(
        plural(variants.size(), "variant") + ", " + plural(results.plan().replications(), "replication") + ", seed "
            + results.plan().seed() + ", " + counted(variants),
        false);
  }

  /** How long was counted, in words. */
  static String counted(List<Summary> variants) {
    long least = variants.stream().mapToLong(v -> v.pooled().simulatedNs()).min().orElse(0);
    long most = variants.stream().mapToLong(v -> v.pooled().simulatedNs()).max().orElse(0);
    String shortest = seconds(least);
    String longest = seconds(most);
    return (shortest.equals(longest) ? shortest : shortest + " to " + longest) + " s counted in each variant";
  }

  private void latency() {
    String probes =
        variants.stream()
            .map(v -> Summary.firstProbe(v.primary()).map(p -> v.primary().name() + "/" + p))
            .flatMap(Optional::stream)
            .distinct()
            .collect(Collectors.joining(", "));
    if (probes.isEmpty()) {
      blank();
      paragraph("No latency: the workload of the measured VM declares no probe.", false);
      return;
    }
    if (latencies.stream().allMatch(l -> l.count() == 0)) {
      blank();
      paragraph("No latency: " + probes + " was not completed once in the time counted.", false);
      return;
    }
    Time unit = Time.of(latencies);
    // Figures as rows and variants as columns, or the other way round if that needs fewer blocks.
    Map<String, List<String>> figures = latencyFigures(unit);
    String title = "Latency of " + probes + ", " + unit.symbol();
    Table upright = new Table(title, heads);
    figures.forEach((label, cells) -> upright.row(2, label, cells));
    Table lying = new Table(title, List.copyOf(figures.keySet()));
    for (int i = 0; i < heads.size(); i++) {
      int variant = i;
      lying.row(2, heads.get(i), figures.values().stream().map(cells -> cells.get(variant)).toList());
    }
    add(lying.blocks(width) < upright.blocks(width) ? lying : upright);
  }

  private Map<String, List<String>> latencyFigures(Time unit) {
    Map<String, List<String>> figures = new LinkedHashMap<>();
    figures.put("transactions", cells(v -> count(v.primary().transactions())));
    for (Metric<Latency> metric : Metric.LATENCY) {
      if (metric.unit() == Unit.NS) {
        figures.put(metric.title(), latencyCells(l -> unit.show(metric.value().apply(l))));
        if (metric.name().equals("mean")) {
          figures.put("± 95 %", latencyCells(l -> unit.show(l.ci95().mean().map(Interval::half).orElse(null))));
        }
      }
    }
    int reference = Summary.reference(variants);
    BigDecimal base = latencies.get(reference).mean();
    if (variants.size() > 1 && base != null && base.signum() > 0) {
      String name = heads.get(reference);
      figures.put(
          "mean / " + name,
          latencyCells(l -> decimal(l.mean() == null ? null : l.mean().divide(base, 6, RoundingMode.HALF_EVEN), 2)));
      figures.put(
          "mean - " + name,
          latencyCells(
              l -> {
                BigDecimal more = l.mean() == null ? null : l.mean().subtract(base);
                return (more != null && more.signum() > 0 ? "+" : "") + unit.show(more);
              }));
    }
    return figures;
  }

  private void exits() {
    if (variants.stream().allMatch(v -> v.variant().nativeRun())) {
      return;
    }
    boolean perTransaction = variants.stream().anyMatch(v -> v.primary().transactions() > 0);
    Table table = new Table(perTransaction ? "Exits per transaction" : "Exits per second", heads);
    for (ExitRow row : ExitRow.ALL) {
      exitRow(table, row.register() ? 4 : 2, row.name(), perTransaction, vm -> row.count().apply(vm).count());
    }
    if (table.isEmpty()) {
      blank();
      paragraph("No exits in the time counted.", false);
    } else {
      table.strong(2, "all", cells(v -> exitCell(v, perTransaction, ExitRow::all)));
      add(table);
    }
  }

  private void exitRow(
      Table table, int indent, String label, boolean perTransaction, Function<Outcome.Vm, Long> exits) {
    if (variants.stream().anyMatch(v -> exits.apply(v.primary()) > 0)) {
      table.row(indent, label, cells(v -> exitCell(v, perTransaction, exits)));
    }
  }

  private static String exitCell(Summary variant, boolean perTransaction, Function<Outcome.Vm, Long> exits) {
    if (variant.variant().nativeRun()) {
      return NOTHING;
    }
    long number = exits.apply(variant.primary());
    if (perTransaction) {
      return decimal(Figures.ratio(number, variant.primary().transactions()), 4);
    }
    BigDecimal perNs = BigDecimal.valueOf(number).movePointRight(9);
    return perNs.divide(BigDecimal.valueOf(variant.pooled().simulatedNs()), 1, RoundingMode.HALF_EVEN).toPlainString();
  }

  private void criticalPath() {
    Time unit = Time.of(latencies);
    List<Map<PathStep, BigDecimal>> paths = new ArrayList<>();
    Set<PathStep> used = new TreeSet<>();
    for (Summary variant : variants) {
      Map<PathStep, BigDecimal> byStep = new CriticalPath(variant).meanBySteps(unit);
      paths.add(byStep);
      used.addAll(byStep.keySet());
    }
    if (used.isEmpty()) {
      return;
    }
    Set<String> groups = new LinkedHashSet<>(CriticalPath.GROUPS);
    used.forEach(step -> groups.add(step.group()));
    Table table = new Table("Critical path, mean per transaction, " + unit.symbol(), heads);
    for (String group : groups) {
      List<PathStep> members = used.stream().filter(step -> step.group().equals(group)).toList();
      if (!members.isEmpty()) {
        table.strong(2, group, paths.stream().map(path -> sum(path, members, unit)).toList());
      }
      // A group of one that bears its name needs no second line.
      if (members.size() > 1 || members.stream().anyMatch(step -> !step.title().equals(group))) {
        for (PathStep step : members) {
          table.row(4, step.title(), paths.stream().map(path -> sum(path, List.of(step), unit)).toList());
        }
      }
    }
    table.strong(2, "total = mean", paths.stream().map(path -> sum(path, List.copyOf(used), unit)).toList());
    add(table);
  }

  private static String sum(Map<PathStep, BigDecimal> path, List<PathStep> steps, Time unit) {
    BigDecimal[] parts = steps.stream().map(path::get).filter(Objects::nonNull).toArray(BigDecimal[]::new);
    return parts.length == 0 ? NOTHING : Figures.sum(parts).setScale(unit.decimals()).toPlainString();
  }

  private void hostCpu() {
    Set<String> columns = CpuTime.statesTaken(variants.stream().map(Summary::pooled).toList());
    List<String> titles = new ArrayList<>(List.of("busy"));
    columns.forEach(state -> titles.add(CpuTime.title(state)));
    Table table = new Table("Host CPU, % of one pCPU", titles);
    for (int i = 0; i < variants.size(); i++) {
      Outcome pooled = variants.get(i).pooled();
      List<List<String>> each = new ArrayList<>();
      for (Outcome.Pcpu pcpu : pooled.pcpus()) {
        each.add(cpuCells(CpuTime.busyNs(pcpu), CpuTime.byState(pcpu), columns, pooled.simulatedNs()));
      }
      table.strong(
          2, heads.get(i), cpuCells(CpuTime.busyNs(pooled), CpuTime.byState(pooled), columns, pooled.simulatedNs()));
      for (int from = 0; from < each.size(); ) {
        int to = from + 1;
        while (to < each.size() && each.get(to).equals(each.get(from))) {
          to++;
        }
        if (each.size() > 1) {
          table.row(4, "pCPU " + from + (to - from > 1 ? "-" + (to - 1) + ", each" : ""), each.get(from));
        }
        from = to;
      }
    }
    add(table);
  }

  private static List<String> cpuCells(long busy, Map<String, Long> byState, Set<String> columns, long window) {
    List<String> cells = new ArrayList<>(List.of(percent(busy, window)));
    columns.forEach(state -> cells.add(percent(byState.getOrDefault(state, 0L), window)));
    return cells;
  }

  private void idlePower() {
    List<@Nullable BigDecimal> energiesUj = variants.stream().<@Nullable BigDecimal>map(TextReport::idleEnergyUj).toList();
    if (energiesUj.stream().anyMatch(Objects::nonNull)) {
      Table table = new Table("Mean power of idle pCPUs, mW", heads);
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < variants.size(); i++) {
        BigDecimal energyUj = energiesUj.get(i);
        BigDecimal windowNs = BigDecimal.valueOf(variants.get(i).pooled().simulatedNs());
        cells.add(
            decimal(energyUj == null ? null : energyUj.movePointRight(6).divide(windowNs, 6, RoundingMode.HALF_EVEN), 1));
      }
      table.row(2, "all pCPUs", cells);
      add(table);
    }
  }

  private static @Nullable BigDecimal idleEnergyUj(Summary variant) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Outcome.Pcpu pcpu : variant.pooled().pcpus()) {
      BigDecimal energyUj = CpuTime.idleEnergyUj(pcpu, variant.variant().spec().host());
      if (energyUj == null) {
        return null;
      }
      sum = sum.add(energyUj);
    }
    return sum;
  }

  private void halts() {
    if (variants.stream().allMatch(v -> v.primary().halts().exits() == 0)) {
      return;
    }
    Table table = new Table("Halt polling; times in % of one CPU, windows in us", heads);
    for (Metric<Outcome.Halts> metric : Metric.HALTS) {
      if (variants.stream().anyMatch(v -> positive(metric.value().apply(v.primary().halts())))) {
        table.row(2, metric.title(), cells(v -> haltCell(v, metric)));
      }
    }
    add(table);
  }

  private static boolean positive(@Nullable BigDecimal value) {
    return value != null && value.signum() > 0;
  }

  private static String haltCell(Summary variant, Metric<Outcome.Halts> metric) {
    BigDecimal value = metric.value().apply(variant.primary().halts());
    if (value == null || variant.variant().nativeRun()) {
      return NOTHING;
    }
    return switch (metric.unit()) {
      case COUNT -> count(value.longValueExact());
      case RATIO -> decimal(value.movePointRight(2), 2) + " %";
      case NS -> switch (metric.kind()) {
        case SUM -> percent(value.longValueExact(), variant.pooled().simulatedNs());
        case POOLED -> Time.US.show(value);
      };
    };
  }

  private void others() {
    Set<String> names = new LinkedHashSet<>();
    Set<String> tasks = new LinkedHashSet<>();
    for (Summary variant : variants) {
      variant.pooled().vms().forEach(vm -> names.add(vm.name()));
      variant.pooled().hostTasks().forEach(task -> tasks.add(task.name()));
    }
    if (names.size() > 1) {
      Table table = new Table("Virtual machines", heads);
      for (String name : names) {
        List<Latency> each =
            variants.stream().map(v -> vm(v, name).map(v::latency).orElse(Latency.NONE)).toList();
        Time unit = Time.of(each);
        table.strong(2, name, List.of());
        if (each.stream().anyMatch(latency -> latency.count() > 0)) {
          table.row(4, "transactions per second", cells(v -> vm(v, name).map(vm -> perSecond(v, vm)).orElse(NOTHING)));
          table.row(4, "mean latency, " + unit.symbol(), each.stream().map(l -> unit.show(l.mean())).toList());
          table.row(4, "p99, " + unit.symbol(), each.stream().map(l -> unit.show(l.p99())).toList());
        }
        table.row(
            4, "host CPU, %",
            cells(v -> vm(v, name).map(vm -> percent(CpuTime.busyNs(vm), v.pooled().simulatedNs())).orElse(NOTHING)));
      }
      add(table);
    }
    if (!tasks.isEmpty()) {
      Table table = new Table("Host tasks, % of one CPU", heads);
      for (String name : tasks) {
        table.row(2, name + ", got", cells(v -> taskCell(v, name, Outcome.HostTask::cpuNs)));
        table.row(2, name + ", wanted", cells(v -> taskCell(v, name, Outcome.HostTask::wantedNs)));
      }
      add(table);
    }
  }

  private static Optional<Outcome.Vm> vm(Summary variant, String name) {
    return variant.pooled().vms().stream().filter(vm -> vm.name().equals(name)).findFirst();
  }

  private static String perSecond(Summary variant, Outcome.Vm vm) {
    return count(
        BigDecimal.valueOf(vm.transactions())
            .movePointRight(9)
            .divide(BigDecimal.valueOf(variant.pooled().simulatedNs()), 0, RoundingMode.HALF_EVEN)
            .longValueExact());
  }

  private static String taskCell(Summary variant, String name, Function<Outcome.HostTask, Long> time) {
    return variant.pooled().hostTasks().stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .map(task -> percent(time.apply(task), variant.pooled().simulatedNs()))
        .orElse(NOTHING);
  }

  private void marks() {
    String cstates = Prices.cstates(variants);
    if (!cstates.isEmpty()) {
      blank();
      paragraph(cstates, false);
    }
    String free = Prices.free(variants);
    if (!free.isEmpty()) {
      blank();
      paragraph("Without a price in the profile, and so free: " + free, false);
    }
    List<Prices.Row> rows = Prices.of(variants);
    if (rows.isEmpty()) {
      return;
    }
    List<String> notes = new ArrayList<>();
    Table table = new Table("Fitted and assumed prices: share of the mean latency, %", heads);
    List<String> elsewhere = new ArrayList<>();
    @Nullable Basis named = null;
    boolean bounds = false;
    for (Prices.Row row : rows) {
      Basis basis = row.price().basis();
      String label = row.price().step() + " " + Time.US.show(row.price().valueNs()) + " us";
      if (basis == Basis.ASSUMED && !row.onPath()) {
        elsewhere.add(label);
        continue;
      }
      if (named != basis) {
        table.strong(2, CriticalPath.name(basis), List.of());
        named = basis;
      }
      String note = (basis == Basis.FITTED ? "used up: " : "") + row.price().source();
      if (!notes.contains(note)) {
        notes.add(note);
      }
      table.row(
          4, label + " [" + (notes.indexOf(note) + 1) + "]",
          row.shares().stream().map(share -> share.map(Prices.Share::text).orElse(NOTHING)).toList());
      bounds |= row.shares().stream().flatMap(Optional::stream).anyMatch(Prices.Share::upperBound);
    }
    if (!table.isEmpty()) {
      add(table);
    } else {
      blank();
    }
    if (bounds) {
      paragraph("≤: shared with other prices of the same part of the path.", false);
    }
    for (int i = 0; i < notes.size(); i++) {
      paragraph("[" + (i + 1) + "] " + notes.get(i), false);
    }
    if (!elsewhere.isEmpty()) {
      paragraph("Assumed, but off the critical path: " + String.join(", ", elsewhere), false);
    }
  }

  private void add(Table table) {
    blank();
    lines.addAll(table.lines(width));
  }

  private void blank() {
    lines.add(new Table.Line("", false));
  }

  private void paragraph(String text, boolean strong) {
    Table.wrap(text, width).forEach(line -> lines.add(new Table.Line(line, strong)));
  }

  private List<String> cells(Function<Summary, String> cell) {
    return variants.stream().map(cell).toList();
  }

  private List<String> latencyCells(Function<Latency, String> cell) {
    return latencies.stream().map(cell).toList();
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String percent(long part, long whole) {
    BigDecimal ratio = part == 0 ? null : Figures.ratio(part, whole);
    return decimal(ratio == null ? null : ratio.movePointRight(2), 2);
  }

  private static String decimal(@Nullable BigDecimal value, int decimals) {
    return value == null ? NOTHING : value.setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static String seconds(long ns) {
    BigDecimal value = BigDecimal.valueOf(ns, 9);
    return value.setScale(ns < 100_000_000L ? 5 : 2, RoundingMode.HALF_EVEN).toPlainString();
  }

  static String plural(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
