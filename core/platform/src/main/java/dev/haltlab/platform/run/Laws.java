package dev.haltlab.platform.run;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.platform.scenario.Plan;
import java.math.BigInteger;
import java.util.Map;

/**
 * What every outcome must satisfy whatever was simulated: time and events are neither lost nor counted twice. A broken
 * law is a bug of the engine, never of the input.
 */
final class Laws {
  private final String where;

  private Laws(String where) {
    this.where = where;
  }

  /**
   * Checks one outcome.
   *
   * @throws IllegalStateException naming the first law that is broken, and where
   */
  static void check(Plan.Variant variant, int replication, Outcome outcome) {
    Laws laws = new Laws("variant '" + variant.name() + "', replication " + replication + ": ");
    laws.require(outcome.simulatedNs() > 0, "the window is " + outcome.simulatedNs() + " ns long");
    for (Outcome.Vm vm : outcome.vms()) {
      laws.times(vm, outcome.simulatedNs());
      vm.probes().forEach((name, probe) -> laws.probe("probe " + vm.name() + "/" + name, probe));
      laws.transactions(vm);
      laws.exits(vm, variant.nativeRun());
      laws.halts(vm, variant.nativeRun());
    }
    laws.machine(outcome);
  }

  private void times(Outcome.Vm vm, long windowNs) {
    for (Outcome.Vcpu vcpu : vm.vcpus()) {
      equal("vCPU " + vm.name() + "/" + vcpu.id() + ": its states' times", sum(vcpu.byState()), "the window", windowNs);
    }
  }

  private void probe(String what, Outcome.ProbeOutcome probe) {
    long count = probe.count();
    equal(what + ": its histogram's count", probe.histogram().getTotalCount(), "its count", count);
    equal(what + ": its critical path", sum(probe.path()), "the sum of its latencies", probe.sumNs());
    if (count == 0) {
      equal(what + ": the sum of no latencies", probe.sumNs(), "nothing", 0);
    } else {
      long floor = probe.sumNs() / count;
      boolean between = 0 <= probe.minNs() && probe.minNs() <= floor && floor <= probe.maxNs();
      String range = probe.minNs() + " to " + probe.maxNs() + " ns";
      require(between, what + ": its mean of " + floor + " ns is not within " + range);
    }
  }

  private void transactions(Outcome.Vm vm) {
    if (vm.probes().isEmpty()) {
      equal("VM " + vm.name() + ": its transactions", vm.transactions(), "none, as it has no probe,", 0);
    } else {
      Outcome.ProbeOutcome first = vm.probes().values().iterator().next();
      String what = "VM " + vm.name() + ": its transactions";
      equal(what, vm.transactions(), "the latencies of its first probe", first.count());
    }
  }

  private void exits(Outcome.Vm vm, boolean nativeRun) {
    String what = "VM " + vm.name() + ": ";
    Outcome.Count all = total(vm.exits());
    Outcome.Count writes = total(vm.msrWrites());
    Outcome.Count reason = vm.exits().getOrDefault(ExitReason.MSR_WRITE, Outcome.Count.NONE);
    equal(what + "its MSR_WRITE exits", reason.count(), "the writes by register", writes.count());
    equal(what + "the time of its MSR_WRITE exits", reason.timeNs(), "the time by register", writes.timeNs());
    vm.exits().forEach((name, count) -> spread(what + "its " + name + " exits", count));
    vm.msrWrites().forEach((name, count) -> spread(what + "its writes to " + name, count));
    if (nativeRun) {
      equal(what + "exits on bare hardware", all.count(), "none", 0);
      equal(what + "time of exits on bare hardware", all.timeNs(), "none", 0);
    }
  }

  /** Extremes, sum and squares of the same times agree; the last is the inequality of Cauchy and Schwarz. */
  private void spread(String what, Outcome.Count count) {
    if (count.count() > 0) {
      atMost(what + ": the shortest, as often,", count.minNs() * count.count(), "their time", count.timeNs(), 0);
      atMost(what + ": the mean", count.timeNs() / count.count(), "the longest", count.maxNs(), 0);
      BigInteger squared = BigInteger.valueOf(count.timeNs()).pow(2);
      boolean enough = count.squares().multiply(BigInteger.valueOf(count.count())).compareTo(squared) >= 0;
      require(enough, what + ": the sum of their squares is too small for their time");
    }
  }

  private void halts(Outcome.Vm vm, boolean nativeRun) {
    Outcome.Halts halts = vm.halts();
    String what = "VM " + vm.name() + ": ";
    // Two counters of one halt may move on either side of the window's edge: one halt of slack for each vCPU.
    long slack = vm.vcpus().size();
    atMost(what + "halt_successful_poll", halts.successfulPoll(), "halt_attempted_poll", halts.attemptedPoll(), slack);
    atMost(what + "halt_poll_invalid", halts.pollInvalid(), "halt_attempted_poll", halts.attemptedPoll(), slack);
    atMost(what + "polls cut short", halts.pollCutShort(), "halt_attempted_poll", halts.attemptedPoll(), slack);
    atMost(what + "halt_attempted_poll", halts.attemptedPoll(), "halt_exits", halts.exits(), slack);
    atMost(what + "halt_wakeup", halts.wakeup(), "halt_exits", halts.exits(), slack);
    long hlt = vm.exits().getOrDefault(ExitReason.HLT, Outcome.Count.NONE).count();
    atMost(what + "halt_exits", halts.exits(), "the HLT exits", hlt, slack);
    atMost(what + "the HLT exits", hlt, "halt_exits", halts.exits(), slack);
    if (halts.decisions() > 0) {
      atMost(what + "its mean window", halts.windowSumNs() / halts.decisions(), "its largest", halts.windowMaxNs(), 0);
    }
    if (nativeRun) {
      equal(what + "halt_exits on bare hardware", halts.exits(), "none", 0);
    }
  }

  private void machine(Outcome outcome) {
    long guest = 0;
    long poll = 0;
    long background = 0;
    for (Outcome.Pcpu pcpu : outcome.pcpus()) {
      String what = "pCPU " + pcpu.id() + ": ";
      equal(what + "its states' times", sum(pcpu.byState()), "the window", outcome.simulatedNs());
      long idle = pcpu.byState().getOrDefault(PcpuState.IDLE, 0L);
      equal(what + "its C-states' times", sum(pcpu.byCState()), "its idle time", idle);
      guest += pcpu.byState().getOrDefault(PcpuState.GUEST, 0L);
      poll += pcpu.byState().getOrDefault(PcpuState.POLL, 0L);
      background += pcpu.byState().getOrDefault(PcpuState.BACKGROUND, 0L);
    }
    for (Outcome.Vm vm : outcome.vms()) {
      for (Outcome.Vcpu vcpu : vm.vcpus()) {
        guest -= vcpu.byState().getOrDefault(VcpuState.GUEST, 0L);
        poll -= vcpu.byState().getOrDefault(VcpuState.POLLING, 0L);
      }
    }
    for (Outcome.HostTask task : outcome.hostTasks()) {
      background -= task.cpuNs();
    }
    equal("the pCPUs' guest time less the vCPUs'", guest, "nothing", 0);
    equal("the pCPUs' polling time less the vCPUs'", poll, "nothing", 0);
    equal("the pCPUs' background time less the host tasks' CPU time", background, "nothing", 0);
  }

  private void equal(String what, long value, String other, long expected) {
    if (value != expected) {
      throw broken(what + " must equal " + other + ": " + value + " is not " + expected);
    }
  }

  private void atMost(String what, long value, String other, long limit, long slack) {
    if (value - slack > limit) {
      throw broken(what + " must not exceed " + other + ": " + value + " is more than " + limit);
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw broken(otherwise);
    }
  }

  private IllegalStateException broken(String what) {
    return new IllegalStateException("a conservation law is broken in " + where + what);
  }

  private static long sum(Map<?, Long> parts) {
    long sum = 0;
    for (long part : parts.values()) {
      sum += part;
    }
    return sum;
  }

  private static Outcome.Count total(Map<?, Outcome.Count> parts) {
    Outcome.Count sum = Outcome.Count.NONE;
    for (Outcome.Count part : parts.values()) {
      sum = sum.plus(part);
    }
    return sum;
  }
}
