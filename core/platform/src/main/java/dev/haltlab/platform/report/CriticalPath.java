package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Summary;
import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Step;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The critical path of one variant's transaction: where the mean latency goes, and on what ground each part stands. */
final class CriticalPath {
  /** The groups of steps, in the order of the talk's last slide. */
  static final List<String> GROUPS = List.of("guest", "timer writes", "IPI send", "wake-up", "host", "other exits");

  /** The basis of what the workload and the waiting make, not a price. */
  private static final String WORKLOAD = "workload";

  private final Map<Step, Cost> prices;
  private final Outcome pooled;
  private final Outcome.@Nullable ProbeOutcome probe;
  private final List<PathStep> steps = new ArrayList<>();
  private final List<Long> timesNs = new ArrayList<>();

  /**
   * A price that was fitted or assumed.
   *
   * @param step what it prices
   * @param basis {@link Basis#FITTED} or {@link Basis#ASSUMED}
   * @param valueNs its mean, ns
   * @param usedUpBy the target it used up, or why it was assumed
   * @param sensitivity the share of the mean latency which the parts of the path make that the price belongs to: by
   *     about so many per cent the mean moves if the price moves by one hundred; null if it is off the path
   * @param upperBound whether other prices belong to those parts too, so that this one's share is at most that
   */
  record Mark(
      Step step,
      Basis basis,
      BigDecimal valueNs,
      String usedUpBy,
      @Nullable BigDecimal sensitivity,
      boolean upperBound) {}

  CriticalPath(Summary summary) {
    this.prices = summary.variant().spec().host().profile().steps();
    this.pooled = summary.pooled();
    Outcome.Vm vm = summary.primary();
    this.probe = Summary.firstProbe(vm).map(vm.probes()::get).orElse(null);
    if (probe != null) {
      for (PathStep step : PathStep.values()) {
        long ns = probe.path().getOrDefault(step, 0L);
        if (ns != 0) {
          steps.add(step);
          timesNs.add(ns);
        }
      }
    }
  }

  /** The steps that took time, in the order of the enum. */
  List<PathStep> steps() {
    return steps;
  }

  /**
   * The mean per transaction of each of {@link #steps()}, rounded so that they add up to the rounded mean.
   *
   * @param unitNs ns in a unit of the result
   * @param scale decimals of the result
   */
  BigDecimal[] means(long unitNs, int scale) {
    if (probe == null || probe.count() == 0) {
      return new BigDecimal[0];
    }
    BigDecimal mean = BigDecimal.valueOf(probe.sumNs()).divide(
        BigDecimal.valueOf(probe.count()), Latency.SCALE, RoundingMode.HALF_EVEN);
    // The mean as it is shown elsewhere, rounded from the rounded one.
    BigDecimal total = mean.divide(BigDecimal.valueOf(unitNs), scale, RoundingMode.HALF_EVEN);
    return Figures.shares(timesNs, BigDecimal.valueOf(probe.count()).multiply(BigDecimal.valueOf(unitNs)), total);
  }

  /** {@link #means} by step; empty without samples. */
  Map<PathStep, BigDecimal> meanBySteps(Time unit) {
    BigDecimal[] means = means(unit.ns(), unit.decimals());
    Map<PathStep, BigDecimal> byStep = new EnumMap<>(PathStep.class);
    for (int i = 0; i < means.length; i++) {
      byStep.put(steps.get(i), means[i]);
    }
    return byStep;
  }

  /** The weakest ground among the prices that were charged in this part of the path. */
  String basis(PathStep part) {
    @Nullable Basis weakest = null;
    for (Step step : part.priced()) {
      Cost price = prices.get(step);
      if (price != null && charged(step) && (weakest == null || price.basis().compareTo(weakest) > 0)) {
        weakest = price.basis();
      }
    }
    return weakest == null ? WORKLOAD : name(weakest);
  }

  /** The charged prices that are fitted or assumed, in the order of the steps. */
  List<Mark> marks() {
    List<Mark> marks = new ArrayList<>();
    for (Step step : Step.values()) {
      Cost price = prices.get(step);
      if (price != null && charged(step) && price.basis().compareTo(Basis.FITTED) >= 0) {
        BigDecimal ns = BigDecimal.valueOf(price.meanPs(), 3).setScale(Figures.NS_SCALE, RoundingMode.HALF_EVEN);
        marks.add(new Mark(step, price.basis(), ns, price.source(), sensitivity(step), shared(step)));
      }
    }
    return marks;
  }

  /** The charged steps for which the profile has no price: they cost nothing. */
  List<Step> unpriced() {
    return pooled.stepsCharged().stream().filter(step -> !prices.containsKey(step)).sorted().toList();
  }

  private @Nullable BigDecimal sensitivity(Step step) {
    boolean onPath = false;
    long ns = 0;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).priced().contains(step)) {
        onPath = true;
        ns += timesNs.get(i);
      }
    }
    return onPath && probe != null ? Figures.ratio(ns, probe.sumNs()) : null;
  }

  private boolean shared(Step step) {
    return steps.stream()
        .filter(part -> part.priced().contains(step))
        .flatMap(part -> part.priced().stream())
        .anyMatch(other -> other != step && charged(other));
  }

  private boolean charged(Step step) {
    return pooled.stepsCharged().contains(step);
  }

  /** As written in YAML and JSON. */
  static String name(Basis basis) {
    return basis.name().toLowerCase(Locale.ROOT);
  }
}
