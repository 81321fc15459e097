package dev.haltlab.platform.report;

import dev.haltlab.platform.compare.Comparison;
import dev.haltlab.platform.compare.Comparison.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Comparisons as tables: what differs first, what is noise as a list of names. */
public final class CompareText {
  private static final int LEAST_WIDTH = 40;
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";
  private static final List<String> HEADS = List.of("first", "second", "difference", "± 95 %", "%");

  /** What each verdict means, as the heading of those it was given to; what matters most comes first. */
  static final Map<Verdict, String> MEANINGS = meanings();

  private CompareText() {}

  private static Map<Verdict, String> meanings() {
    Map<Verdict, String> meanings = new LinkedHashMap<>();
    meanings.put(Verdict.DIFFERS, "Differ");
    meanings.put(Verdict.PERHAPS, "May differ: outside their own 95 %, but among so many figures some are by chance");
    meanings.put(Verdict.UNKNOWN, "Cannot be told: one replication has no spread; run with --replications 5");
    meanings.put(Verdict.NOISE, "Noise: chance explains the difference");
    meanings.put(Verdict.SAME, "The same to the last digit");
    return meanings;
  }

  /**
   * The whole text, ending in a newline.
   *
   * @param width columns available, at least 40
   * @param color whether ANSI colour may be used; never the only sign of anything
   */
  public static String of(List<Comparison> comparisons, int width, boolean color) {
    int columns = Math.max(LEAST_WIDTH, width);
    List<Table.Line> lines = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      if (!lines.isEmpty()) {
        lines.add(new Table.Line("", false));
      }
      one(lines, comparison, columns);
    }
    StringBuilder text = new StringBuilder();
    for (Table.Line line : lines) {
      boolean bold = color && line.strong() && !line.text().isEmpty();
      text.append(bold ? BOLD : "").append(line.text()).append(bold ? PLAIN : "").append('\n');
    }
    return text.toString();
  }

  private static void one(List<Table.Line> lines, Comparison comparison, int width) {
    paragraph(lines, "first:  " + comparison.first().name(), width, true);
    paragraph(lines, "second: " + comparison.second().name(), width, true);
    int a = comparison.first().variant().replications().size();
    int b = comparison.second().variant().replications().size();
    String replications = TextReport.plural(a, "replication") + (a == b ? " each" : " and " + b);
    paragraph(lines, replications + ", " + comparison.why() + ".", width, false);
    for (Verdict verdict : MEANINGS.keySet()) {
      List<Comparison.Line> those = comparison.lines().stream().filter(line -> line.verdict() == verdict).toList();
      if (those.isEmpty()) {
        continue;
      }
      lines.add(new Table.Line("", false));
      if (verdict == Verdict.NOISE || verdict == Verdict.SAME) {
        paragraph(lines, MEANINGS.get(verdict), width, true);
        names(lines, those.stream().map(Comparison.Line::name).toList(), width);
      } else {
        Table table = new Table(MEANINGS.get(verdict), HEADS);
        those.stream().filter(line -> !tiny(line)).forEach(line -> row(table, line));
        if (!table.isEmpty()) {
          lines.addAll(table.lines(width));
        }
        List<String> tiny = those.stream().filter(CompareText::tiny).map(Comparison.Line::name).toList();
        if (!tiny.isEmpty()) {
          paragraph(lines, MEANINGS.get(verdict) + ", by less than 0.05 %", width, true);
          names(lines, tiny, width);
        }
      }
    }
    if (comparison.lines().isEmpty()) {
      paragraph(lines, "They have no figure in common.", width, false);
    }
  }

  /** More than chance, and yet nothing that matters. */
  private static boolean tiny(Comparison.Line line) {
    return line.verdict() != Verdict.UNKNOWN
        && CompareRow.of(line).percent().filter(percent -> percent.signum() == 0).isPresent();
  }

  private static void row(Table table, Comparison.Line line) {
    CompareRow row = CompareRow.of(line);
    table.row(2, row.label(), List.of(
        row.first().toPlainString(), row.second().toPlainString(), CompareRow.signed(row.difference()),
        row.half().map(half -> half.toPlainString()).orElse(TextReport.NOTHING),
        row.percent().map(CompareRow::signed).orElse(TextReport.NOTHING)));
  }

  /** Broken between names only, so that they can be searched for; but for those wider than a line. */
  private static void names(List<Table.Line> lines, List<String> names, int width) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i) + (i + 1 < names.size() ? "," : "");
      if (line.length() > 0 && line.length() + 1 + Table.length(name) > width) {
        lines.add(new Table.Line(line.toString(), false));
        line.setLength(0);
      }
      List<String> parts = Table.wrap(name, width);
      parts.subList(0, parts.size() - 1).forEach(part -> lines.add(new Table.Line(part, false)));
      line.append(line.length() > 0 ? " " : "").append(parts.get(parts.size() - 1));
    }
    lines.add(new Table.Line(line.toString(), false));
  }

  private static void paragraph(List<Table.Line> lines, String text, int width, boolean strong) {
    Table.wrap(text, width).forEach(line -> lines.add(new Table.Line(line, strong)));
  }
}
