package dev.haltlab.platform.page;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chart. None is without names and units of its axes, nor without words for those who cannot see it. */
public sealed interface Chart extends Page.Block {
  /** The tone of what is not there, such as idle time. */
  int QUIET = -1;

  /** Unique on the page, letters and hyphens. */
  String id();

  /** What it shows, as its heading. */
  String title();

  /** What a reader sees in it, in words; read out instead of the picture. */
  String summary();

  /** How values become places on an axis. */
  enum Scale {
    /** Evenly, from zero. */
    LINEAR,
    /** By their logarithm; values are above zero. */
    LOG,
    /** Percentiles: the value x stands for the share 1 - 1 / x, so that each further nine takes as much room. */
    PERCENTILE
  }

  /**
   * An axis.
   *
   * @param name what it measures
   * @param unit in what
   * @param scale how
   */
  record Axis(String name, String unit, Scale scale) {
    public Axis {
      if (name.isBlank() || unit.isBlank()) {
        throw new IllegalArgumentException("an axis needs a name and a unit, was '" + name + "', '" + unit + "'");
      }
    }
  }

  /** From low to high, as of a confidence interval. */
  record Range(BigDecimal low, BigDecimal high) {}

  /**
   * Lines over a common axis.
   *
   * @param lines one per thing compared
   */
  record Lines(String id, String title, String summary, Axis x, Axis y, List<Line> lines) implements Chart {
    public Lines {
      lines = List.copyOf(lines);
    }
  }

  /**
   * A line.
   *
   * @param name in the legend
   * @param tone its place among the colours; the same thing has the same tone in all charts of a page
   * @param points by ascending x
   * @param ranges intervals drawn across the line
   */
  record Line(String name, int tone, List<Point> points, List<Whisker> ranges) {
    public Line {
      points = List.copyOf(points);
      ranges = List.copyOf(ranges);
    }
  }

  /** A point of a line. */
  record Point(BigDecimal x, BigDecimal y) {}

  /** An interval at a place of a line. */
  record Whisker(BigDecimal x, Range range) {}

  /**
   * Lying bars, a row for each category.
   *
   * @param categoryName what the rows are
   * @param categories their names, from top to bottom
   * @param value the axis of lengths
   * @param stacked whether the parts of a row follow each other, else they stand one below the other
   * @param parts what the rows are made of
   */
  record Bars(
      String id, String title, String summary, String categoryName, List<String> categories, Axis value,
      boolean stacked, List<Part> parts)
      implements Chart {
    public Bars {
      if (categoryName.isBlank()) {
        throw new IllegalArgumentException("the rows of '" + title + "' need a name");
      }
      categories = List.copyOf(categories);
      parts = List.copyOf(parts);
    }
  }

  /**
   * One part of every row.
   *
   * @param name in the legend
   * @param tone its place among the colours, or {@link #QUIET}
   * @param values one for each category, null where there is none
   * @param ranges one for each category, null where there is none
   */
  record Part(String name, int tone, List<@Nullable BigDecimal> values, List<@Nullable Range> ranges) {}

  /**
   * Named points.
   *
   * @param dots one per thing compared
   */
  record Scatter(String id, String title, String summary, Axis x, Axis y, List<Dot> dots) implements Chart {
    public Scatter {
      dots = List.copyOf(dots);
    }
  }

  /**
   * A named point.
   *
   * @param name beside it
   * @param tone its place among the colours
   * @param bound whether it bounds the others: nothing can be left of and below it at once
   * @param x where
   * @param y where
   * @param xRange interval of x, if known
   * @param yRange interval of y, if known
   */
  record Dot(
      String name, int tone, boolean bound, BigDecimal x, BigDecimal y, @Nullable Range xRange,
      @Nullable Range yRange) {}
}
