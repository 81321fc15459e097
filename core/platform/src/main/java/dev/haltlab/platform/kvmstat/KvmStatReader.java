package dev.haltlab.platform.kvmstat;

import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.Words;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code perf kvm stat report} and {@code perf kvm stat live} print: of any version since 3.7, of any event
 * class, of Intel, AMD and ARM hosts, one table or many, with or without the lines around them. Rows are read from
 * their end, as a long name pushes the columns to the right. A user's locale may have put commas for points.
 */
public final class KvmStatReader {
  private static final String NUMBER = "(\\d+(?:[.,]\\d+)?|-?nan|-?inf)";
  private static final String MICROS = NUMBER + "us";
  private static final String PERCENT = NUMBER + "%";

  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");
  private static final Pattern TIME = Pattern.compile("(\\d{2}:\\d{2}:\\d{2}\\.\\d{1,9})(?:\\s+(.*))?");
  private static final Pattern SCOPE = Pattern.compile("Analyze events for (.+?):?");
  private static final Pattern HEAD =
      Pattern.compile("(\\S.*?)\\s+Samples\\s+Samples%\\s+Time%(\\s+Min Time\\s+Max Time)?\\s+Avg [Tt]ime");
  private static final Pattern ROW = Pattern.compile(
      "(\\S.*?)\\s+(\\d+)\\s+" + PERCENT + "\\s+" + PERCENT + "(?:\\s+" + MICROS + "\\s+" + MICROS + ")?\\s+" + MICROS
          + "\\s+\\(\\s*\\+-\\s*" + PERCENT + "\\s*\\)");
  private static final Pattern TOTAL =
      Pattern.compile("Total Samples:\\s*(\\d+), Total events handled time:\\s*" + MICROS + "\\.?");
  private static final Pattern LOST = Pattern.compile("Lost events:\\s*(\\d+)");

  private final String file;
  private final List<KvmStat> tables = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  private @Nullable Unfinished table;
  private @Nullable String time;
  private String scope = "";
  private boolean binary;

  /**
   * What was read.
   *
   * @param tables in the order of the file
   * @param problems what could not be read, each with its line; nothing but that is missing in the tables
   * @param warnings what was read and does not agree with itself, as in a table that was cut or changed
   */
  public record Reading(List<KvmStat> tables, List<Problem> problems, List<Problem> warnings) {
    public Reading {
      tables = List.copyOf(tables);
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }

  /** A table of which more may come. */
  private static final class Unfinished {
    final int line;
    final String scope;
    final String event;
    final @Nullable String time;
    final boolean extremes;
    final List<KvmStat.Row> rows = new ArrayList<>();
    long samples = -1;
    @Nullable BigDecimal totalUs;
    long lost;

    Unfinished(int line, String scope, String event, @Nullable String time, boolean extremes) {
      this.line = line;
      this.scope = scope;
      this.event = event;
      this.time = time;
      this.extremes = extremes;
    }
  }

  private KvmStatReader(String file) {
    this.file = file;
  }

  /**
   * Reads a file's text.
   *
   * @param file its name, for messages
   */
  public static Reading read(String file, String text) {
    KvmStatReader reader = new KvmStatReader(file);
    String[] lines = text.split("\\R", -1);
    reader.binary = text.startsWith("PERFILE2");
    for (int i = 0; i < lines.length && !reader.binary; i++) {
      reader.line(i + 1, ESCAPES.matcher(lines[i]).replaceAll("").strip());
    }
    reader.finish();
    reader.nothing();
    return new Reading(reader.tables, reader.problems, reader.warnings);
  }

  private void line(int number, String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    Matcher m = TIME.matcher(line);
    if (m.matches()) {
      finish();
      time = m.group(1);
      if (m.group(2) != null) {
        line(number, m.group(2));
      }
      return;
    }
    m = SCOPE.matcher(line);
    if (m.matches()) {
      finish();
      scope = m.group(1);
      return;
    }
    m = HEAD.matcher(line);
    if (m.matches()) {
      finish();
      table = new Unfinished(number, scope, m.group(1), time, m.group(2) != null);
      return;
    }
    if (table == null) {
      return; // a shell's prompt, a warning of perf's, the letter around the table
    }
    if (!inTable(table, number, line)) {
      // A total ends the rows; what follows is not perf's.
      if (table.samples < 0) {
        problem(number, Words.quote(line) + " is no row of this table",
            "a row is: name, samples, samples%, time%, " + (table.extremes ? "min time, max time, " : "")
                + "average time, ( +- x% ); mark a line of your own by #");
      }
    }
  }

  private boolean inTable(Unfinished open, int number, String line) {
    Matcher m = TOTAL.matcher(line);
    if (m.matches()) {
      open.samples = whole(number, m.group(1));
      open.totalUs = decimal(m.group(2));
      return true;
    }
    m = LOST.matcher(line);
    if (m.matches()) {
      open.lost = whole(number, m.group(1));
      return true;
    }
    m = ROW.matcher(line);
    if (!m.matches() || open.samples >= 0 || (m.group(5) != null) != open.extremes) {
      return false;
    }
    open.rows.add(new KvmStat.Row(
        number, m.group(1), whole(number, m.group(2)), decimal(m.group(3)), decimal(m.group(4)),
        m.group(5) == null ? null : decimal(m.group(5)), m.group(6) == null ? null : decimal(m.group(6)),
        decimal(m.group(7)), decimal(m.group(8))));
    return true;
  }

  private void finish() {
    Unfinished open = table;
    if (open == null) {
      return;
    }
    KvmStat read = new KvmStat(
        open.line, open.scope, open.event, open.time, open.rows, open.samples, open.totalUs, open.lost);
    tables.add(read);
    table = null;
    agrees(read);
  }

  private void agrees(KvmStat read) {
    long sum = read.samplesOfRows();
    if (read.samples() >= 0 && read.samples() != sum) {
      warning(read.line(), "the rows have " + sum + " samples and the total has " + read.samples(),
          "the table is not whole; shares are taken of the total");
    }
    if (read.samples() < 0 && !read.rows().isEmpty()) {
      BigDecimal missing = read.missing();
      warning(read.line(), "the line 'Total Samples' is missing"
          + (missing.signum() == 0 ? "" : ", and by their own shares the rows there are lack "
              + missing.movePointRight(2).setScale(1, RoundingMode.HALF_EVEN).toPlainString() + " % of the samples"),
          missing.signum() == 0
              ? "shares are taken of the rows there are"
              : "print the whole table; what is not in it is not explained");
    }
    long all = read.samples() >= 0 ? read.samples() : sum;
    for (KvmStat.Row row : read.rows()) {
      BigDecimal whole = BigDecimal.valueOf(all);
      BigDecimal said = row.samplesPercent().multiply(whole).movePointLeft(2);
      BigDecimal tolerance = whole.movePointLeft(4).add(BigDecimal.ONE); // two decimals of a per cent
      if (read.samples() >= 0 && said.subtract(BigDecimal.valueOf(row.samples())).abs().compareTo(tolerance) > 0) {
        warning(row.line(), row.name() + " has " + row.samples() + " of " + all + " samples, which is not "
            + row.samplesPercent().toPlainString() + " %", "was the table changed by hand?");
      }
      BigDecimal min = row.minUs();
      BigDecimal max = row.maxUs();
      if (min != null && max != null && (min.compareTo(row.meanUs()) > 0 || row.meanUs().compareTo(max) > 0)) {
        warning(row.line(), row.name() + " has a mean of " + row.meanUs().toPlainString() + " us that is not within "
            + min.toPlainString() + " and " + max.toPlainString() + " us", "was the table changed by hand?");
      }
    }
    if (read.lost() > 0) {
      warning(read.line(), "perf lost " + read.lost() + " events, so counts are too low",
          "record with a larger buffer, as perf kvm stat record -m 4096");
    }
  }

  private void nothing() {
    if (binary) {
      problem(0, "is what perf recorded, not its report", "print it with: perf kvm -i FILE stat report > table.txt");
    } else if (tables.isEmpty() && problems.isEmpty()) {
      problem(0, "no table of perf kvm stat in it",
          "make one with: perf kvm stat record -a sleep 10; perf kvm stat report --stdio > table.txt");
    }
  }

  private long whole(int number, String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      problem(number, "the count " + Words.quote(digits) + " is too large", "");
      return 0;
    }
  }

  /** perf prints nan where it divides by nothing. */
  private static BigDecimal decimal(String text) {
    return text.endsWith("nan") || text.endsWith("inf") ? BigDecimal.ZERO : new BigDecimal(text.replace(',', '.'));
  }

  private void problem(int line, String message, String hint) {
    problems.add(new Problem(file, line, line == 0 ? 0 : 1, "", message, hint));
  }

  private void warning(int line, String message, String hint) {
    warnings.add(new Problem(file, line, 1, "", message, hint));
  }
}
