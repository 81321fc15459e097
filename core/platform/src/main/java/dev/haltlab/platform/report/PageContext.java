package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.page.Chart;
import dev.haltlab.platform.page.Chart.Range;
import dev.haltlab.platform.page.DataTable.Cell;
import dev.haltlab.platform.page.DataTable.Column;
import dev.haltlab.platform.run.Interval;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Summary;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the sections of an HTML report share: the variants, their names, one unit of time, and how cells look. */
final class PageContext {
  static final String NOTHING = "–";

  final Results results;
  final List<Summary> variants;
  final List<Latency> latencies;
  final List<String> names;
  final Time unit;
  final String symbol;

  PageContext(Results results) {
    this.results = results;
    this.variants = Summary.of(results);
    this.latencies = variants.stream().map(v -> v.latency(v.primary())).toList();
    this.names = variants.stream().map(v -> v.variant().name() + (v.variant().bound() ? " (bound)" : "")).toList();
    this.unit = Time.of(latencies);
    this.symbol = unit.symbol().replace("us", "µs");
  }

  boolean perTransaction() {
    return variants.stream().anyMatch(v -> v.primary().transactions() > 0);
  }

  Cell exits(Summary variant, boolean perTransaction, Function<Outcome.Vm, Long> exits) {
    if (variant.variant().nativeRun()) {
      return new Cell(NOTHING, null, "");
    }
    int decimals = perTransaction ? 4 : 1;
    BigDecimal value = rate(variant.pooled(), variant, perTransaction, exits);
    Optional<Interval> interval = variant.interval(outcome -> rate(outcome, variant, perTransaction, exits));
    return decimal(value, decimals, half(interval, Math.min(3, decimals)));
  }

  static @Nullable BigDecimal rate(
      Outcome outcome, Summary variant, boolean perTransaction, Function<Outcome.Vm, Long> exits) {
    Outcome.Vm vm = outcome.vms().get(variant.variant().spec().primaryVm());
    return perTransaction
        ? Figures.ratio(exits.apply(vm), vm.transactions())
        : BigDecimal.valueOf(exits.apply(vm)).movePointRight(9).divide(
            BigDecimal.valueOf(outcome.simulatedNs()), 1, RoundingMode.HALF_EVEN);
  }

  String summary(List<Chart.Part> parts, String valueUnit) {
    return summary(parts, names, valueUnit);
  }

  /** Every bar in words. */
  static String summary(List<Chart.Part> parts, List<String> categories, String valueUnit) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < categories.size(); i++) {
      List<String> words = new ArrayList<>();
      for (Chart.Part part : parts) {
        BigDecimal value = part.values().get(i);
        if (value != null && value.signum() != 0) {
          words.add(part.name() + " " + value.setScale(Math.min(2, Math.max(0, value.scale())), RoundingMode.HALF_EVEN)
              .toPlainString());
        }
      }
      rows.add(categories.get(i) + ": " + (words.isEmpty() ? "nothing" : String.join(", ", words)));
    }
    return "In " + valueUnit + ". " + String.join("; ", rows) + ".";
  }

  static Column word(String title) {
    return new Column(title, false);
  }

  static Column number(String title) {
    return new Column(title, true);
  }

  Cell time(@Nullable BigDecimal valueNs, Optional<Interval> interval) {
    if (valueNs == null) {
      return new Cell(NOTHING, null, "");
    }
    BigDecimal value = unit.in(valueNs);
    String half = interval.map(Interval::half).map(unit::in).map(h -> "± " + h.toPlainString()).orElse("");
    return new Cell(value.toPlainString(), value, half);
  }

  static Cell count(long value) {
    return new Cell(String.format(Locale.ROOT, "%,d", value), BigDecimal.valueOf(value), "");
  }

  static Cell decimal(@Nullable BigDecimal value, int decimals) {
    return decimal(value, decimals, "");
  }

  static Cell decimal(@Nullable BigDecimal value, int decimals, String aside) {
    return value == null
        ? new Cell(NOTHING, null, "")
        : new Cell(value.setScale(decimals, RoundingMode.HALF_EVEN).toPlainString(), value, aside);
  }

  static String half(Optional<Interval> interval, int decimals) {
    return interval
        .map(i -> "± " + i.half().setScale(decimals, RoundingMode.HALF_EVEN).toPlainString())
        .orElse("");
  }

  static @Nullable BigDecimal percent(long part, long whole) {
    BigDecimal ratio = Figures.ratio(part, whole);
    return ratio == null ? null : ratio.movePointRight(2);
  }

  static boolean positive(@Nullable BigDecimal value) {
    return value != null && value.signum() > 0;
  }

  String show(@Nullable BigDecimal valueNs) {
    return valueNs == null ? "unknown" : unit.in(valueNs).toPlainString();
  }

  static @Nullable Range range(Optional<Interval> interval) {
    return interval.map(i -> new Range(i.low(), i.high())).orElse(null);
  }

  @Nullable Range timeRange(Optional<Interval> interval) {
    return interval.map(i -> new Range(unit.in(i.low()), unit.in(i.high()))).orElse(null);
  }
}
