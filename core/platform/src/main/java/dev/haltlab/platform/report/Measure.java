package dev.haltlab.platform.report;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.scenario.Plan;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One measured value under a name of its own, for files that other programs read. The same names stand in the table of
 * {@link CsvReport}, in {@link JsonReport} and in a comparison.
 *
 * @param vm whose it is; empty for the host's
 * @param name parts joined by points, such as {@code latency.p99} or {@code exits.HLT.perTransaction}
 * @param unit {@code ns}, {@code count}, {@code 1/s}, {@code ratio} or {@code cpus}: 1 is one CPU all the time
 * @param value null if there is none, as a percentile of too few samples
 * @param rate whether it tells the same however long the run was, so that runs compare by it
 */
record Measure(String vm, String name, String unit, @Nullable BigDecimal value, boolean rate) {
  private static final String NS = "ns";
  private static final String COUNT = "count";
  private static final String PER_SECOND = "1/s";
  private static final String RATIO = "ratio";
  private static final String CPUS = "cpus";

  /** Its name and whose it is in one: {@code cpu.busy}, {@code rr/latency.mean}. */
  String path() {
    return vm.isEmpty() ? name : vm + "/" + name;
  }

  /** All that was measured in an outcome, a replication or a pool of them, in a fixed order. */
  static List<Measure> of(Outcome outcome, Plan.Variant variant) {
    List<Measure> all = new ArrayList<>();
    for (Outcome.Vm vm : outcome.vms()) {
      new Collector(all, vm.name(), outcome.simulatedNs()).vm(vm, variant.nativeRun());
    }
    new Collector(all, "", outcome.simulatedNs()).host(outcome);
    return all;
  }

  /** Those by which runs compare. */
  static List<Measure> rates(Outcome outcome, Plan.Variant variant) {
    return of(outcome, variant).stream().filter(Measure::rate).toList();
  }

  private record Collector(List<Measure> into, String vm, long windowNs) {
    void host(Outcome outcome) {
      add("simulated", NS, BigDecimal.valueOf(windowNs), false);
      add("cpu.busy", CPUS, Figures.ratio(CpuTime.busyNs(outcome), windowNs), true);
      CpuTime.byState(outcome).forEach((state, ns) -> add("cpu." + state, CPUS, Figures.ratio(ns, windowNs), true));
      for (Outcome.HostTask task : outcome.hostTasks()) {
        add("hostTask." + task.name(), CPUS, Figures.ratio(task.cpuNs(), windowNs), true);
      }
    }

    void vm(Outcome.Vm of, boolean nativeRun) {
      add("transactions", COUNT, BigDecimal.valueOf(of.transactions()), false);
      if (!of.probes().isEmpty()) {
        add("transactionsPerSecond", PER_SECOND, perSecond(of.transactions()), true);
      }
      boolean first = true;
      for (Map.Entry<String, Outcome.ProbeOutcome> probe : of.probes().entrySet()) {
        // The first probe is the transaction; only the others need their names.
        latency(first ? "latency." : "latency." + probe.getKey() + ".", Latency.of(probe.getValue()));
        if (first) {
          path(probe.getValue());
        }
        first = false;
      }
      if (!nativeRun) {
        exits(of);
        for (Metric<Outcome.Halts> metric : Metric.HALTS) {
          add("halts." + metric.name(), unit(metric), metric.value().apply(of.halts()),
              metric.kind() == Metric.Kind.POOLED);
        }
      }
      add("cpu.busy", CPUS, Figures.ratio(CpuTime.busyNs(of), windowNs), true);
    }

    private void latency(String prefix, Latency latency) {
      for (Metric<Latency> metric : Metric.LATENCY) {
        add(prefix + metric.name(), unit(metric), metric.value().apply(latency), metric.kind() == Metric.Kind.POOLED);
      }
    }

    private void path(Outcome.ProbeOutcome probe) {
      probe.path().forEach((PathStep step, Long ns) -> {
        if (ns > 0) {
          add("path." + step.key(), NS, Figures.meanNs(ns, probe.count()), true);
        }
      });
    }

    private void exits(Outcome.Vm of) {
      exit("exits.all", of.exits().values().stream().reduce(Outcome.Count.NONE, Outcome.Count::plus), of);
      for (ExitReason reason : ExitReason.values()) {
        exit("exits." + reason, of.exits().getOrDefault(reason, Outcome.Count.NONE), of);
      }
      for (MsrRegister register : MsrRegister.values()) {
        exit("exits.MSR_WRITE." + register, of.msrWrites().getOrDefault(register, Outcome.Count.NONE), of);
      }
    }

    private void exit(String name, Outcome.Count count, Outcome.Vm of) {
      add(name + ".count", COUNT, BigDecimal.valueOf(count.count()), false);
      add(name + ".time", NS, BigDecimal.valueOf(count.timeNs()), false);
      add(name + ".mean", NS, Figures.meanNs(count.timeNs(), count.count()), true);
      boolean transactions = !of.probes().isEmpty();
      // Where there are transactions, runs compare by what each of them costs.
      add(name + ".perSecond", PER_SECOND, perSecond(count.count()), !transactions);
      if (transactions) {
        add(name + ".perTransaction", RATIO, Figures.ratio(count.count(), of.transactions()), true);
      }
    }

    private BigDecimal perSecond(long number) {
      return BigDecimal.valueOf(number).movePointRight(9)
          .divide(BigDecimal.valueOf(windowNs), 3, RoundingMode.HALF_EVEN);
    }

    private static String unit(Metric<?> metric) {
      return switch (metric.unit()) {
        case COUNT -> COUNT;
        case NS -> NS;
        case RATIO -> RATIO;
      };
    }

    private void add(String name, String unit, @Nullable BigDecimal value, boolean rate) {
      into.add(new Measure(vm, name, unit, value, rate));
    }
  }
}
