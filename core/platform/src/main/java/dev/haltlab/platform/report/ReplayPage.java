package dev.haltlab.platform.report;

import dev.haltlab.platform.page.Chart;
import dev.haltlab.platform.page.Chart.Axis;
import dev.haltlab.platform.page.Chart.Scale;
import dev.haltlab.platform.page.DataTable;
import dev.haltlab.platform.page.DataTable.Cell;
import dev.haltlab.platform.page.HtmlPage;
import dev.haltlab.platform.page.Page;
import dev.haltlab.platform.replay.Replayed;
import dev.haltlab.trace.replay.WhatIf;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Replays as one HTML file: how the rules agreed, and for each recording what the strategies would have made of it. */
public final class ReplayPage {
  private ReplayPage() {}

  /**
   * The whole file.
   *
   * @param versions of what took part, a line each
   */
  public static String of(List<Replayed> replays, List<String> versions) {
    List<Page.Section> sections = new ArrayList<>();
    sections.add(new Page.Section("rules", "Rule and kernel", List.of(
        new Page.Text("The kernel's rule was given the recorded lengths of halts and nothing else; every window it came"
            + " to was compared with the traced one."),
        rules(replays))));
    for (int i = 0; i < replays.size(); i++) {
      Replayed replay = replays.get(i);
      if (replay.whatIf().isPresent()) {
        String id = "recording-" + (char) ('a' + i % 26) + "x".repeat(i / 26);
        sections.add(new Page.Section(id, "What if: " + name(replay), whatIf(replay, replay.whatIf().get(), id)));
      }
    }
    String lead = TextReport.plural(replays.size(), "recording") + " of real kernels.";
    return HtmlPage.of(new Page("haltlab: replay", List.of(lead), sections, versions));
  }

  private static DataTable rules(List<Replayed> replays) {
    DataTable table = new DataTable("Decisions of rule and kernel", List.of(
        PageContext.word("recording"), PageContext.word("side"), PageContext.word("kernel"), PageContext.word("rule"),
        PageContext.number("halts"), PageContext.number("unverified"), PageContext.number("decisions"),
        PageContext.number("mismatches")));
    for (Replayed replay : replays) {
      for (Replayed.Part part : replay.parts()) {
        table.row(List.of(
            Cell.word(replay.file()), Cell.word(part.guest() ? "guest" : "host"),
            Cell.word(replay.kernel() == null ? "unknown" : replay.kernel()), Cell.word(part.rule()),
            PageContext.count(part.halts()), PageContext.count(part.unverified()),
            PageContext.count(part.decisions()), PageContext.count(part.mismatches())));
      }
    }
    return table;
  }

  private static List<Page.Block> whatIf(Replayed replay, WhatIf.Outcome outcome, String id) {
    List<WhatIf.Row> rows = new ArrayList<>();
    rows.add(outcome.recorded());
    rows.addAll(outcome.trials());
    boolean known = outcome.latency().known();
    List<Page.Block> blocks = new ArrayList<>();
    blocks.add(new Page.Text(outcome.halts() + " halts in " + Decimals.of(replay.spanNs(), 9, 3)
        + " s. Left and below is better; the dashed corner is the bound, which knows when each wake-up comes."));
    if (known) {
      blocks.add(tradeOff(replay, rows, id));
    }
    blocks.add(caught(rows, id));
    DataTable table = new DataTable("Strategies on the halts of " + replay.file(), List.of(
        PageContext.word("strategy"), PageContext.number("caught"), PageContext.number("caught, %"),
        PageContext.number("slept"), PageContext.number("added, µs a halt"), PageContext.number("polled in vain, ms"),
        PageContext.number("polled, ms"), PageContext.number("polled, % of a CPU")));
    for (WhatIf.Row row : rows) {
      table.row(List.of(
          Cell.word(name(row)), PageContext.count(row.caught()), PageContext.decimal(percentCaught(row), 1),
          PageContext.count(row.slept()), PageContext.decimal(known ? added(row) : null, 2),
          PageContext.decimal(BigDecimal.valueOf(row.vainNs(), 6), 3),
          PageContext.decimal(BigDecimal.valueOf(row.polledNs(), 6), 3), PageContext.decimal(cpu(replay, row), 2)));
    }
    blocks.add(table);
    ReplayNotes.of(outcome).forEach(note -> blocks.add(new Page.Text(note)));
    return blocks;
  }

  private static Chart tradeOff(Replayed replay, List<WhatIf.Row> rows, String id) {
    List<Chart.Dot> dots = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      WhatIf.Row row = rows.get(i);
      dots.add(new Chart.Dot(name(row), i, row.bound(), cpu(replay, row), added(row), null, null));
    }
    return new Chart.Scatter(
        "trade-off-" + id, "Wake-up latency against polling",
        "Latency added and host CPU polled: " + dots.stream()
            .map(d -> d.name() + " " + d.y().toPlainString() + " µs a halt at " + d.x().toPlainString() + " %")
            .collect(Collectors.joining("; ")) + ".",
        new Axis("host CPU polled", "% of one CPU", Scale.LINEAR),
        new Axis("latency added", "µs a halt", Scale.LINEAR), dots);
  }

  private static Chart caught(List<WhatIf.Row> rows, String id) {
    List<@Nullable BigDecimal> caught = new ArrayList<>();
    rows.forEach(row -> caught.add(percentCaught(row)));
    List<String> names = rows.stream().map(ReplayPage::name).toList();
    List<Chart.Part> parts = List.of(new Chart.Part("caught polling", 0, caught, List.of()));
    return new Chart.Bars(
        "caught-" + id, "Wake-ups caught polling", PageContext.summary(parts, names, "%"), "strategy", names,
        new Axis("wake-ups caught", "%", Scale.LINEAR), false, parts);
  }

  /** Without its folders, which the table of recordings has. */
  private static String name(Replayed replay) {
    return replay.file().replaceFirst(".*[/\\\\]", "");
  }

  private static String name(WhatIf.Row row) {
    return row.name() + (row.bound() ? " (bound)" : "");
  }

  private static @Nullable BigDecimal percentCaught(WhatIf.Row row) {
    return PageContext.percent(row.caught(), row.caught() + row.slept());
  }

  private static BigDecimal added(WhatIf.Row row) {
    return BigDecimal.valueOf(row.addedNs(), 3)
        .divide(BigDecimal.valueOf(Math.max(1, row.caught() + row.slept())), 3, RoundingMode.HALF_EVEN);
  }

  private static BigDecimal cpu(Replayed replay, WhatIf.Row row) {
    return BigDecimal.valueOf(row.polledNs()).movePointRight(2)
        .divide(BigDecimal.valueOf(Math.max(1, replay.spanNs())), 3, RoundingMode.HALF_EVEN);
  }
}
