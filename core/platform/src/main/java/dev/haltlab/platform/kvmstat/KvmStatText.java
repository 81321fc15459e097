package dev.haltlab.platform.kvmstat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table as {@code perf kvm stat report --stdio} does, column by column, so that what reads perf's reads this.
 *
 * <p>Source: tools/perf/builtin-kvm.c, print_result (Linux 4.19 and 6.4, field by field the same).
 */
public final class KvmStatText {
  private KvmStatText() {}

  /** The table, with perf's blank lines before and after it. */
  public static String of(KvmStat table) {
    StringBuilder text = new StringBuilder("\n\n");
    text.append("Analyze events for ").append(table.scope()).append(":\n\n");
    text.append(String.format(
        Locale.ROOT, "%20s %10s %9s %9s %11s %11s %16s \n\n", table.event(), "Samples", "Samples%", "Time%", "Min Time",
        "Max Time", "Avg time"));
    for (KvmStat.Row row : table.rows()) {
      text.append(String.format(
          Locale.ROOT, "%20s %10d %8s%% %8s%% %9sus %9sus %9sus ( +-%7s%% )\n", row.name(), row.samples(),
          decimals(row.samplesPercent()), decimals(row.timePercent()), decimals(row.minUs()), decimals(row.maxUs()),
          decimals(row.meanUs()), decimals(row.errorPercent())));
    }
    text.append("\nTotal Samples:").append(table.samples());
    text.append(", Total events handled time:").append(decimals(table.totalUs())).append("us.\n\n");
    return text.toString();
  }

  private static String decimals(@Nullable BigDecimal value) {
    return (value == null ? BigDecimal.ZERO : value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
  }
}
