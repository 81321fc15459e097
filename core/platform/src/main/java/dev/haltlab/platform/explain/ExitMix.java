package dev.haltlab.platform.explain;

import dev.haltlab.platform.kvmstat.KvmStat;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A table of exits by what they mean, whatever the CPU calls them: Intel's names, AMD's in lower case, and ARM's.
 *
 * @param table as it was read, of event class VM-EXIT
 */
public record ExitMix(KvmStat table) {
  private static final Set<String> HALTS = names("HLT", "hlt", "WFx", "WFI");
  private static final Set<String> MSR_WRITES = names("MSR_WRITE", "msr");
  private static final Set<String> TIMERS = names("PREEMPTION_TIMER");
  private static final Set<String> INTERRUPTS = names("EXTERNAL_INTERRUPT", "interrupt", "IRQ");
  private static final Set<String> PAUSES = names("PAUSE_INSTRUCTION", "pause");
  private static final Set<String> DEVICES =
      names("IO_INSTRUCTION", "io", "EPT_MISCONFIG", "EPT_VIOLATION", "npf", "DABT_LOW");

  private static final MathContext WORK = new MathContext(30);

  private static Set<String> names(String... names) {
    return new TreeSet<>(List.of(names));
  }

  /** Halts: their time is the whole halt, polling and sleep. */
  public Optional<KvmStat.Row> halts() {
    return row(HALTS);
  }

  /** Writes to MSRs; on AMD reads too. */
  public Optional<KvmStat.Row> msrWrites() {
    return row(MSR_WRITES);
  }

  Optional<KvmStat.Row> timers() {
    return row(TIMERS);
  }

  Optional<KvmStat.Row> interrupts() {
    return row(INTERRUPTS);
  }

  Optional<KvmStat.Row> pauses() {
    return row(PAUSES);
  }

  List<KvmStat.Row> devices() {
    return table.rows().stream().filter(row -> DEVICES.contains(row.name())).toList();
  }

  /** Samples of all reasons, those of rows that are missing too. */
  long samples() {
    if (table.samples() >= 0) {
      return Math.max(table.samples(), table.samplesOfRows());
    }
    BigDecimal there = BigDecimal.ONE.subtract(table.missing());
    return BigDecimal.valueOf(table.samplesOfRows()).divide(there, 0, RoundingMode.HALF_EVEN)
        .min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue(); // counts near the largest are no reason to fail
  }

  /** Whether so much of the table is missing that what is not in it may have been. */
  boolean isCut() {
    return table.missing().compareTo(new BigDecimal("0.01")) >= 0;
  }

  /** How many of these exits come on each halt; empty without halts. */
  public Optional<BigDecimal> perHalt(long samples) {
    return halts().filter(halts -> halts.samples() > 0).map(halts ->
        BigDecimal.valueOf(samples).divide(BigDecimal.valueOf(halts.samples()), 2, RoundingMode.HALF_EVEN));
  }

  /** In per cent of all samples. */
  BigDecimal percent(long samples) {
    return samples() == 0 ? BigDecimal.ZERO : BigDecimal.valueOf(samples).movePointRight(2)
        .divide(BigDecimal.valueOf(samples()), 1, RoundingMode.HALF_EVEN);
  }

  /** Time of all exits that are no halts, µs. */
  BigDecimal otherUs() {
    return table.rows().stream().filter(row -> !HALTS.contains(row.name()))
        .map(row -> row.meanUs().multiply(BigDecimal.valueOf(row.samples())))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** The variance of one halt, µs²: the table has the standard error of the mean, to two decimals of a per cent. */
  private static BigDecimal variance(KvmStat.Row halts) {
    // The most it can have been before it was rounded.
    BigDecimal error = halts.errorPercent().add(new BigDecimal("0.005")).movePointLeft(2).multiply(halts.meanUs());
    return error.pow(2).multiply(BigDecimal.valueOf(halts.samples()));
  }

  /** Standard deviation over mean of one halt: 0 for a clock, 1 for what comes at random. */
  public static BigDecimal variation(KvmStat.Row halts) {
    return halts.meanUs().signum() == 0
        ? BigDecimal.ZERO
        : variance(halts).sqrt(WORK).divide(halts.meanUs(), 2, RoundingMode.HALF_EVEN);
  }

  /** What share of the halts can have been over within a time, whatever their distribution; 0 to 1. */
  record Share(BigDecimal least, BigDecimal most) {}

  /**
   * Bounds from what the table has of the distribution: its extremes, its mean (Markov's inequality) and its variance
   * (Cantelli's).
   */
  static Share within(KvmStat.Row halts, BigDecimal us) {
    BigDecimal min = halts.minUs();
    BigDecimal max = halts.maxUs();
    if (max != null && max.compareTo(us) <= 0) {
      return new Share(BigDecimal.ONE, BigDecimal.ONE);
    }
    if (min != null && min.compareTo(us) > 0) {
      return new Share(BigDecimal.ZERO, BigDecimal.ZERO);
    }
    BigDecimal away = halts.meanUs().subtract(us);
    BigDecimal variance = variance(halts);
    BigDecimal tail = away.signum() == 0
        ? BigDecimal.ONE : variance.divide(variance.add(away.pow(2)), WORK).min(BigDecimal.ONE);
    if (away.signum() > 0) {
      return new Share(BigDecimal.ZERO, tail);
    }
    BigDecimal markov = us.signum() == 0 ? BigDecimal.ONE : halts.meanUs().divide(us, WORK);
    return new Share(BigDecimal.ONE.subtract(tail.min(markov)), BigDecimal.ONE);
  }

  private Optional<KvmStat.Row> row(Set<String> names) {
    return table.rows().stream().filter(row -> names.contains(row.name())).findFirst();
  }
}
