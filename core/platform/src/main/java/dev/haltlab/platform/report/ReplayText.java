package dev.haltlab.platform.report;

import dev.haltlab.platform.replay.Replayed;
import dev.haltlab.trace.replay.WhatIf;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Replays as aligned columns; the recording's name stands last, so that none is too long. */
public final class ReplayText {
  private static final int GAP = 2;
  private static final int LEAST_WIDTH = 40;

  private ReplayText() {}

  /**
   * The whole text, ending in a newline.
   *
   * @param width columns available; a recording's name, which stands last in its row, may pass them
   */
  public static String of(List<Replayed> replays, int width) {
    List<List<String>> rows = new ArrayList<>();
    List<String> differences = new ArrayList<>();
    long decisions = 0;
    long mismatches = 0;
    rows.add(List.of("kernel", "rule", "halts", "unverified", "decisions", "mismatches", "recording"));
    for (Replayed replay : replays) {
      for (Replayed.Part part : replay.parts()) {
        rows.add(List.of(
            replay.kernel() == null ? "unknown" : replay.kernel(), part.rule(), Long.toString(part.halts()),
            Long.toString(part.unverified()), Long.toString(part.decisions()), Long.toString(part.mismatches()),
            replay.file()));
        decisions += part.decisions();
        mismatches += part.mismatches();
        part.firstMismatch().ifPresent(
            m -> differences.add(replay.file() + ":" + m.line() + ": first mismatch: " + m.text()));
      }
    }
    StringBuilder text = new StringBuilder(columns(rows));
    text.append('\n').append(decisions).append(" decisions compared, ").append(mismatches).append(" mismatches\n");
    differences.forEach(line -> text.append(line).append('\n'));
    for (Replayed replay : replays) {
      replay.whatIf().ifPresent(outcome -> whatIf(text, replay, outcome, width));
    }
    return text.toString();
  }

  private static void whatIf(StringBuilder text, Replayed replay, WhatIf.Outcome outcome, int width) {
    text.append('\n').append("What if: ").append(replay.file()).append(", ").append(outcome.halts())
        .append(" halts in ").append(Decimals.of(replay.spanNs(), 9, 3)).append(" s\n");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(
        "caught", "%", "slept", "added, us a halt", "polled in vain, ms", "polled, ms", "% of a CPU", "strategy"));
    rows.add(row(outcome.recorded(), replay.spanNs(), outcome.latency().known()));
    outcome.trials().forEach(trial -> rows.add(row(trial, replay.spanNs(), outcome.latency().known())));
    String wide = columns(rows);
    text.append(wide.lines().anyMatch(line -> Table.length(line) > width) ? narrow(rows, width) : wide);
    for (String note : ReplayNotes.of(outcome)) {
      sentence(text, note, Math.max(LEAST_WIDTH, width));
    }
  }

  /** Broken at blanks only: an option with a line break in it could not be copied. */
  private static void sentence(StringBuilder text, String sentence, int width) {
    int column = 0;
    for (String word : sentence.split(" ")) {
      int length = Table.length(word);
      if (column > 0 && column + 1 + length > width) {
        text.append('\n');
        column = 0;
      }
      text.append(column > 0 ? " " : "").append(word);
      column += length + (column > 0 ? 1 : 0);
    }
    text.append('\n');
  }

  private static List<String> row(WhatIf.Row row, long spanNs, boolean latencyKnown) {
    long halts = Math.max(1, row.caught() + row.slept());
    return List.of(
        Long.toString(row.caught()), percent(row.caught(), halts), Long.toString(row.slept()),
        latencyKnown ? Decimals.of(row.addedNs() / halts, 3, 2) : "?", Decimals.of(row.vainNs(), 6, 3),
        Decimals.of(row.polledNs(), 6, 3), percent(row.polledNs(), Math.max(1, spanNs)),
        row.name() + (row.bound() ? " (bound)" : ""));
  }

  private static String percent(long part, long whole) {
    return BigDecimal.valueOf(part).multiply(BigDecimal.valueOf(100))
        .divide(BigDecimal.valueOf(whole), 1, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** The same figures where they do not fit side by side: strategies as rows, and columns in blocks. */
  private static String narrow(List<List<String>> rows, int width) {
    List<String> heads = rows.get(0);
    int last = heads.size() - 1;
    Table table = new Table("Strategies", heads.subList(0, last));
    rows.subList(1, rows.size()).forEach(row -> table.row(2, row.get(last), row.subList(0, last)));
    StringBuilder text = new StringBuilder();
    table.lines(Math.max(LEAST_WIDTH, width)).forEach(line -> text.append(line.text()).append('\n'));
    return text.toString();
  }

  /** Names to the left, numbers to the right. */
  static String columns(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], Table.length(row.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String blanks = " ".repeat(widths[i] - Table.length(row.get(i)));
        boolean number = rows.size() > 1 && rows.get(1).get(i).matches("[-+0-9.,%?]+");
        line.append(number ? blanks + row.get(i) : row.get(i) + blanks).append(" ".repeat(GAP));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
