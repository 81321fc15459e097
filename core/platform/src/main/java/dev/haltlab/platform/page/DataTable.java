package dev.haltlab.platform.page;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table whose rows the reader can sort by any column; the first column names the row. */
public final class DataTable implements Page.Block {
  private final String caption;
  private final List<Column> columns;
  private final List<List<Cell>> rows = new ArrayList<>();
  private final List<List<Cell>> totals = new ArrayList<>();

  /**
   * A column.
   *
   * @param title with its unit in brackets, where it has one
   * @param number whether it holds numbers, which stand flush right
   */
  public record Column(String title, boolean number) {}

  /**
   * A cell.
   *
   * @param text what is shown
   * @param value what it sorts by; null sorts by the text, or last if the column holds numbers
   * @param aside shown behind it in small print, such as a half-width; may be empty
   */
  public record Cell(String text, @Nullable BigDecimal value, String aside) {
    /** A word. */
    public static Cell word(String text) {
      return new Cell(text, null, "");
    }
  }

  /**
   * An empty table.
   *
   * @param caption what it shows, unique on the page
   * @param columns the first names the rows
   */
  public DataTable(String caption, List<Column> columns) {
    this.caption = caption;
    this.columns = List.copyOf(columns);
  }

  /** Adds a row. */
  public DataTable row(List<Cell> cells) {
    rows.add(checked(cells));
    return this;
  }

  /** Adds a row that stays at the end however the others are sorted. */
  public DataTable total(List<Cell> cells) {
    totals.add(checked(cells));
    return this;
  }

  private List<Cell> checked(List<Cell> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(
          "'" + caption + "' has " + columns.size() + " columns, a row has " + cells.size() + " cells");
    }
    return List.copyOf(cells);
  }

  String caption() {
    return caption;
  }

  List<Column> columns() {
    return columns;
  }

  List<List<Cell>> rows() {
    return rows;
  }

  List<List<Cell>> totals() {
    return totals;
  }
}
