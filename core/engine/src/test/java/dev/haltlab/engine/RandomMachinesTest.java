package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Event;
import dev.haltlab.spi.Script;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * Pins what must hold on any machine: time is neither lost nor counted twice, what strategies and tasks saw is what was
 * counted, no message or wake-up is lost, and the same seed gives the same outcome. The machines are small and odd;
 * what breaks on one of them is named by its number.
 */
final class RandomMachinesTest {
  private static final int MACHINES = 200;
  /** Long enough for all the finite work, on a pCPU shared with threads that never give it up. */
  private static final long RUN_NS = 1_500_000_000;

  private static Outcome run(SimulationSpec spec, int replication) {
    try {
      return Simulation.run(spec, replication);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a test", e);
    }
  }

  @Test
  void lawsHoldOnAnyMachine() {
    SoftAssertions all = new SoftAssertions();
    for (int number = 0; number < MACHINES; number++) {
      int which = number;
      all.assertThatCode(() -> {
        RandomMachine machine = new RandomMachine(which);
        new Check(machine, run(machine.spec(which, RUN_NS), 0)).all();
      }).as("machine %d", number).doesNotThrowAnyException();
    }
    all.assertAll();
  }

  private record Check(RandomMachine machine, Outcome outcome) {
    void all() {
      times();
      places();
      for (int i = 0; i < outcome.vms().size(); i++) {
        Outcome.Vm vm = outcome.vms().get(i);
        probes(vm);
        exits(vm);
        halts(vm);
        if (machine.countsFromStart) {
          haltTimes(vm);
          booksAgree(vm.halts(), machine.books.get(i));
        }
        nothingLost(machine.books.get(i));
      }
    }

    private static long sum(Map<?, Long> parts) {
      return parts.values().stream().mapToLong(Long::longValue).sum();
    }

    private long vcpus(VcpuState... states) {
      long sum = 0;
      for (Outcome.Vm vm : outcome.vms()) {
        sum += vcpus(vm, states);
      }
      return sum;
    }

    private static long vcpus(Outcome.Vm vm, VcpuState... states) {
      long sum = 0;
      for (Outcome.Vcpu vcpu : vm.vcpus()) {
        for (VcpuState state : states) {
          sum += vcpu.byState().get(state);
        }
      }
      return sum;
    }

    private long pcpus(PcpuState... states) {
      long sum = 0;
      for (Outcome.Pcpu pcpu : outcome.pcpus()) {
        for (PcpuState state : states) {
          sum += pcpu.byState().get(state);
        }
      }
      return sum;
    }

    private void times() {
      long windowNs = outcome.simulatedNs();
      assertThat(windowNs).isPositive();
      for (Outcome.Vm vm : outcome.vms()) {
        for (Outcome.Vcpu vcpu : vm.vcpus()) {
          assertThat(sum(vcpu.byState())).as("vCPU %d of %s", vcpu.id(), vm.name()).isEqualTo(windowNs);
          assertThat(vcpu.byState().values()).allMatch(ns -> ns >= 0);
        }
      }
      for (Outcome.Pcpu pcpu : outcome.pcpus()) {
        assertThat(sum(pcpu.byState())).as("pCPU %d", pcpu.id()).isEqualTo(windowNs);
        assertThat(sum(pcpu.byCState())).isEqualTo(pcpu.byState().get(PcpuState.IDLE));
        assertThat(pcpu.byState().values()).allMatch(ns -> ns >= 0);
        assertThat(pcpu.byCState().values()).allMatch(ns -> ns >= 0);
      }
    }

    /** What a vCPU does on a pCPU is what that pCPU does. */
    private void places() {
      assertThat(pcpus(PcpuState.GUEST)).isEqualTo(vcpus(VcpuState.GUEST));
      assertThat(pcpus(PcpuState.POLL)).isEqualTo(vcpus(VcpuState.POLLING));
      long background = outcome.hostTasks().stream().mapToLong(Outcome.HostTask::cpuNs).sum();
      assertThat(pcpus(PcpuState.BACKGROUND)).isEqualTo(background);
      long moving = pcpus(PcpuState.EXIT, PcpuState.SWITCH, PcpuState.C_EXIT);
      long irq = pcpus(PcpuState.HOST_IRQ);
      if (machine.hasHostTasks()) {
        assertThat(moving).isGreaterThanOrEqualTo(vcpus(VcpuState.EXIT, VcpuState.WAKING));
        assertThat(irq).isGreaterThanOrEqualTo(vcpus(VcpuState.HOST_IRQ));
      } else {
        assertThat(moving).isEqualTo(vcpus(VcpuState.EXIT, VcpuState.WAKING));
        assertThat(irq).isEqualTo(vcpus(VcpuState.HOST_IRQ));
      }
      for (Outcome.HostTask task : outcome.hostTasks()) {
        assertThat(task.cpuNs()).isLessThanOrEqualTo(task.wantedNs() + 10_000_000); // what was left from before
      }
    }

    private static void probes(Outcome.Vm vm) {
      vm.probes().forEach((name, probe) -> {
        assertThat(probe.histogram().getTotalCount()).isEqualTo(probe.count());
        assertThat(sum(probe.path())).as("path of %s", name).isEqualTo(probe.sumNs());
        assertThat(probe.path().values()).allMatch(ns -> ns >= 0);
        if (probe.count() > 0) {
          assertThat(probe.minNs()).isNotNegative();
          assertThat(probe.sumNs()).isBetween(probe.count() * probe.minNs(), probe.count() * probe.maxNs());
        }
      });
    }

    private static void exits(Outcome.Vm vm) {
      Outcome.Count writes = vm.msrWrites().values().stream().reduce(Outcome.Count.NONE, Outcome.Count::plus);
      assertThat(vm.exits().get(ExitReason.MSR_WRITE)).isEqualTo(writes);
      Outcome.Count all = vm.exits().values().stream().reduce(Outcome.Count.NONE, Outcome.Count::plus);
      // out of guest mode is in an exit, but for booting and the exit that is not over yet
      long outside =
          vcpus(
              vm, VcpuState.EXIT, VcpuState.POLLING, VcpuState.HOST_IRQ, VcpuState.BLOCKED, VcpuState.WAKING,
              VcpuState.RUNNABLE);
      assertThat(all.timeNs()).isBetween(0L, outside);
    }

    private static long total(RandomMachine.Books books, ToLongFunction<RandomMachine.Strategy> what) {
      return books.strategies.stream().mapToLong(what).sum();
    }

    /** What the strategies were told is what was counted. */
    private void booksAgree(Outcome.Halts halts, RandomMachine.Books books) {
      long open = total(books, strategy -> strategy.inFlight() ? 1 : 0);
      assertThat(halts.exits()).isGreaterThanOrEqualTo(total(books, s -> s.budgets));
      if (books.forbidden) {
        assertThat(total(books, s -> s.wokens)).isZero();
        assertThat(halts.attemptedPoll()).isZero();
        assertThat(halts.decisions()).isZero();
      } else {
        assertThat(total(books, s -> s.budgets)).isEqualTo(total(books, s -> s.wokens) + open);
        assertThat(halts.attemptedPoll()).isEqualTo(total(books, s -> s.attempts));
        assertThat(halts.pollSuccessNs() + halts.pollFailNs()).isEqualTo(total(books, s -> s.polledNs));
        assertThat(halts.waitNs()).isEqualTo(total(books, s -> s.waitedNs));
        assertThat(halts.wakeup()).isBetween(total(books, s -> s.sleeps), total(books, s -> s.sleeps) + open);
      }
    }

    private static void halts(Outcome.Vm vm) {
      Outcome.Halts halts = vm.halts();
      long edge = vm.vcpus().size(); // a halt across the window's edge may be counted by one of two counters
      assertThat(halts.successfulPoll()).isBetween(0L, halts.attemptedPoll());
      assertThat(halts.pollCutShort()).isBetween(0L, halts.attemptedPoll() + edge);
      assertThat(halts.pollInvalid()).isZero();
      assertThat(halts.attemptedPoll()).isBetween(0L, halts.exits() + edge);
      assertThat(halts.wakeup()).isBetween(0L, halts.exits() + edge);
      assertThat(halts.exits() - vm.exits().get(ExitReason.HLT).count()).isBetween(-edge, edge);
    }

    /** Time that was polled or slept was so spent; from time 0 on nothing of it lies before the window. */
    private static void haltTimes(Outcome.Vm vm) {
      Outcome.Halts halts = vm.halts();
      assertThat(halts.pollSuccessNs() + halts.pollFailNs())
          .isLessThanOrEqualTo(vcpus(vm, VcpuState.POLLING, VcpuState.RUNNABLE, VcpuState.HOST_IRQ));
      assertThat(halts.waitNs())
          .isLessThanOrEqualTo(
              vcpus(
                  vm, VcpuState.BLOCKED, VcpuState.EXIT, VcpuState.WAKING, VcpuState.RUNNABLE, VcpuState.HOST_IRQ));
    }

    private static void nothingLost(RandomMachine.Books books) {
      assertThat(books.finished).as("tasks that came to their end").isEqualTo(books.tasks);
      for (long[] sentAndReceived : books.sentAndReceived) {
        assertThat(sentAndReceived[1]).as("messages received, of those sent").isEqualTo(sentAndReceived[0]);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameOutcomeAndAnotherOneAnother() {
    int tried = 0;
    int differ = 0;
    for (int number = 0; number < MACHINES; number += 4) {
      Outcome first = run(new RandomMachine(number).spec(number, 50_000_000), 0);
      Outcome again = run(new RandomMachine(number).spec(number, 50_000_000), 0);
      assertThat(again).as("machine %d", number).isEqualTo(first);
      Outcome otherSeed = run(new RandomMachine(number).spec(number + 1, 50_000_000), 0);
      Outcome otherReplication = run(new RandomMachine(number).spec(number, 50_000_000), 1);
      tried++;
      if (!otherSeed.equals(first) && !otherReplication.equals(first) && !otherReplication.equals(otherSeed)) {
        differ++;
      }
    }
    // with constant prices and little to do the phase of ticks may be all that chance decides
    assertThat(differ).isGreaterThan(tried * 9 / 10);
  }

  @Test
  void timeOutOfGuestModeIsTheTimeOfExits() {
    // from a moment at which both vCPUs compute to another one, with ticks, timers, polls, sleeps and steal in between
    Lab lab = Lab.linux(2).hostHz(1_000).guestHz(250).poll(20_000).hostTask("batch", 1, 3_000_000, 300_000);
    lab.workload(
        guest -> {
          Event ping = guest.event("ping", true);
          Event pong = guest.event("pong", true);
          Script a = Script.once().compute(1_000_000);
          Script b = Script.once().compute(1_000_000);
          for (int i = 0; i < 500; i++) {
            a.signal(ping).await(pong).sleep(i * 100).compute(i * 50);
            b.await(ping).compute(i * 70).signal(pong);
          }
          guest.task("a", 0, a.compute(Lab.FOREVER_NS));
          guest.task("b", 1, b.compute(Lab.FOREVER_NS));
        });
    Outcome outcome = lab.run(500_000, 149_000_000);
    Outcome.Vm vm = outcome.vms().get(0);
    long exits = vm.exits().values().stream().mapToLong(Outcome.Count::timeNs).sum();
    assertThat(Check.vcpus(vm, VcpuState.GUEST) + exits).isEqualTo(2 * outcome.simulatedNs());
    assertThat(Check.vcpus(vm, VcpuState.BLOCKED)).isPositive();
    assertThat(Check.vcpus(vm, VcpuState.POLLING)).isPositive();
    assertThat(Check.vcpus(vm, VcpuState.RUNNABLE)).isPositive();
    assertThat(vm.exits().get(ExitReason.EXTERNAL_INTERRUPT).count()).isPositive();
  }

  @Test
  void lawsHoldOnBareMetal() {
    int tried = 0;
    for (int number = 0; number < MACHINES; number++) {
      RandomMachine machine = new RandomMachine(number);
      if (machine.runsNatively()) {
        tried++;
        Outcome outcome = run(machine.nativeSpec(number, 200_000_000), 0);
        Check check = new Check(machine, outcome);
        check.times();
        Check.probes(outcome.vms().get(0));
        Check.nothingLost(machine.books.get(0));
        assertThat(outcome.vms().get(0).exits().values()).allMatch(count -> count.equals(Outcome.Count.NONE));
        assertThat(outcome.vms().get(0).halts()).isEqualTo(new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1));
      }
    }
    assertThat(tried).isGreaterThan(10);
  }
}
