package dev.haltlab.cli;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How fast the simulation itself ran. It differs from run to run, so it is no part of a result. */
final class StatsReport {
  private StatsReport() {}

  static List<String> of(Results results) {
    List<String> lines = new ArrayList<>();
    Results.Stats stats = results.stats();
    Plan plan = results.plan();
    lines.add(line("stats: %.3f s elapsed for %d x %d replications",
        stats.wallNs() / 1e9, plan.variants().size(), plan.replications()));
    long all = 0;
    for (int i = 0; i < plan.variants().size(); i++) {
      Plan.Variant variant = plan.variants().get(i);
      long transactions = 0;
      long events = 0;
      for (Outcome outcome : results.outcomes().get(i)) {
        transactions += outcome.vms().get(variant.spec().primaryVm()).transactions();
        events += outcome.calendarEvents();
      }
      all += transactions;
      double seconds = Math.max(1, stats.perVariantNs().get(i)) / 1e9;
      lines.add(line("stats: %s: %d transactions, %.2f M transactions/s, %.2f M calendar events/s, %.3f s of CPU",
          variant.name(), transactions, transactions / seconds / 1e6, events / seconds / 1e6, seconds));
    }
    if (stats.allocatedBytes() >= 0) {
      lines.add(line("stats: %.1f MB allocated, %.2f bytes per transaction",
          stats.allocatedBytes() / 1e6, stats.allocatedBytes() / (double) Math.max(1, all)));
    }
    return lines;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
