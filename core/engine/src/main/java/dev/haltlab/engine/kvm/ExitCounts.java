package dev.haltlab.engine.kvm;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;

/** Exits of one vCPU by reason, and MSR writes by register: how many, and the time from exit to entry. */
public final class ExitCounts {
  private static final ExitReason[] REASONS = ExitReason.values();
  private static final MsrRegister[] REGISTERS = MsrRegister.values();

  private final TimeSums[] reasons = new TimeSums[REASONS.length];
  private final TimeSums[] registers = new TimeSums[REGISTERS.length];

  ExitCounts() {
    for (int i = 0; i < reasons.length; i++) {
      reasons[i] = new TimeSums();
    }
    for (int i = 0; i < registers.length; i++) {
      registers[i] = new TimeSums();
    }
  }

  /**
   * Counts an exit.
   *
   * @param reason by ordinal
   * @param register the one written, by ordinal; −1 if the exit is no MSR_WRITE
   * @param ns from exit to entry
   */
  void add(int reason, int register, long ns) {
    // Once each: what was written to registers makes MSR_WRITE when it is asked for.
    (register >= 0 ? registers[register] : reasons[reason]).add(ns);
  }

  void reset() {
    for (TimeSums sums : reasons) {
      sums.reset();
    }
    for (TimeSums sums : registers) {
      sums.reset();
    }
  }

  /** Adds these counts to others, by reason. */
  public void addReasonsTo(Map<ExitReason, Outcome.Count> sums) {
    for (ExitReason reason : REASONS) {
      sums.merge(reason, reasons[reason.ordinal()].outcome(), Outcome.Count::plus);
    }
    for (TimeSums register : registers) {
      sums.merge(ExitReason.MSR_WRITE, register.outcome(), Outcome.Count::plus);
    }
  }

  /** Adds these counts to others, by register. */
  public void addRegistersTo(Map<MsrRegister, Outcome.Count> sums) {
    for (MsrRegister register : REGISTERS) {
      sums.merge(register, registers[register.ordinal()].outcome(), Outcome.Count::plus);
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
