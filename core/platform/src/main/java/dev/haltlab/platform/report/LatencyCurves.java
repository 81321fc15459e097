package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.page.Chart;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.HistogramIterationValue;

/** The distribution of a probe's latencies as points of curves. */
final class LatencyCurves {
  /** Points each time what is left beyond the percentile halves. */
  private static final int TICKS_PER_HALF = 8;

  /** A percentile is told if so many samples lie beyond it, as everywhere in a report. */
  private static final int BEYOND = 10;

  /** Bins of the histogram to a factor of ten: 1.059 wide each. */
  static final int BINS_PER_DECADE = 40;

  private LatencyCurves() {}

  /** Latency by percentile; x is 1 / (1 - percentile), as {@link Chart.Scale#PERCENTILE} wants it. */
  static List<Chart.Point> percentiles(Outcome.ProbeOutcome probe, Time unit) {
    List<Chart.Point> points = new ArrayList<>();
    if (probe.count() == 0) {
      return points;
    }
    points.add(new Chart.Point(BigDecimal.ONE, unit.in(BigDecimal.valueOf(probe.minNs()))));
    for (HistogramIterationValue each : probe.histogram().percentiles(TICKS_PER_HALF)) {
      long beyond = probe.count() - each.getTotalCountToThisValue();
      if (beyond < BEYOND) {
        last(probe, unit, points);
        break;
      }
      BigDecimal x = BigDecimal.valueOf(probe.count()).divide(BigDecimal.valueOf(beyond), 4, RoundingMode.HALF_EVEN);
      long value = Math.max(probe.minNs(), Math.min(probe.maxNs(), each.getValueIteratedTo()));
      Chart.Point last = points.get(points.size() - 1);
      if (x.compareTo(last.x()) > 0) {
        points.add(new Chart.Point(x, unit.in(BigDecimal.valueOf(value))));
      }
    }
    return points;
  }

  /** The last percentile that is told, where many equal latencies lead from before it to beyond it. */
  private static void last(Outcome.ProbeOutcome probe, Time unit, List<Chart.Point> points) {
    if (probe.count() <= BEYOND) {
      return;
    }
    BigDecimal x = BigDecimal.valueOf(probe.count()).divide(BigDecimal.valueOf(BEYOND), 4, RoundingMode.HALF_EVEN);
    if (x.compareTo(points.get(points.size() - 1).x()) > 0) {
      long value = probe.histogram().getValueAtPercentile(100.0 - 100.0 * BEYOND / probe.count());
      points.add(new Chart.Point(x, unit.in(BigDecimal.valueOf(Math.min(probe.maxNs(), value)))));
    }
  }

  /** Where a percentile stands on that axis: 990 is 100. */
  static BigDecimal place(int permille) {
    return BigDecimal.valueOf(1000).divide(BigDecimal.valueOf(1000 - permille), 4, RoundingMode.HALF_EVEN);
  }

  /** The share of the latencies in each bin, in per cent, at the bin's middle; empty bins end in zeros. */
  static List<Chart.Point> histogram(Outcome.ProbeOutcome probe, Time unit) {
    TreeMap<Integer, Long> bins = new TreeMap<>();
    for (HistogramIterationValue each : probe.histogram().recordedValues()) {
      bins.merge(bin(each.getValueIteratedTo()), each.getCountAddedInThisIterationStep(), Long::sum);
    }
    TreeMap<Integer, Long> outline = new TreeMap<>(bins);
    for (Integer bin : bins.keySet()) {
      outline.putIfAbsent(bin - 1, 0L);
      outline.putIfAbsent(bin + 1, 0L);
    }
    List<Chart.Point> points = new ArrayList<>();
    for (Map.Entry<Integer, Long> each : outline.entrySet()) {
      BigDecimal middle = new BigDecimal(StrictMath.pow(10, (each.getKey() + 0.5) / BINS_PER_DECADE));
      BigDecimal x = middle.divide(BigDecimal.valueOf(unit.ns()), 4, RoundingMode.HALF_EVEN);
      BigDecimal share = Figures.ratio(each.getValue(), probe.count());
      if (share != null && x.signum() > 0) {
        points.add(new Chart.Point(x, share.movePointRight(2)));
      }
    }
    return points;
  }

  private static int bin(long ns) {
    return (int) StrictMath.floor(StrictMath.log10(Math.max(1, ns)) * BINS_PER_DECADE);
  }
}
