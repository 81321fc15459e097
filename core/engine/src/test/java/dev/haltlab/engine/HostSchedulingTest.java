package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Pins who gets a pCPU: threads placed where one is idle, sharing one fairly, charged for what they keep it from. */
final class HostSchedulingTest {
  private static final long MS = 1_000_000;

  private final List<SimulationSpec.Vm> vms = new ArrayList<>();

  private void vm(String name, List<Integer> pin, int vcpus, Consumer<Guest> workload) {
    vms.add(
        new SimulationSpec.Vm(
            name, null, 250, false, vcpus, pin, false, seat -> now -> 0, seat -> new Lab.Halting(true), workload));
  }

  private Outcome run(int pcpus, List<SimulationSpec.HostTask> tasks, long warmupNs, long forNs)
      throws InterruptedException {
    SimulationSpec.Host host =
        new SimulationSpec.Host(Lab.bare(1).profile(), KernelVersion.parse("6.1"), 1_000, pcpus, 0, tasks);
    return Simulation.run(new SimulationSpec(1, false, host, vms, 0, warmupNs, forNs), 0);
  }

  private static Consumer<Guest> hogFrom(long ns) {
    return guest -> {
      for (int i = 0; i < guest.vcpus(); i++) {
        guest.task("hog " + i, i, Script.once().sleep(ns).compute(Lab.FOREVER_NS));
      }
    };
  }

  private static double guestShare(Outcome outcome, int vm, int vcpu) {
    return (double) outcome.vms().get(vm).vcpus().get(vcpu).byState().get(VcpuState.GUEST) / outcome.simulatedNs();
  }

  @Test
  void vcpusThatShareAPcpuGetEqualSharesOfIt() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      vm("vm" + i, List.of(0), 1, hogFrom(0));
    }
    Outcome outcome = run(1, List.of(), 10 * MS, 600 * MS);
    for (int i = 0; i < 3; i++) {
      assertThat(guestShare(outcome, i, 0)).isBetween(0.31, 0.34);
    }
  }

  @Test
  void freeVcpusSpreadOverThePcpus() throws InterruptedException {
    vm("vm", List.of(), 4, hogFrom(0));
    Outcome outcome = run(4, List.of(), 10 * MS, 100 * MS);
    for (int i = 0; i < 4; i++) {
      assertThat(guestShare(outcome, 0, i)).isGreaterThan(0.99);
    }
  }

  @Test
  void aFreeVcpuWhosePcpuIsTakenIsWokenOnAnIdleOne() throws InterruptedException {
    vm("roamer", List.of(), 1, guest -> guest.task("t", 0, Script.once().sleep(10 * MS).compute(Lab.FOREVER_NS)));
    vm("resident", List.of(0), 1, hogFrom(5 * MS));
    Outcome outcome = run(2, List.of(), 20 * MS, 100 * MS);
    assertThat(guestShare(outcome, 0, 0)).isGreaterThan(0.99);
    assertThat(guestShare(outcome, 1, 0)).isGreaterThan(0.99);
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.GUEST)).isGreaterThan(99 * MS);
  }

  @Test
  void aFreeVcpuThatRanForLongOnOnePcpuIsNotStarvedOnAnother() throws InterruptedException {
    // it runs for a second on pCPU 0, and when it comes back all pCPUs are busy, pCPU 1 with fewer that wait
    vm(
        "roamer", List.of(), 1,
        guest -> guest.task("t", 0, Script.once().compute(1_000 * MS).sleep(20 * MS).compute(Lab.FOREVER_NS)));
    vm("three on pCPU 0", List.of(0, 0, 0), 3, hogFrom(1_005 * MS));
    vm("one on pCPU 1", List.of(1), 1, hogFrom(1_005 * MS));
    Outcome outcome = run(2, List.of(), 1_040 * MS, 200 * MS);

    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.GUEST)).isGreaterThan(195 * MS);
    assertThat(guestShare(outcome, 0, 0)).as("the roamer").isBetween(0.45, 0.55);
    assertThat(guestShare(outcome, 2, 0)).as("the one that was there").isBetween(0.45, 0.55);
  }

  @Test
  void aHostTaskGetsWhatItAsksForOnAnIdlePcpu() throws InterruptedException {
    vm("vm", List.of(0), 1, guest -> {});
    Outcome outcome =
        run(2, List.of(new SimulationSpec.HostTask("batch", 1, 10 * MS, 3 * MS)), 10 * MS, 1_000 * MS);
    Outcome.HostTask task = outcome.hostTasks().get(0);
    assertThat(task.wantedNs()).isEqualTo(300 * MS);
    assertThat(task.cpuNs()).isEqualTo(300 * MS);
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.BACKGROUND)).isEqualTo(300 * MS);
  }

  @Test
  void aFreeHostTaskTakesThePcpuThatIsIdle() throws InterruptedException {
    vm("vm", List.of(0), 1, hogFrom(0));
    Outcome outcome =
        run(2, List.of(new SimulationSpec.HostTask("batch", -1, 10 * MS, 10 * MS)), 10 * MS, 1_000 * MS);
    assertThat(outcome.hostTasks().get(0).cpuNs()).isGreaterThan(995 * MS);
    assertThat(guestShare(outcome, 0, 0)).isGreaterThan(0.99);
  }

  @Test
  void aTaskThatDidNotGetItsBurstHasItLeftForLater() throws InterruptedException {
    vm("vm", List.of(0), 1, guest -> guest.task("t", 0, Script.once().compute(500 * MS)));
    Outcome outcome =
        run(1, List.of(new SimulationSpec.HostTask("batch", 0, 10 * MS, 7 * MS)), 0, 2_000 * MS);
    // half of the pCPU while the vCPU wants the other half, all of it to catch up: 7/10 in the end
    assertThat(outcome.hostTasks().get(0).wantedNs()).isEqualTo(1_400 * MS);
    assertThat(outcome.hostTasks().get(0).cpuNs()).isBetween(1_395 * MS, 1_407 * MS);
  }

  @Test
  void wakingAHostTaskFromADeeperCstateIsTimeInWhichThePcpuIsNotBusy() throws InterruptedException {
    CState shallow = new CState("C1", Duration.ofNanos(2_000), Duration.ZERO, -1);
    CState deep = new CState("C6", Duration.ofNanos(90_000), Duration.ZERO, -1);
    Lab lab = Lab.bare(1).pcpus(2).cstates(shallow, deep).hostTask("batch", 1, 10 * MS, MS);
    lab.workload(guest -> guest.task("hog", 0, Script.once().compute(Lab.FOREVER_NS)));
    Outcome outcome = lab.run(5 * MS, 100 * MS);

    Outcome.Pcpu pcpu = outcome.pcpus().get(1);
    assertThat(pcpu.byState().get(PcpuState.BACKGROUND)).isEqualTo(10 * MS);
    assertThat(pcpu.byState().get(PcpuState.C_EXIT)).isEqualTo(10 * 88_000);
    assertThat(pcpu.byState().get(PcpuState.SWITCH)).isEqualTo(10 * lab.ns(HOST_SWITCH));
  }

  // --- the host's tick ---

  @Test
  void theHostsTickExitsFromGuestModeAndNowhereElse() {
    Lab busy = Lab.linux(1).hostHz(1_000);
    busy.workload(guest -> guest.task("hog", 0, Script.once().compute(Lab.FOREVER_NS)));
    Outcome outcome = busy.run(MS, 100 * MS);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(100);
    assertThat(outcome.vms().get(0).exits().get(ExitReason.EXTERNAL_INTERRUPT).timeNs())
        .isEqualTo(100 * busy.ns(VM_EXIT, INTERRUPT_EXIT_HANDLER, HOST_TICK, VM_ENTRY));
    assertThat(Lab.spent(outcome, 0, VcpuState.HOST_IRQ)).isEqualTo(100 * busy.ns(INTERRUPT_EXIT_HANDLER, HOST_TICK));

    Lab polling = Lab.linux(1).hostHz(1_000).poll(HaltPoll.FOREVER);
    outcome = polling.run(MS, 100 * MS);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
    assertThat(Lab.spent(outcome, 0, VcpuState.HOST_IRQ)).isEqualTo(100 * polling.ns(HOST_TICK));
    assertThat(Lab.spent(outcome, 0, VcpuState.POLLING)).isEqualTo(100 * MS - 100 * polling.ns(HOST_TICK));

    Lab asleep = Lab.linux(1).hostHz(1_000);
    outcome = asleep.run(MS, 100 * MS);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
    assertThat(Lab.spent(outcome, 0, VcpuState.BLOCKED)).as("the tick stops in idle").isEqualTo(100 * MS);
  }
}
