package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Summary;
import java.util.List;

/**
 * Results as one tidy table, a value a row: {@code scenario,variant,replication,vm,metric,unit,value}. Replications are
 * counted from 0; the figures over all of them together have none, for what was pooled is more than their mean. Values
 * that cannot be told are empty, and so is the VM of the host's own. As RFC 4180 has it, but with a bare newline, as
 * every reader takes and line tools prefer.
 */
public final class CsvReport {
  private static final String HEAD = "scenario,variant,replication,vm,metric,unit,value\n";

  private final StringBuilder csv = new StringBuilder(HEAD);

  private CsvReport() {}

  /** The whole table. */
  public static String of(Results results) {
    CsvReport report = new CsvReport();
    for (Summary summary : Summary.of(results)) {
      List<Outcome> replications = summary.replications();
      for (int i = 0; i < replications.size(); i++) {
        report.rows(results.plan().scenario(), summary, Integer.toString(i), replications.get(i));
      }
      report.rows(results.plan().scenario(), summary, "", summary.pooled());
    }
    return report.csv.toString();
  }

  private void rows(String scenario, Summary summary, String replication, Outcome outcome) {
    for (Measure measure : Measure.of(outcome, summary.variant())) {
      field(scenario).append(',');
      field(summary.variant().name()).append(',').append(replication).append(',');
      field(measure.vm()).append(',');
      field(measure.name()).append(',').append(measure.unit()).append(',');
      csv.append(measure.value() == null ? "" : measure.value().toPlainString()).append('\n');
    }
  }

  /** Quoted where it must be: a workload may give its probe any name. */
  private StringBuilder field(String text) {
    boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return csv.append(quoted ? '"' + text.replace("\"", "\"\"") + '"' : text);
  }
}
