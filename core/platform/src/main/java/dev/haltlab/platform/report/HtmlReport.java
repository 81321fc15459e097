package dev.haltlab.platform.report;

import static dev.haltlab.platform.report.PageContext.NOTHING;
import static dev.haltlab.platform.report.PageContext.decimal;
import static dev.haltlab.platform.report.PageContext.half;
import static dev.haltlab.platform.report.PageContext.number;
import static dev.haltlab.platform.report.PageContext.range;
import static dev.haltlab.platform.report.PageContext.word;

import dev.haltlab.platform.page.Chart.Axis;
import dev.haltlab.platform.page.Chart.Scale;
import dev.haltlab.platform.page.Chart;
import dev.haltlab.platform.page.DataTable.Cell;
import dev.haltlab.platform.page.DataTable.Column;
import dev.haltlab.platform.page.DataTable;
import dev.haltlab.platform.page.HtmlPage;
import dev.haltlab.platform.page.Page;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.PollHistory;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Summary;
import dev.haltlab.platform.scenario.Plan;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Results as one HTML file of charts and sortable tables. The same result gives the same bytes. */
public final class HtmlReport {
  private static final String GROUND =
      "A host profile prices steps; everything else follows from mechanism. A fitted price was chosen so that a published"
          + " figure is met, which is thereby used up as evidence; an assumed one is merely plausible. The share tells by"
          + " how much the mean moves if the price moves by one hundred per cent; ≤ where other prices belong to the"
          + " same part of the path; a dash where the price is not on the path. Read differences before absolute values.";

  private final PageContext page;
  private final List<PollHistory> histories;

  private HtmlReport(Results results, List<PollHistory> histories) {
    this.page = new PageContext(results);
    this.histories = histories;
  }

  /**
   * The whole file.
   *
   * @param histories of polling, for each variant; empty if it is not to be shown over time
   * @param versions of what took part, a line each
   */
  public static String of(Results results, List<PollHistory> histories, List<String> versions) {
    return HtmlPage.of(new HtmlReport(results, histories).page(versions));
  }

  private Page page(List<String> versions) {
    LatencySections latency = new LatencySections(page);
    HostSections host = new HostSections(page);
    List<Page.Section> sections = new ArrayList<>();
    add(sections, "glance", "At a glance", glance());
    add(sections, "latency", "Latency", latency.latency());
    add(sections, "path", "Critical path", latency.criticalPath());
    add(sections, "exits", "Exits", host.exits());
    add(sections, "cpu", "Host CPU", host.hostCpu());
    add(sections, "polling", "Halt polling", host.polling(histories));
    add(sections, "others", "VMs and host tasks", host.others());
    add(sections, "ground", "What the figures rest on", ground());
    Plan plan = page.results.plan();
    add(sections, "plan", "Plan", List.of(new Page.Listing(
        "The resolved plan, every default written out: a scenario file that runs this again", PlanYaml.of(plan))));
    String lead = TextReport.plural(page.variants.size(), "variant") + ", "
        + TextReport.plural(plan.replications(), "replication") + " each, seed " + plan.seed() + ", "
        + TextReport.counted(page.variants) + ". Simulated, not measured.";
    return new Page("haltlab: " + plan.scenario(), List.of(lead), sections, versions);
  }

  private static void add(List<Page.Section> sections, String id, String title, List<Page.Block> blocks) {
    if (!blocks.isEmpty()) {
      sections.add(new Page.Section(id, title, blocks));
    }
  }

  private List<Page.Block> glance() {
    List<Chart.Dot> dots = new ArrayList<>();
    for (int i = 0; i < page.variants.size(); i++) {
      Latency latency = page.latencies.get(i);
      BigDecimal mean = latency.mean();
      BigDecimal busy = CpuTime.busyPercent(page.variants.get(i).pooled());
      if (mean != null && busy != null) {
        dots.add(new Chart.Dot(
            page.names.get(i), i, page.variants.get(i).variant().bound(), busy, page.unit.in(mean),
            range(page.variants.get(i).interval(CpuTime::busyPercent)), page.timeRange(latency.ci95().mean())));
      }
    }
    List<Page.Block> blocks = new ArrayList<>();
    if (!dots.isEmpty()) {
      boolean bounded = dots.stream().anyMatch(Chart.Dot::bound);
      String read = "Left and below is better. "
          + (bounded
              ? "The dashed corner is the bound, which knows when each wake-up comes: with its horizon no strategy can"
                  + " be left of it and below it at once."
              : "")
          + (page.results.plan().replications() > 1
              ? " Crosses are 95 % confidence intervals over the replications."
              : "");
      blocks.add(new Page.Text(read.strip()));
      blocks.add(new Chart.Scatter(
          "trade-off", "Mean latency against host CPU",
          "Mean latency and host CPU: " + dots.stream()
              .map(d -> d.name() + " " + d.y().toPlainString() + " " + page.symbol + " at "
                  + d.x().setScale(1, RoundingMode.HALF_EVEN).toPlainString() + " %")
              .collect(Collectors.joining("; ")) + ".",
          new Axis("host CPU busy", "% of one pCPU", Scale.LINEAR), new Axis("mean latency", page.symbol, Scale.LINEAR),
          dots));
    }
    blocks.add(glanceTable());
    return blocks;
  }

  private DataTable glanceTable() {
    int reference = Summary.reference(page.variants);
    BigDecimal base = page.latencies.get(reference).mean();
    boolean compared = page.variants.size() > 1 && base != null && base.signum() > 0;
    boolean perTransaction = page.perTransaction();
    List<Column> columns = new ArrayList<>(List.of(
        word("variant"), number("mean latency, " + page.symbol), number("p99, " + page.symbol)));
    if (compared) {
      columns.add(number("mean / " + page.names.get(reference)));
    }
    columns.add(number(perTransaction ? "exits per transaction" : "exits per second"));
    columns.add(number("host CPU, % of one pCPU"));
    DataTable table = new DataTable("Variants", columns);
    for (int i = 0; i < page.variants.size(); i++) {
      Summary variant = page.variants.get(i);
      Latency latency = page.latencies.get(i);
      List<Cell> cells = new ArrayList<>(List.of(
          Cell.word(page.names.get(i)), page.time(latency.mean(), latency.ci95().mean()),
          page.time(latency.p99(), latency.ci95().p99())));
      if (compared) {
        BigDecimal mean = latency.mean();
        cells.add(decimal(mean == null ? null : mean.divide(base, 6, RoundingMode.HALF_EVEN), 2));
      }
      cells.add(page.exits(variant, perTransaction, vm -> ExitRow.all(vm)));
      cells.add(decimal(
          CpuTime.busyPercent(variant.pooled()), 2, half(variant.interval(CpuTime::busyPercent), 2)));
      table.row(cells);
    }
    return table;
  }

  private List<Page.Block> ground() {
    List<Page.Block> blocks = new ArrayList<>();
    List<Column> columns = new ArrayList<>(List.of(word("step"), word("basis"), number("price, µs")));
    page.names.forEach(name -> columns.add(number(name)));
    columns.add(word("target used up, or why assumed"));
    DataTable table = new DataTable("Fitted and assumed prices: share of the mean latency, %", columns);
    List<Prices.Row> prices = Prices.of(page.variants);
    for (Prices.Row row : prices) {
      List<Cell> cells = new ArrayList<>(List.of(
          Cell.word(row.price().step()), Cell.word(CriticalPath.name(row.price().basis())),
          decimal(Time.US.in(row.price().valueNs()), 2)));
      row.shares().forEach(share -> cells.add(share.isEmpty()
          ? new Cell(NOTHING, null, "")
          : new Cell(share.get().text(), share.get().percent(), "")));
      cells.add(Cell.word(row.price().source()));
      table.row(cells);
    }
    if (!prices.isEmpty()) {
      blocks.add(new Page.Text(GROUND));
      blocks.add(table);
    }
    String free = Prices.free(page.variants);
    if (!free.isEmpty()) {
      blocks.add(new Page.Text("Without a price in the profile, and so free: " + free + "."));
    }
    String cstates = Prices.cstates(page.variants);
    if (!cstates.isEmpty()) {
      blocks.add(new Page.Text(cstates));
    }
    return blocks;
  }
}
