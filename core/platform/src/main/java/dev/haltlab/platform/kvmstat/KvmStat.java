package dev.haltlab.platform.kvmstat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of {@code perf kvm stat}: how often a guest exited, by reason, and how long it took until it was entered again.
 * The time of HLT is the whole halt, polling and sleep.
 *
 * <p>Source: tools/perf/builtin-kvm.c, later tools/perf/util/kvm-stat.c.
 *
 * @param line where it begins in its file, from 1; 0 if it was not read from one
 * @param scope whose exits these are, as perf says it: {@code all VMs, all VCPUs}; empty if it does not say
 * @param event what the rows are, in perf's words: {@code VM-EXIT}, {@code MSR Access}, {@code MMIO Access}, ..
 * @param time when {@code perf kvm stat live} printed it, such as {@code 15:52:35.709821}; null in a report
 * @param rows in the order of the table
 * @param samples the total at its end; −1 if it is cut off before
 * @param totalUs the total time at its end, µs; null if it is cut off before
 * @param lost events that perf lost
 */
public record KvmStat(
    int line,
    String scope,
    String event,
    @Nullable String time,
    List<Row> rows,
    long samples,
    @Nullable BigDecimal totalUs,
    long lost) {
  /** What the rows of an ordinary table are. */
  public static final String EXITS = "VM-EXIT";

  /** What the rows of {@code --event=msr} are: {@code 0x6e0:W}. */
  public static final String MSRS = "MSR Access";

  public KvmStat {
    rows = List.copyOf(rows);
  }

  /**
   * One reason.
   *
   * @param line where it stands in its file, from 1; 0 if it was not read from one
   * @param name perf's, such as {@code HLT}; lower case on AMD
   * @param samples how often
   * @param samplesPercent share of all samples
   * @param timePercent share of the time of all
   * @param minUs shortest, µs; null in the tables of perf 3.7 to 3.12
   * @param maxUs longest, µs; null in the tables of perf 3.7 to 3.12
   * @param meanUs mean, µs
   * @param errorPercent standard error of the mean, in per cent of it
   */
  public record Row(
      int line,
      String name,
      long samples,
      BigDecimal samplesPercent,
      BigDecimal timePercent,
      @Nullable BigDecimal minUs,
      @Nullable BigDecimal maxUs,
      BigDecimal meanUs,
      BigDecimal errorPercent) {}

  /** Of the samples of all exits, those of rows that are missing, as a table that was cut has: 0 to 1. */
  public BigDecimal missing() {
    BigDecimal there = samples > 0
        ? BigDecimal.valueOf(samplesOfRows()).divide(BigDecimal.valueOf(samples), 4, RoundingMode.HALF_EVEN)
        : rows.stream().map(Row::samplesPercent).reduce(BigDecimal.ZERO, BigDecimal::add).movePointLeft(2);
    BigDecimal rounded = BigDecimal.valueOf(rows.size()).movePointLeft(4); // each row's share has two decimals
    BigDecimal missing = BigDecimal.ONE.subtract(there);
    return there.signum() == 0 || missing.compareTo(rounded) <= 0 ? BigDecimal.ZERO : missing;
  }

  /** Samples of all rows. */
  public long samplesOfRows() {
    return rows.stream().mapToLong(Row::samples).sum();
  }
}
