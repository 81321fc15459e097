package dev.haltlab.platform.run;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.spi.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/**
 * Replications taken together, as if they had been one long run: counts, times and histograms are summed, minima and
 * maxima kept. The pool of outcomes is an outcome, and satisfies the same laws.
 */
public final class Pool {
  private Pool() {}

  /**
   * The outcomes together.
   *
   * @param replications of one variant, in order, at least one
   * @throws IllegalArgumentException if there is none
   */
  public static Outcome of(List<Outcome> replications) {
    if (replications.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to pool");
    }
    long simulatedNs = 0;
    long events = 0;
    Set<Step> steps = EnumSet.noneOf(Step.class);
    for (Outcome each : replications) {
      simulatedNs = Math.addExact(simulatedNs, each.simulatedNs());
      events += each.calendarEvents();
      steps.addAll(each.stepsCharged());
    }
    return new Outcome(
        simulatedNs,
        each(replications, Outcome::vms, Pool::vm),
        each(replications, Outcome::pcpus, Pool::pcpu),
        each(replications, Outcome::hostTasks, Pool::hostTask),
        events,
        steps);
  }

  private static Outcome.Vm vm(List<Outcome.Vm> parts) {
    long transactions = 0;
    Outcome.Halts halts = parts.get(0).halts();
    Map<String, List<Outcome.ProbeOutcome>> probes = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      Outcome.Vm part = parts.get(i);
      transactions += part.transactions();
      halts = i == 0 ? halts : halts.plus(part.halts());
      part.probes().forEach((name, probe) -> probes.computeIfAbsent(name, key -> new ArrayList<>()).add(probe));
    }
    Map<String, Outcome.ProbeOutcome> pooled = new LinkedHashMap<>();
    probes.forEach((name, each) -> pooled.put(name, probe(each)));
    return new Outcome.Vm(
        parts.get(0).name(),
        transactions,
        pooled,
        merged(new EnumMap<>(ExitReason.class), parts, Outcome.Vm::exits, Outcome.Count::plus),
        merged(new EnumMap<>(MsrRegister.class), parts, Outcome.Vm::msrWrites, Outcome.Count::plus),
        halts,
        each(parts, Outcome.Vm::vcpus, Pool::vcpu));
  }

  private static Outcome.ProbeOutcome probe(List<Outcome.ProbeOutcome> parts) {
    // Resizes itself: the engine's histograms may have been grown to different ranges.
    Histogram histogram = new Histogram(3);
    long count = 0;
    long sum = 0;
    long min = Long.MAX_VALUE;
    long max = 0;
    for (Outcome.ProbeOutcome part : parts) {
      histogram.add(part.histogram());
      count += part.count();
      sum = Math.addExact(sum, part.sumNs());
      min = Math.min(min, part.minNs());
      max = Math.max(max, part.maxNs());
    }
    Map<PathStep, Long> path =
        merged(new EnumMap<>(PathStep.class), parts, Outcome.ProbeOutcome::path, Math::addExact);
    return new Outcome.ProbeOutcome(histogram, count, sum, min, max, path);
  }

  private static Outcome.Vcpu vcpu(List<Outcome.Vcpu> parts) {
    return new Outcome.Vcpu(
        parts.get(0).id(), merged(new EnumMap<>(VcpuState.class), parts, Outcome.Vcpu::byState, Math::addExact));
  }

  private static Outcome.Pcpu pcpu(List<Outcome.Pcpu> parts) {
    return new Outcome.Pcpu(
        parts.get(0).id(),
        merged(new EnumMap<>(PcpuState.class), parts, Outcome.Pcpu::byState, Math::addExact),
        merged(new LinkedHashMap<>(), parts, Outcome.Pcpu::byCState, Math::addExact));
  }

  private static Outcome.HostTask hostTask(List<Outcome.HostTask> parts) {
    long cpuNs = 0;
    long wantedNs = 0;
    for (Outcome.HostTask part : parts) {
      cpuNs += part.cpuNs();
      wantedNs += part.wantedNs();
    }
    return new Outcome.HostTask(parts.get(0).name(), cpuNs, wantedNs);
  }

  /** The i-th parts of all wholes, pooled, for each i. */
  private static <W, P> List<P> each(List<W> wholes, Function<W, List<P>> parts, Function<List<P>, P> pool) {
    List<P> pooled = new ArrayList<>();
    for (int i = 0; i < parts.apply(wholes.get(0)).size(); i++) {
      List<P> column = new ArrayList<>();
      for (W whole : wholes) {
        column.add(parts.apply(whole).get(i));
      }
      pooled.add(pool.apply(column));
    }
    return List.copyOf(pooled);
  }

  private static <W, K, V> Map<K, V> merged(
      Map<K, V> into, List<W> wholes, Function<W, Map<K, V>> map, BinaryOperator<V> plus) {
    for (W whole : wholes) {
      map.apply(whole).forEach((key, value) -> into.merge(key, value, plus));
    }
    return into;
  }
}
