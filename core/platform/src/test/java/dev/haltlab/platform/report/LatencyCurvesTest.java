package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.page.Chart;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Pins: a curve that ends before the last percentile that the table beside it tells. */
class LatencyCurvesTest {

  @Test
  void a_curve_reaches_the_last_percentile_with_ten_beyond_it() {
    // 140 equal latencies just before the last four, as where a time slice ends what is late
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(1_000, 46_084);
    histogram.recordValueWithCount(9_003, 140);
    histogram.recordValueWithCount(9_500, 4);
    Outcome.ProbeOutcome probe =
        new Outcome.ProbeOutcome(histogram, 46_228, 46_084_000L + 1_260_420 + 38_000, 1_000, 9_500, Map.of());

    List<Chart.Point> points = LatencyCurves.percentiles(probe, Time.NS);

    Chart.Point last = points.get(points.size() - 1);
    assertThat(last.x()).isEqualByComparingTo("4622.8"); // 46,228 / 10
    assertThat(last.y().longValue()).isBetween(8_990L, 9_020L);
    assertThat(points).isSortedAccordingTo((a, b) -> a.x().compareTo(b.x()));
  }

  @Test
  void ten_latencies_have_no_percentile() {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(1_000, 10);
    assertThat(LatencyCurves.percentiles(new Outcome.ProbeOutcome(histogram, 10, 10_000, 1_000, 1_000, Map.of()), Time.NS))
        .hasSize(1);
  }
}
