package dev.haltlab.platform.report;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.spi.CState;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CPU time by state, as reports show it. */
final class CpuTime {
  private static final Set<PcpuState> PCPU_IDLE = EnumSet.of(PcpuState.IDLE, PcpuState.C_EXIT);

  /** Not charged to a vCPU: asleep, or runnable while another thread has the CPU. */
  private static final Set<VcpuState> VCPU_OFF = EnumSet.of(VcpuState.BLOCKED, VcpuState.RUNNABLE);

  private CpuTime() {}

  /** Time the pCPU was neither idle nor waking from a C-state, ns. */
  static long busyNs(Outcome.Pcpu pcpu) {
    long ns = 0;
    for (Map.Entry<PcpuState, Long> each : pcpu.byState().entrySet()) {
      ns += PCPU_IDLE.contains(each.getKey()) ? 0 : each.getValue();
    }
    return ns;
  }

  /**
   * What the pCPU's core used while idle: its time in each C-state times the power of that state, microjoules. Busy time
   * and waking are not in it, as profiles have no power for them.
   *
   * @return null unless the host knows the power of every C-state it allows
   */
  static @Nullable BigDecimal idleEnergyUj(Outcome.Pcpu pcpu, SimulationSpec.Host host) {
    List<CState> allowed = host.profile().cstates().subList(0, host.deepestCState() + 1);
    BigDecimal picojoules = BigDecimal.ZERO; // a milliwatt for a nanosecond
    for (CState state : allowed) {
      if (state.powerMw() < 0) {
        return null;
      }
      long ns = pcpu.byCState().getOrDefault(state.name(), 0L);
      picojoules = picojoules.add(BigDecimal.valueOf(ns).multiply(BigDecimal.valueOf(state.powerMw())));
    }
    return picojoules.movePointLeft(6).setScale(Figures.UJ_SCALE, RoundingMode.HALF_EVEN);
  }

  /** Host CPU time charged to the vCPU's thread, ns; polling included. */
  static long busyNs(Outcome.Vcpu vcpu) {
    long ns = 0;
    for (Map.Entry<VcpuState, Long> each : vcpu.byState().entrySet()) {
      ns += VCPU_OFF.contains(each.getKey()) ? 0 : each.getValue();
    }
    return ns;
  }

  /** Host CPU time charged to the VM's vCPUs, ns. */
  static long busyNs(Outcome.Vm vm) {
    return vm.vcpus().stream().mapToLong(CpuTime::busyNs).sum();
  }

  /** Time the pCPUs were busy, ns, all together. */
  static long busyNs(Outcome outcome) {
    return outcome.pcpus().stream().mapToLong(CpuTime::busyNs).sum();
  }

  /** Time the pCPUs were busy, all together, in per cent of one of them. */
  static @Nullable BigDecimal busyPercent(Outcome outcome) {
    BigDecimal ratio = Figures.ratio(busyNs(outcome), outcome.simulatedNs());
    return ratio == null ? null : ratio.movePointRight(2);
  }

  /** Time of all pCPUs in each state, ns; as {@link #byState(Outcome.Pcpu)}. */
  static Map<String, Long> byState(Outcome outcome) {
    Map<String, Long> all = new LinkedHashMap<>();
    outcome.pcpus().forEach(pcpu -> byState(pcpu).forEach((state, ns) -> all.merge(state, ns, Long::sum)));
    return all;
  }

  /** The states that took time anywhere, C-states last. */
  static Set<String> statesTaken(List<Outcome> outcomes) {
    Set<String> states = new LinkedHashSet<>();
    Set<String> taken = new LinkedHashSet<>();
    for (Outcome outcome : outcomes) {
      byState(outcome).forEach((state, ns) -> {
        states.add(state);
        if (ns > 0) {
          taken.add(state);
        }
      });
    }
    states.retainAll(taken);
    return states;
  }

  /** Time in each state, ns, every state named, idle time split by C-state; in a fixed order. */
  static Map<String, Long> byState(Outcome.Pcpu pcpu) {
    Map<String, Long> states = new LinkedHashMap<>();
    for (PcpuState state : PcpuState.values()) {
      if (state != PcpuState.IDLE) {
        states.put(state.name(), pcpu.byState().getOrDefault(state, 0L));
      }
    }
    states.putAll(pcpu.byCState());
    return states;
  }

  /** Time in each state, ns, every state named; in a fixed order. */
  static Map<String, Long> byState(Outcome.Vcpu vcpu) {
    Map<String, Long> states = new LinkedHashMap<>();
    for (VcpuState state : VcpuState.values()) {
      states.put(state.name(), vcpu.byState().getOrDefault(state, 0L));
    }
    return states;
  }

  /** Whether this is a state of its own, else it is the C-state of an idle pCPU. */
  static boolean isState(String state) {
    return Arrays.stream(PcpuState.values()).anyMatch(each -> each.name().equals(state));
  }

  /** A state in words; C-states bear their own names. */
  static String title(String state) {
    for (PcpuState each : PcpuState.values()) {
      if (each.name().equals(state)) {
        return each == PcpuState.C_EXIT ? "C-exit" : each.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      }
    }
    return state;
  }
}
