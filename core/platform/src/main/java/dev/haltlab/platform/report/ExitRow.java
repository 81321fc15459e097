package dev.haltlab.platform.report;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A row of a table of exits.
 *
 * @param name perf's name of the reason, or the register's
 * @param register whether it is a part of the reason above it
 * @param count how often a VM's vCPUs exited so, and how long
 */
record ExitRow(String name, boolean register, Function<Outcome.Vm, Outcome.Count> count) {
  /** All reasons, the registers below MSR_WRITE. */
  static final List<ExitRow> ALL = rows();

  private static List<ExitRow> rows() {
    List<ExitRow> rows = new ArrayList<>();
    for (ExitReason reason : ExitReason.values()) {
      rows.add(new ExitRow(reason.name(), false, vm -> vm.exits().getOrDefault(reason, Outcome.Count.NONE)));
      if (reason == ExitReason.MSR_WRITE) {
        for (MsrRegister register : MsrRegister.values()) {
          rows.add(new ExitRow(register.name(), true, vm -> vm.msrWrites().getOrDefault(register, Outcome.Count.NONE)));
        }
      }
    }
    return List.copyOf(rows);
  }

  /** Exits of any reason. */
  static long all(Outcome.Vm vm) {
    return vm.exits().values().stream().mapToLong(Outcome.Count::count).sum();
  }
}
