package dev.haltlab.platform.report;

import dev.haltlab.platform.explain.Rule;
import dev.haltlab.platform.explain.Span;
import dev.haltlab.platform.explain.WhatIf;
import dev.haltlab.platform.run.Difference;
import dev.haltlab.platform.run.Interval;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Explanations as sentences, each with its rule, and a table of what would change. */
public final class ExplainText {
  private static final int LEAST_WIDTH = 40;
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final int width;
  private final List<Table.Line> lines = new ArrayList<>();

  private ExplainText(int width) {
    this.width = Math.max(LEAST_WIDTH, width);
  }

  /**
   * The whole text, ending in a newline.
   *
   * @param width columns available, at least 40
   * @param color whether ANSI colour may be used; never the only sign of anything
   */
  public static String of(List<Explained> all, int width, boolean color) {
    ExplainText text = new ExplainText(width);
    Set<String> used = new TreeSet<>();
    for (Explained each : all) {
      text.one(each);
      each.findings().forEach(finding -> used.add(finding.rule().id()));
    }
    text.rules(Rule.ALL.stream().filter(rule -> used.contains(rule.id())).toList(), "Rules that applied");
    return text.written(color);
  }

  /** All rules, whether they apply to anything or not. */
  public static String rules(int width, boolean color) {
    ExplainText text = new ExplainText(width);
    text.rules(Rule.ALL, "Rules");
    return text.written(color);
  }

  private String written(boolean color) {
    StringBuilder text = new StringBuilder();
    for (Table.Line line : lines) {
      boolean bold = color && line.strong() && !line.text().isEmpty();
      text.append(bold ? BOLD : "").append(line.text()).append(bold ? PLAIN : "").append('\n');
    }
    return text.toString();
  }

  private void one(Explained each) {
    String time = each.table().time() == null ? "" : " at " + each.table().time();
    paragraph(each.file() + ":" + each.table().line() + ": " + each.table().scope() + time, true);
    blank();
    paragraph("What it shows", true);
    for (Rule.Finding finding : each.findings()) {
      paragraph("[" + finding.rule().id() + "] " + finding.text(), false);
    }
    blank();
    paragraph("What would change it, by the model", true);
    if (each.whatIf().isPresent()) {
      whatIf(each.whatIf().get());
    } else {
      paragraph(each.without(), false);
    }
    blank();
  }

  private void whatIf(WhatIf whatIf) {
    boolean messages = whatIf.changes().stream().anyMatch(change -> change.latencyNs().isPresent());
    List<String> heads = new ArrayList<>();
    if (messages) {
      heads.addAll(List.of("round trip, us", "change, us"));
    }
    heads.addAll(List.of("host CPU, % a vCPU", "change, points", "exits a second and vCPU"));
    Table table = new Table("A load like it, simulated; ± is a 95 % interval of the change", heads);
    for (WhatIf.Change change : whatIf.changes()) {
      List<String> cells = new ArrayList<>();
      boolean first = change == whatIf.changes().get(0);
      if (messages) {
        cells.add(change.latencyNs().map(d -> decimal(d.second(), -3, 2)).orElse(TextReport.NOTHING));
        cells.add(first ? TextReport.NOTHING : change.latencyNs().map(d -> changed(d, -3)).orElse(TextReport.NOTHING));
      }
      cells.add(decimal(change.cpu().second(), 2, 2));
      cells.add(first ? TextReport.NOTHING : changed(change.cpu(), 2));
      cells.add(decimal(change.exits().second(), 0, 0));
      table.row(2, change.title() + (change.bound() ? " (bound)" : ""), cells);
    }
    words(whatIf, messages);
    blank();
    lines.addAll(table.lines(width));
    blank();
    paragraph("Taken to be so", true);
    paragraph("- The mean halt is " + Span.show(whatIf.tableHaltUs()) + " in the table and "
        + Span.show(whatIf.modelHaltUs()) + " in the model.", false);
    whatIf.assumptions().forEach(assumption -> paragraph("- " + assumption, false));
  }

  /** The table in sentences; a change that is none is left out. */
  private void words(WhatIf whatIf, boolean messages) {
    int said = lines.size();
    for (WhatIf.Change change : whatIf.changes()) {
      List<String> effects = new ArrayList<>();
      change.latencyNs().filter(ExplainText::real).ifPresent(d -> effects.add(
          "a round trip takes " + Span.show(d.difference().abs().movePointLeft(3))
              + (d.difference().signum() < 0 ? " less" : " more") + percent(d)));
      if (real(change.cpu())) {
        effects.add("a vCPU costs " + decimal(change.cpu().difference().abs(), 2, 2) + " % of a host CPU "
            + (change.cpu().difference().signum() < 0 ? "less" : "more"));
      }
      if (!effects.isEmpty() && !change.bound()) {
        paragraph("- " + change.title() + ": " + String.join(" and ", effects) + ".", false);
      }
    }
    if (lines.size() == said) {
      paragraph(messages ? "Nothing that was tried." : "Nothing that was tried: idle as it is, it costs little.", false);
    }
  }

  /** More than chance, and more than the table shows as zero. */
  private static boolean real(Difference difference) {
    return difference.interval().filter(i -> i.low().signum() == i.high().signum()).isPresent()
        && difference.first().signum() != 0
        && difference.difference().abs().movePointRight(3).compareTo(difference.first().abs()) > 0;
  }

  private static String percent(Difference difference) {
    return " (" + CompareRow.signed(difference.difference().movePointRight(2)
        .divide(difference.first().abs(), 0, RoundingMode.HALF_EVEN)) + " %)";
  }

  private static String changed(Difference difference, int right) {
    BigDecimal change = difference.difference().movePointRight(right).setScale(2, RoundingMode.HALF_EVEN);
    String half = difference.interval().map((Interval i) -> " ±" + decimal(
        i.high().subtract(i.low()).divide(BigDecimal.valueOf(2)), right, 2)).orElse("");
    return CompareRow.signed(change) + half;
  }

  private void rules(List<Rule> rules, String title) {
    paragraph(title, true);
    for (Rule rule : rules) {
      paragraph("[" + rule.id() + "] if " + rule.when() + ". Source: " + rule.source() + ".", false);
    }
  }

  private static String decimal(BigDecimal value, int right, int decimals) {
    return value.movePointRight(right).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
  }

  private void blank() {
    lines.add(new Table.Line("", false));
  }

  private void paragraph(String text, boolean strong) {
    Table.wrap(text, width).forEach(line -> lines.add(new Table.Line(line, strong)));
  }
}
