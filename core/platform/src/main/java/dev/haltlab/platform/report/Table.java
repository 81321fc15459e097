package dev.haltlab.platform.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table for a terminal: labels on the left, cells right-aligned. Columns that do not fit go into further blocks below,
 * heads and labels that do not fit are wrapped; no line is wider than asked for.
 */
final class Table {
  private static final int GAP = 2;
  private static final int NARROWEST_HEAD = 8;

  private final String title;
  private final List<String> heads;
  private final List<Row> rows = new ArrayList<>();

  /** A line of output, and whether it should stand out. */
  record Line(String text, boolean strong) {}

  private record Row(int indent, boolean strong, String label, List<String> cells) {}

  /**
   * @param title above the table
   * @param heads of the columns, without the label's
   */
  Table(String title, List<String> heads) {
    this.title = title;
    this.heads = List.copyOf(heads);
  }

  /** Adds a row. No cells make a heading within the table; else there is one for each head. */
  Table row(int indent, String label, List<String> cells) {
    rows.add(new Row(indent, false, label, List.copyOf(cells)));
    return this;
  }

  /** Adds a row that stands out: a total or the name of a group. */
  Table strong(int indent, String label, List<String> cells) {
    rows.add(new Row(indent, true, label, List.copyOf(cells)));
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** In how many blocks it would be written. */
  int blocks(int width) {
    return layout(width).blocks.size();
  }

  /** The table written. */
  List<Line> lines(int width) {
    Layout layout = layout(width);
    List<Line> lines = new ArrayList<>();
    int blocks = layout.blocks.size();
    for (int i = 0; i < blocks; i++) {
      int[] block = layout.blocks.get(i);
      if (i > 0) {
        lines.add(new Line("", false));
      }
      String part = blocks == 1 ? "" : " (" + (i + 1) + " of " + blocks + ")";
      wrap(title + part, width).forEach(line -> lines.add(new Line(line, true)));
      heads(lines, layout, block);
      for (Row row : rows) {
        row(lines, layout, block, row);
      }
    }
    return lines;
  }

  private void heads(List<Line> lines, Layout layout, int[] block) {
    int height = 0;
    for (int column = block[0]; column < block[1]; column++) {
      height = Math.max(height, layout.heads.get(column).size());
    }
    for (int line = 0; line < height; line++) {
      StringBuilder text = new StringBuilder(" ".repeat(layout.label));
      for (int column = block[0]; column < block[1]; column++) {
        List<String> head = layout.heads.get(column);
        // The last lines of all heads stand side by side, above the figures.
        int own = line - (height - head.size());
        cell(text, own < 0 ? "" : head.get(own), layout.columns[column]);
      }
      lines.add(new Line(text.toString().stripTrailing(), false));
    }
  }

  private static void row(List<Line> lines, Layout layout, int[] block, Row row) {
    boolean first = true;
    for (String label : wrap(row.label, layout.label - row.indent)) {
      StringBuilder text = new StringBuilder(" ".repeat(row.indent)).append(label);
      if (first && !row.cells.isEmpty()) {
        text.append(" ".repeat(layout.label - length(text)));
        for (int column = block[0]; column < block[1]; column++) {
          cell(text, row.cells.get(column), layout.columns[column]);
        }
      }
      lines.add(new Line(text.toString().stripTrailing(), row.strong));
      first = false;
    }
  }

  private static void cell(StringBuilder line, String text, int width) {
    line.append(" ".repeat(GAP + width - length(text))).append(text);
  }

  /** Widths of labels and columns, the wrapped heads, and the columns [from, to) of each block. */
  private record Layout(int label, int[] columns, List<List<String>> heads, List<int[]> blocks) {}

  /** The widest heads that need the fewest blocks. */
  private Layout layout(int width) {
    int widest = NARROWEST_HEAD;
    for (String head : heads) {
      widest = Math.max(widest, length(head));
    }
    Layout best = layout(width, NARROWEST_HEAD);
    for (int limit = NARROWEST_HEAD + 1; limit <= widest; limit++) {
      Layout wider = layout(width, limit);
      if (wider.blocks.size() <= best.blocks.size()) {
        best = wider;
      }
    }
    return best;
  }

  private Layout layout(int width, int headLimit) {
    int[] columns = new int[heads.size()];
    List<List<String>> wrapped = new ArrayList<>();
    int widest = 0;
    for (int i = 0; i < columns.length; i++) {
      List<String> head = wrap(heads.get(i), headLimit);
      wrapped.add(head);
      for (String line : head) {
        columns[i] = Math.max(columns[i], length(line));
      }
      for (Row row : rows) {
        columns[i] = Math.max(columns[i], row.cells.isEmpty() ? 0 : length(row.cells.get(i)));
      }
      widest = Math.max(widest, columns[i]);
    }
    int label = 0;
    for (Row row : rows) {
      label = Math.max(label, row.indent + length(row.label));
    }
    label = Math.max(NARROWEST_HEAD, Math.min(label, Math.min(width * 9 / 20, width - GAP - widest)));
    List<int[]> fewest = pack(columns, width - label, columns.length);
    // As many in each block as an even spread takes, unless wide columns forbid it.
    List<int[]> even = pack(columns, width - label, (columns.length + fewest.size() - 1) / fewest.size());
    return new Layout(label, columns, wrapped, even.size() > fewest.size() ? fewest : even);
  }

  private static List<int[]> pack(int[] columns, int room, int most) {
    List<int[]> blocks = new ArrayList<>();
    int from = 0;
    int used = 0;
    for (int i = 0; i < columns.length; i++) {
      if (i > from && (used + GAP + columns[i] > room || i - from == most)) {
        blocks.add(new int[] {from, i});
        from = i;
        used = 0;
      }
      used += GAP + columns[i];
    }
    blocks.add(new int[] {from, columns.length});
    return blocks;
  }

  /** Breaks a text behind blanks, hyphens and the like, or in the midst of a word that is too long. */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String token : text.split("(?<=[-_./ ])")) {
      if (length(line) + length(token.stripTrailing()) > width && !line.isEmpty()) {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
      }
      line.append(token);
      while (length(line.toString().stripTrailing()) > width) {
        int cut = line.offsetByCodePoints(0, width);
        lines.add(line.substring(0, cut));
        line.delete(0, cut);
      }
    }
    lines.add(line.toString().stripTrailing());
    return lines;
  }

  /** Columns a text takes. */
  static int length(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }
}
