package dev.haltlab.platform.report;

import dev.haltlab.platform.replay.Replayed;
import java.util.ArrayList;
import java.util.List;

/** Replays as aligned columns; the recording's name stands last, so that none is too long. */
public final class ReplayText {
  private static final int GAP = 2;

  private ReplayText() {}

  /** The whole text, ending in a newline. */
  public static String of(List<Replayed> replays) {
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
