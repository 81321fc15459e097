package dev.haltlab.platform.report;

import dev.haltlab.platform.run.Latency;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A unit of time that suits a table: all its cells in the same one, so that they compare at a glance. */
record Time(String symbol, long ns, int decimals) {
  static final Time NS = new Time("ns", 1, 1);
  static final Time US = new Time("us", 1_000, 2);
  static final Time MS = new Time("ms", 1_000_000, 2);

  /** The unit that suits the largest mean. */
  static Time of(List<Latency> latencies) {
    BigDecimal largest = BigDecimal.ZERO;
    for (Latency latency : latencies) {
      BigDecimal mean = latency.mean();
      largest = mean == null ? largest : largest.max(mean);
    }
    if (largest.compareTo(BigDecimal.valueOf(1_000)) < 0) {
      return NS;
    }
    return largest.compareTo(BigDecimal.valueOf(10_000_000)) < 0 ? US : MS;
  }

  /** A time in this unit, a dash if there is none. */
  String show(@Nullable BigDecimal valueNs) {
    return valueNs == null ? TextReport.NOTHING : in(valueNs).toPlainString();
  }

  /** A time in this unit, rounded as it is shown. */
  BigDecimal in(BigDecimal valueNs) {
    return valueNs.divide(BigDecimal.valueOf(ns), decimals, RoundingMode.HALF_EVEN);
  }
}
