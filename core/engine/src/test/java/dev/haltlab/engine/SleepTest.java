package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Body;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins where the latency of a task that sleeps goes: were its token to rest until the task runs again, the wake-up would
 * pass for sleep asked for; were it to stay with the CPU, the work of others would pass for its own.
 */
final class SleepTest {
  private static final long US = 1_000;
  private static final long MS = 1_000_000;
  private static final long NAP_NS = 50 * US;

  private final Map<Step, Cost> prices = new EnumMap<>(Step.class);
  private boolean nativeRun;
  private int hz = 1;

  @Test
  void theWakeUpIsChargedToItsStepsFromTheTimersExpiryOn() {
    price(Step.HOST_TIMER, US);
    price(Step.WAKE_THREAD, 2 * US);
    price(Step.SCHED_IN, 3 * US);
    price(Step.INJECT_COLD, 4 * US);
    price(Step.COLD_WAKE, 5 * US);
    price(Step.TIMER_ISR, 6 * US);
    price(Step.IDLE_EXIT, 7 * US);
    price(Step.GUEST_SWITCH, 8 * US);
    price(Step.SLEEP_RETURN, 9 * US);
    Map<PathStep, Long> path = nap(SleepTest::sleeper);

    assertThat(path)
        .containsEntry(PathStep.SLEEPING, NAP_NS)
        .containsEntry(PathStep.WAKE_THREAD, 3 * US)
        .containsEntry(PathStep.SCHED_IN, 3 * US)
        .containsEntry(PathStep.INJECT, 4 * US)
        .containsEntry(PathStep.COLD_WAKE, 5 * US)
        .containsEntry(PathStep.GUEST_INTERRUPT, 6 * US)
        .containsEntry(PathStep.GUEST_IDLE, 7 * US)
        .containsEntry(PathStep.GUEST_SCHEDULER, 8 * US)
        .containsEntry(PathStep.SYSCALL, 9 * US);
  }

  @Test
  void nativelyTheInterruptIsChargedAsSuch() {
    nativeRun = true;
    price(Step.HARDWARE_INTERRUPT, 7 * US);

    assertThat(nap(SleepTest::sleeper))
        .containsEntry(PathStep.SLEEPING, NAP_NS)
        .containsEntry(PathStep.NOTIFICATION, 7 * US);
  }

  @Test
  void aRelativeSleepCountsFromItsArming() {
    price(Step.SLEEP, 30 * US);

    assertThat(nap(SleepTest::sleeper))
        .containsEntry(PathStep.SYSCALL, 30 * US)
        .containsEntry(PathStep.SLEEPING, NAP_NS);
  }

  @Test
  void anAbsoluteSleepThatIsOverOnTheWayIntoTheKernelReturnsAtOnce() {
    price(Step.SLEEP, 30 * US);
    Map<PathStep, Long> path =
        nap(
            guest -> {
              var nap = guest.probe("nap");
              boolean[] asleep = {false};
              guest.task(
                  "sleeper", 0,
                  cpu -> {
                    asleep[0] = !asleep[0];
                    if (asleep[0]) {
                      cpu.start(nap);
                      cpu.sleepUntil(cpu.nowNs() + 10 * US);
                    } else {
                      cpu.stop(nap);
                      cpu.compute(MS);
                    }
                  });
            });

    assertThat(path).containsEntry(PathStep.SYSCALL, 30 * US).containsEntry(PathStep.SLEEPING, 0L);
  }

  @Test
  void aTimerThatExpiresWhileItIsWrittenLeavesNothingToSleep() {
    price(Step.TIMER_HANDLER, 80 * US);
    Map<PathStep, Long> path = nap(SleepTest::sleeper);

    assertThat(path.get(PathStep.TIMER_WRITE)).isGreaterThanOrEqualTo(80 * US);
    assertThat(path).containsEntry(PathStep.SLEEPING, 0L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theWorkOfOthersIsWaitingNotWork(boolean natively) {
    nativeRun = natively;
    hz = 1000;
    price(Step.VM_EXIT, US);
    price(Step.TIMER_ISR, US);
    price(Step.GUEST_SWITCH, US);
    Map<PathStep, Long> path =
        nap(
            guest -> {
              sleeper(guest);
              guest.task("busy", 0, Script.forever().compute(70 * US));
              guest.task("another sleeper", 0, Script.forever().sleep(NAP_NS).compute(40 * US));
            });

    assertThat(path).containsEntry(PathStep.GUEST_WORK, 0L);
    assertThat(path.get(PathStep.QUEUE_WAIT)).isPositive();
  }

  @Test
  void ofTwoThatWakeTogetherOneWaitsForTheOther() {
    price(Step.WAKE_THREAD, 20 * US);
    Map<PathStep, Long> path =
        nap(
            guest -> {
              guest.task("first", 0, everyMillisecond(null, 200 * US));
              guest.task("second", 0, everyMillisecond(guest.probe("nap"), 300 * US));
            });

    assertThat(path).containsEntry(PathStep.GUEST_WORK, 0L).containsEntry(PathStep.WAKE_THREAD, 20 * US);
    assertThat(path.get(PathStep.QUEUE_WAIT)).isPositive();
  }

  /** Sleeps to the end of each millisecond, measures that, and then works. */
  private static Body everyMillisecond(@Nullable Probe nap, long workNs) {
    boolean[] asleep = {false};
    return cpu -> {
      asleep[0] = !asleep[0];
      if (asleep[0]) {
        if (nap != null) {
          cpu.start(nap);
        }
        cpu.sleepUntil((cpu.nowNs() / MS + 1) * MS);
      } else {
        if (nap != null) {
          cpu.stop(nap);
        }
        cpu.compute(workNs);
      }
    };
  }

  private void price(Step step, long ns) {
    prices.put(step, Cost.ofNs(ns, Basis.ASSUMED, "test"));
  }

  private static void sleeper(Guest guest) {
    var nap = guest.probe("nap");
    guest.task("sleeper", 0, Script.forever().start(nap).sleep(NAP_NS).stop(nap).compute(MS));
  }

  /** The mean path of the first probe, whose parts add up to its latency, ns. */
  private Map<PathStep, Long> nap(Consumer<Guest> workload) {
    HostProfile profile =
        new HostProfile(
            "test", new Hertz(1_000_000_000), prices, List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1)),
            EnumSet.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS));
    SimulationSpec.Host host = new SimulationSpec.Host(profile, KernelVersion.parse("6.11"), 1, 1, 0, List.of());
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", KernelVersion.parse("3.16"), hz, true, 1, List.of(0), false, seat -> now -> 0, seat -> new Halting(),
            workload);
    Outcome outcome;
    try {
      outcome = Simulation.run(new SimulationSpec(1, nativeRun, host, List.of(vm), 0, 0, 100 * MS), 0);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Outcome.ProbeOutcome measured = outcome.vms().get(0).probes().get("nap");
    assertThat(measured.count()).isPositive();
    assertThat(measured.path().values().stream().mapToLong(ns -> ns).sum()).isEqualTo(measured.sumNs());
    assertThat(measured.path().values()).allMatch(ns -> ns >= 0);
    Map<PathStep, Long> mean = new EnumMap<>(PathStep.class);
    measured.path().forEach((part, ns) -> mean.put(part, ns / measured.count()));
    return mean;
  }

  private record Halting() implements IdlePolicy {
    @Override
    public List<IdleState> states() {
      return List.of(new IdleState("HLT", IdleState.Kind.HLT, 0, 0));
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }
  }
}
