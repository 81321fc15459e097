package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pins that timer writes follow the guest's kernel: were its version ignored, every guest would pay for its idle loop what
 * Linux 3.16 paid.
 */
final class TimerWritesTest {
  private static final long SECOND_NS = 1_000_000_000;

  /** The idle policy stops the tick, or keeps it as with nohz=off. */
  @ParameterizedTest
  @CsvSource({
    "3.16, true, 8",
    "5.14, true, 8",
    "5.15, true, 6",
    "7.0, true, 6",
    "7.1, true, 4",
    "3.16, false, 0",
    "7.1, false, 0",
  })
  void aRoundTripBetweenTwoVcpusWritesTheTimerAsItsKernelDoes(String kernel, boolean stopsTick, double writes)
      throws InterruptedException {
    Outcome.Vm vm = run(kernel, ApicTimer.ONE_SHOT, stopsTick, true);
    long ticks = stopsTick ? 0 : 2 * 250;

    double perTransaction = (double) (vm.msrWrites().get(MsrRegister.TMICT).count() - ticks) / vm.transactions();
    assertThat(perTransaction).isCloseTo(writes, within(0.2));
  }

  /** With nothing but the tick's timer queued, removing it leaves none, or stops the timer. */
  @ParameterizedTest
  @CsvSource({
    "3.16, 4, 0, 0",
    "4.9, 4, 0, 0",
    "4.14, 8, 8, 4",
    "5.14, 8, 8, 4",
    "5.15, 6, 4, 2",
    "7.1, 4, 0, 0",
  })
  void withoutWatchdogNewerKernelsStopTheTimerInBetween(String kernel, double counts, double modes, double dividers)
      throws InterruptedException {
    Outcome.Vm vm = run(kernel, ApicTimer.ONE_SHOT, true, false);

    assertThat(perTransaction(vm, MsrRegister.TMICT)).isCloseTo(counts, within(0.2));
    assertThat(perTransaction(vm, MsrRegister.LVTT)).isCloseTo(modes, within(0.2));
    assertThat(perTransaction(vm, MsrRegister.TDCR)).isCloseTo(dividers, within(0.1));
  }

  /** The same writes go to the other register: neither mode nor divider with each. */
  @ParameterizedTest
  @CsvSource({"3.16, true, 8", "5.15, true, 6", "7.1, true, 4", "7.1, false, 0"})
  void aGuestWithDeadlinesWritesThemInsteadOfCounts(String kernel, boolean stopsTick, double writes)
      throws InterruptedException {
    Outcome.Vm vm = run(kernel, ApicTimer.TSC_DEADLINE, stopsTick, true);
    long ticks = stopsTick ? 0 : 2 * 250;

    double perTransaction = (double) (vm.msrWrites().get(MsrRegister.TSC_DEADLINE).count() - ticks) / vm.transactions();
    assertThat(perTransaction).isCloseTo(writes, within(0.2));
    assertThat(perTransaction(vm, MsrRegister.TMICT)).isZero();
    assertThat(perTransaction(vm, MsrRegister.LVTT)).isZero();
    assertThat(perTransaction(vm, MsrRegister.TDCR)).isZero();
  }

  /** Stopping clears the count, in vain, until 6.12 clears the deadline; starting again writes no divider. */
  @ParameterizedTest
  @CsvSource({
    "4.9, 4, 0, 0",
    "4.14, 4, 4, 8",
    "6.11, 4, 2, 4",
    "6.12, 6, 0, 4",
    "7.1, 4, 0, 0",
  })
  void withoutWatchdogDeadlinesAreStoppedAsTheKernelDoes(String kernel, double deadlines, double counts, double modes)
      throws InterruptedException {
    Outcome.Vm vm = run(kernel, ApicTimer.TSC_DEADLINE, true, false);

    assertThat(perTransaction(vm, MsrRegister.TSC_DEADLINE)).isCloseTo(deadlines, within(0.2));
    assertThat(perTransaction(vm, MsrRegister.TMICT)).isCloseTo(counts, within(0.2));
    assertThat(perTransaction(vm, MsrRegister.LVTT)).isCloseTo(modes, within(0.2));
    assertThat(perTransaction(vm, MsrRegister.TDCR)).isZero();
  }

  /** A timer that has been stopped, and started again with the next expiry, must fire. */
  @ParameterizedTest
  @CsvSource({
    "4.9, ONE_SHOT, false", "4.14, ONE_SHOT, false", "4.14, ONE_SHOT, true", "4.14, TSC_DEADLINE, false",
    "6.12, TSC_DEADLINE, false", "6.12, TSC_DEADLINE, true"
  })
  void aSleeperOfATicklessGuestWithoutWatchdogWakesOnTime(String kernel, ApicTimer timer, boolean natively)
      throws InterruptedException {
    long[] wokenNs = {-1};
    SimulationSpec spec =
        spec(
            Map.of(), KernelVersion.parse(kernel), timer, true, false, natively,
            guest -> {
              int[] naps = {0};
              guest.task(
                  "sleeper", 0,
                  cpu -> {
                    wokenNs[0] = cpu.nowNs();
                    if (++naps[0] <= 2) {
                      cpu.sleepUntil(naps[0] * SECOND_NS / 4);
                    } else {
                      cpu.exit();
                    }
                  });
            });
    Simulation.run(spec, 0);

    assertThat(wokenNs[0]).isEqualTo(SECOND_NS / 2);
  }

  private static double perTransaction(Outcome.Vm vm, MsrRegister register) {
    return (double) vm.msrWrites().get(register).count() / vm.transactions();
  }

  private static Outcome.Vm run(String kernel, ApicTimer timer, boolean stopsTick, boolean watchdog)
      throws InterruptedException {
    Map<Step, Cost> prices = new EnumMap<>(Step.class);
    prices.put(Step.SEND, Cost.ofNs(50_000, Basis.ASSUMED, "long enough for the sender's peer to halt"));
    SimulationSpec spec =
        spec(prices, KernelVersion.parse(kernel), timer, stopsTick, watchdog, false, TimerWritesTest::populate);
    return Simulation.run(spec, 0).vms().get(0);
  }

  private static SimulationSpec spec(
      Map<Step, Cost> prices, KernelVersion kernel, ApicTimer timer, boolean stopsTick, boolean watchdog,
      boolean natively, Consumer<Guest> workload) {
    HostProfile profile =
        new HostProfile(
            "test", new Hertz(SECOND_NS), prices, List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1)),
            EnumSet.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS));
    SimulationSpec.Host host = new SimulationSpec.Host(profile, KernelVersion.parse("6.11"), 1000, 2, 0, List.of());
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", kernel, 250, watchdog, 2, List.of(0, 1), false, timer, Set.of(), seat -> now -> 0,
            seat -> new Halting(stopsTick), workload);
    return new SimulationSpec(1, natively, host, List.of(vm), 0, 0, SECOND_NS);
  }

  private static void populate(Guest guest) {
    var request = guest.socket("request");
    var reply = guest.socket("reply");
    var roundTrip = guest.probe("round trip");
    guest.task("client", 0, Script.forever().start(roundTrip).send(request, 1).receive(reply).stop(roundTrip));
    guest.task("server", 1, Script.forever().receive(request).send(reply, 1));
  }

  private record Halting(boolean stopsTick) implements IdlePolicy {
    @Override
    public boolean isTickless() {
      return stopsTick;
    }

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
