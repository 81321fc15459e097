package dev.haltlab.platform.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table for a terminal: labels on the left, cells right-aligned. Columns that do not fit go into further blocks
 * below, heads and labels that do not fit are wrapped; no line is wider than asked for.
 */
final class Table {
  private static final int GAP = 2;
  private static final int NARROWEST_HEAD = 8;
  private static final int NARROWEST_LABEL = 16;
  private static final int LONGEST_WORD = 12;

  /** Behind a blank, and behind a hyphen or the like if a letter follows: never within a number. */
  private static final Pattern BREAKS = Pattern.compile("(?<= )|(?<=[-_./])(?=\\p{L})");

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
  private record Layout(int label, int[] columns, List<List<String>> heads, List<int[]> blocks) {
    /** Lines of the whole, titles counted as one, if a block's rows take so many. */
    int lines(int rows) {
      int lines = blocks.size() - 1;
      for (int[] block : blocks) {
        int head = 0;
        for (int column = block[0]; column < block[1]; column++) {
          head = Math.max(head, heads.get(column).size());
        }
        lines += 1 + head + rows;
      }
      return lines;
    }
  }

  /** The layout of the fewest lines; of equal ones the one with the widest labels, then the widest heads. */
  private Layout layout(int width) {
    int widestHead = NARROWEST_HEAD;
    for (String head : heads) {
      widestHead = Math.max(widestHead, Math.min(length(head), width - GAP - NARROWEST_LABEL));
    }
    int widestLabel = NARROWEST_LABEL;
    for (Row row : rows) {
      widestLabel = Math.max(widestLabel, row.indent + length(row.label));
    }
    @Nullable Layout best = null;
    int fewest = Integer.MAX_VALUE;
    for (int label = Math.min(widestLabel, width * 9 / 20); label >= NARROWEST_LABEL; label--) {
      int height = 0;
      for (Row row : rows) {
        height += wrap(row.label, label - row.indent).size();
      }
      for (int head = widestHead; head >= NARROWEST_HEAD; head--) {
        Layout layout = layout(width, label, head);
        int lines = layout.lines(height);
        if (lines < fewest) {
          fewest = lines;
          best = layout;
        }
      }
    }
    return Objects.requireNonNull(best);
  }

  private Layout layout(int width, int labelLimit, int headLimit) {
    int[] columns = new int[heads.size()];
    List<List<String>> wrapped = new ArrayList<>();
    int widest = 0;
    for (int i = 0; i < columns.length; i++) {
      int longest = headLimit;
      for (String word : BREAKS.split(heads.get(i))) {
        longest = Math.max(longest, Math.min(LONGEST_WORD, length(word)));
      }
      List<String> head = wrap(heads.get(i), longest);
      wrapped.add(head);
      for (String line : head) {
        columns[i] = Math.max(columns[i], length(line));
      }
      for (Row row : rows) {
        columns[i] = Math.max(columns[i], row.cells.isEmpty() ? 0 : length(row.cells.get(i)));
      }
      widest = Math.max(widest, columns[i]);
    }
    int label = Math.max(NARROWEST_LABEL, Math.min(labelLimit, width - GAP - widest));
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
    for (String token : BREAKS.split(text)) {
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
