package dev.haltlab.platform.report;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.kvmstat.KvmStat;
import dev.haltlab.platform.kvmstat.KvmStatText;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Summary;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The exits of a variant as the table of {@code perf kvm stat report}: all its VMs and replications together, as perf
 * takes all VMs together, the most frequent reason first. Bare hardware has no exits and an empty table.
 */
public final class KvmStatReport {
  private KvmStatReport() {}

  /** The tables of all variants that have exits, each below a line that names it, which perf's readers pass over. */
  public static String of(Results results) {
    StringBuilder text = new StringBuilder();
    for (Summary summary : Summary.of(results)) {
      text.append("# ").append(results.plan().scenario()).append(", variant ").append(summary.variant().name())
          .append(summary.variant().nativeRun() ? ": bare hardware, no exits\n" : "\n");
      if (!summary.variant().nativeRun()) {
        text.append(KvmStatText.of(table(summary)));
      }
    }
    return text.toString();
  }

  /** The table of one variant. */
  static KvmStat table(Summary summary) {
    Map<ExitReason, Outcome.Count> counts = new EnumMap<>(ExitReason.class);
    for (Outcome.Vm vm : summary.pooled().vms()) {
      vm.exits().forEach((reason, count) -> counts.merge(reason, count, Outcome.Count::plus));
    }
    counts.values().removeIf(count -> count.count() == 0);
    Outcome.Count all = counts.values().stream().reduce(Outcome.Count.NONE, Outcome.Count::plus);
    List<KvmStat.Row> rows = new ArrayList<>();
    counts.forEach((reason, count) -> rows.add(new KvmStat.Row(
        0, reason.name(), count.count(), percent(count.count(), all.count()),
        percent(count.timeNs(), all.timeNs()), micros(count.minNs(), 1), micros(count.maxNs(), 1),
        micros(count.timeNs(), count.count()), rounded(Figures.errorPercent(count)))));
    rows.sort(Comparator.comparingLong(KvmStat.Row::samples).reversed());
    return new KvmStat(
        0, "all VMs, all VCPUs", KvmStat.EXITS, null, rows, all.count(), micros(all.timeNs(), 1), 0);
  }

  private static BigDecimal percent(long part, long whole) {
    return whole == 0 ? BigDecimal.ZERO : rounded(
        BigDecimal.valueOf(part).movePointRight(2).divide(BigDecimal.valueOf(whole), 12, RoundingMode.HALF_EVEN));
  }

  private static BigDecimal micros(long ns, long count) {
    return BigDecimal.valueOf(ns, 3).divide(BigDecimal.valueOf(count), 2, RoundingMode.HALF_EVEN);
  }

  /** Two decimals, as perf has everywhere. */
  private static BigDecimal rounded(BigDecimal value) {
    return value.setScale(2, RoundingMode.HALF_EVEN);
  }
}
