package dev.haltlab.platform.run;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.scenario.Plan;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One variant of a result: its replications and their pool.
 *
 * @param variant what was run
 * @param replications in order, at least one
 * @param pooled all of them together
 */
public record Summary(Plan.Variant variant, List<Outcome> replications, Outcome pooled) {

  /** The variants of a result, in order. */
  public static List<Summary> of(Results results) {
    List<Summary> summaries = new ArrayList<>();
    for (int i = 0; i < results.outcomes().size(); i++) {
      List<Outcome> replications = results.outcomes().get(i);
      summaries.add(new Summary(results.plan().variants().get(i), replications, Pool.of(replications)));
    }
    return List.copyOf(summaries);
  }

  /** The variant that others are compared with: the first native one, else the first. */
  public static int reference(List<Summary> variants) {
    for (int i = 0; i < variants.size(); i++) {
      if (variants.get(i).variant().nativeRun()) {
        return i;
      }
    }
    return 0;
  }

  /** The VM whose first probe is the transaction. */
  public Outcome.Vm primary() {
    return pooled.vms().get(variant.spec().primaryVm());
  }

  /** The name of a VM's first probe; empty if it declares none. */
  public static Optional<String> firstProbe(Outcome.Vm vm) {
    return vm.probes().keySet().stream().findFirst();
  }

  /**
   * The confidence interval of any figure over the replications.
   *
   * @param figure of one replication or of the pool, null if it has none
   * @return empty below two replications, or if one of them has no figure
   */
  public Optional<Interval> interval(Function<Outcome, @Nullable BigDecimal> figure) {
    BigDecimal centre = figure.apply(pooled);
    List<BigDecimal> values = new ArrayList<>();
    for (Outcome replication : replications) {
      BigDecimal value = figure.apply(replication);
      if (value == null) {
        return Optional.empty();
      }
      values.add(value);
    }
    return centre == null ? Optional.empty() : Interval.around(centre, values);
  }

  /** The latencies of a VM's first probe. */
  public Latency latency(Outcome.Vm vm) {
    return firstProbe(vm).map(probe -> latency(vm, probe)).orElse(Latency.NONE);
  }

  /** The latencies of a VM's probe, with confidence intervals. */
  public Latency latency(Outcome.Vm vm, String probe) {
    Outcome.ProbeOutcome together = vm.probes().get(probe);
    if (together == null) {
      return Latency.NONE;
    }
    List<Outcome.ProbeOutcome> each = new ArrayList<>();
    for (Outcome replication : replications) {
      for (Outcome.Vm part : replication.vms()) {
        Outcome.ProbeOutcome found = part.name().equals(vm.name()) ? part.probes().get(probe) : null;
        if (found != null) {
          each.add(found);
        }
      }
    }
    return Latency.of(together, each);
  }
}
