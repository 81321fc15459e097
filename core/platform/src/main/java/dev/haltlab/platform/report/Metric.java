package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome.Halts;
import dev.haltlab.platform.run.Latency;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A figure that tells what it is, so that reports need not know it by name: a further metric is a further row here.
 *
 * @param <T> what it is a figure of
 * @param name its key in JSON; the kernel's where it has one
 * @param unit what it counts
 * @param kind how replications go together
 * @param title in words, short enough for a table
 * @param value the figure, null if there is none; nanoseconds and counts of kind SUM are whole
 */
record Metric<T>(String name, Unit unit, Kind kind, String title, Function<T, @Nullable BigDecimal> value) {

  /** What a figure counts. */
  enum Unit {
    /** Things. */
    COUNT,
    /** Nanoseconds. */
    NS,
    /** A part of a whole, 0 to 1. */
    RATIO
  }

  /** How replications go together. */
  enum Kind {
    /** Summed. */
    SUM,
    /** Taken over all samples of all replications. */
    POOLED
  }

  /** The figures of a probe, in JSON's order. */
  static final List<Metric<Latency>> LATENCY =
      List.of(
          new Metric<>("count", Unit.COUNT, Kind.SUM, "samples", l -> BigDecimal.valueOf(l.count())),
          new Metric<>("min", Unit.NS, Kind.POOLED, "min", Latency::min),
          new Metric<>("mean", Unit.NS, Kind.POOLED, "mean", Latency::mean),
          new Metric<>("p50", Unit.NS, Kind.POOLED, "p50", Latency::p50),
          new Metric<>("p90", Unit.NS, Kind.POOLED, "p90", Latency::p90),
          new Metric<>("p99", Unit.NS, Kind.POOLED, "p99", Latency::p99),
          new Metric<>("p999", Unit.NS, Kind.POOLED, "p99.9", Latency::p999),
          new Metric<>("max", Unit.NS, Kind.POOLED, "max", Latency::max));

  /** KVM's halt counters, and what the simulator adds. */
  static final List<Metric<Halts>> HALTS =
      List.of(
          count("halt_exits", "halts", Halts::exits),
          count("halt_attempted_poll", "polls attempted", Halts::attemptedPoll),
          count("halt_successful_poll", "polls that hit", Halts::successfulPoll),
          new Metric<>(
              "hitRate", Unit.RATIO, Kind.POOLED, "hit rate",
              h -> Figures.ratio(h.successfulPoll(), h.attemptedPoll())),
          count("halt_poll_invalid", "polls ended by a wake-up for another", Halts::pollInvalid),
          count("halt_wakeup", "sleepers woken", Halts::wakeup),
          time("halt_poll_success_ns", "time in polls that hit", Halts::pollSuccessNs),
          time("halt_poll_fail_ns", "time polled in vain", Halts::pollFailNs),
          time("halt_wait_ns", "time asleep", Halts::waitNs),
          count("pollCutShort", "polls cut short", Halts::pollCutShort),
          new Metric<>(
              "windowMeanNs", Unit.NS, Kind.POOLED, "mean window", h -> Figures.meanNs(h.windowSumNs(), h.decisions())),
          new Metric<>(
              "windowMaxNs", Unit.NS, Kind.POOLED, "largest window",
              h -> h.windowMaxNs() < 0 ? null : BigDecimal.valueOf(h.windowMaxNs())));

  /** The halt metric of that name. */
  static Metric<Halts> halts(String name) {
    return HALTS.stream().filter(metric -> metric.name().equals(name)).findFirst().orElseThrow();
  }

  private static Metric<Halts> count(String name, String title, Function<Halts, Long> value) {
    return new Metric<>(name, Unit.COUNT, Kind.SUM, title, h -> BigDecimal.valueOf(value.apply(h)));
  }

  private static Metric<Halts> time(String name, String title, Function<Halts, Long> value) {
    return new Metric<>(name, Unit.NS, Kind.SUM, title, h -> BigDecimal.valueOf(value.apply(h)));
  }
}
