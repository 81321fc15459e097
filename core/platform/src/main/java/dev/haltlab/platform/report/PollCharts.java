package dev.haltlab.platform.report;

import dev.haltlab.platform.page.Chart;
import dev.haltlab.platform.page.Chart.Axis;
import dev.haltlab.platform.page.Chart.Scale;
import dev.haltlab.platform.page.Page;
import dev.haltlab.platform.run.PollHistory;
import dev.haltlab.platform.run.PollHistory.Slice;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Poll windows and their hit rate over time. */
final class PollCharts {
  private final PageContext page;
  private final List<PollHistory> histories;

  PollCharts(PageContext page, List<PollHistory> histories) {
    this.page = page;
    this.histories = histories;
  }

  void add(List<Page.Block> blocks) {
    int before = blocks.size();
    lines(blocks, "window-over-time", "Poll window over time", new Axis("mean window", "µs", Scale.LINEAR),
        slice -> slice.windows() == 0 ? null
            : BigDecimal.valueOf(slice.windowSumNs(), 3)
                .divide(BigDecimal.valueOf(slice.windows()), 3, RoundingMode.HALF_EVEN));
    lines(blocks, "hit-rate-over-time", "Polls that hit over time", new Axis("hit rate", "%", Scale.LINEAR),
        slice -> PageContext.percent(slice.hits(), slice.polls()));
    if (blocks.size() > before) {
      blocks.add(before, new Page.Text("Over time: the first replication from its start, warm-up included, up to a second"
          + " of the time counted. Each point is the mean over the halts that ended in a slice of time; "
          + PollHistory.SLICES_PER_DECADE + " slices to a factor of ten."));
    }
  }

  private void lines(
      List<Page.Block> blocks, String id, String title, Axis y, Function<Slice, @Nullable BigDecimal> figure) {
    List<Chart.Line> lines = new ArrayList<>();
    for (int i = 0; i < histories.size(); i++) {
      List<Chart.Point> points = new ArrayList<>();
      for (Slice slice : histories.get(i).slices()) {
        BigDecimal value = figure.apply(slice);
        if (value != null) {
          points.add(new Chart.Point(middleMs(slice), value));
        }
      }
      if (!points.isEmpty()) {
        lines.add(new Chart.Line(page.names.get(i), i, points, List.of()));
      }
    }
    if (!lines.isEmpty()) {
      String summary = title + ", from the first halts to the last: " + lines.stream()
          .map(line -> line.name() + " from " + shown(line.points().get(0)) + " to "
              + shown(line.points().get(line.points().size() - 1)) + " " + y.unit())
          .collect(Collectors.joining("; ")) + ".";
      blocks.add(new Chart.Lines(id, title, summary, new Axis("time since the start", "ms", Scale.LOG), y, lines));
    }
  }

  private static String shown(Chart.Point point) {
    return point.y().setScale(1, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static BigDecimal middleMs(Slice slice) {
    double ns = StrictMath.pow(10, (slice.index() + 0.5) / PollHistory.SLICES_PER_DECADE);
    return new BigDecimal(ns).movePointLeft(6).setScale(6, RoundingMode.HALF_EVEN);
  }
}
