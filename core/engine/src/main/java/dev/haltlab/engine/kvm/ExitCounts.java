package dev.haltlab.engine.kvm;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Exits of one vCPU by reason, and MSR writes by register: how many, and the time from exit to entry. */
public final class ExitCounts {
  private static final ExitReason[] REASONS = ExitReason.values();
  private static final MsrRegister[] REGISTERS = MsrRegister.values();

  private final long[] counts = new long[REASONS.length];
  private final long[] timesNs = new long[REASONS.length];
  private final long[] writeCounts = new long[REGISTERS.length];
  private final long[] writeTimesNs = new long[REGISTERS.length];

  void add(int reason, int register, long ns) {
    counts[reason]++;
    timesNs[reason] += ns;
    if (register >= 0) {
      writeCounts[register]++;
      writeTimesNs[register] += ns;
    }
  }

  void reset() {
    Arrays.fill(counts, 0);
    Arrays.fill(timesNs, 0);
    Arrays.fill(writeCounts, 0);
    Arrays.fill(writeTimesNs, 0);
  }

  /** Adds these counts to others, by reason. */
  public void addReasonsTo(Map<ExitReason, Outcome.Count> sums) {
    for (ExitReason reason : REASONS) {
      sums.merge(
          reason, new Outcome.Count(counts[reason.ordinal()], timesNs[reason.ordinal()]), Outcome.Count::plus);
    }
  }

  /** Adds these counts to others, by register. */
  public void addRegistersTo(Map<MsrRegister, Outcome.Count> sums) {
    for (MsrRegister register : REGISTERS) {
      sums.merge(
          register,
          new Outcome.Count(writeCounts[register.ordinal()], writeTimesNs[register.ordinal()]),
          Outcome.Count::plus);
    }
  }

  /** All zero, in the order of the reasons. */
  public static Map<ExitReason, Outcome.Count> noReasons() {
    Map<ExitReason, Outcome.Count> sums = new LinkedHashMap<>();
    new ExitCounts().addReasonsTo(sums);
    return sums;
  }

  /** All zero, in the order of the registers. */
  public static Map<MsrRegister, Outcome.Count> noRegisters() {
    Map<MsrRegister, Outcome.Count> sums = new LinkedHashMap<>();
    new ExitCounts().addRegistersTo(sums);
    return sums;
  }
}
