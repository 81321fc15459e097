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
    Outcome.Vm vm = Simulation.run(pingPong(KernelVersion.parse(kernel), stopsTick), 0).vms().get(0);
    long ticks = stopsTick ? 0 : 2 * 250;

    double perTransaction = (double) (vm.msrWrites().get(MsrRegister.TMICT).count() - ticks) / vm.transactions();
    assertThat(perTransaction).isCloseTo(writes, within(0.2));
  }

  private static SimulationSpec pingPong(KernelVersion kernel, boolean stopsTick) {
    Map<Step, Cost> prices = new EnumMap<>(Step.class);
    prices.put(Step.SEND, Cost.ofNs(50_000, Basis.ASSUMED, "long enough for the sender's peer to halt"));
    HostProfile profile =
        new HostProfile(
            "test", new Hertz(SECOND_NS), prices, List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1)),
            EnumSet.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS));
    SimulationSpec.Host host = new SimulationSpec.Host(profile, KernelVersion.parse("6.11"), 1000, 2, 0, List.of());
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", kernel, 250, true, 2, List.of(0, 1), false, seat -> now -> 0, seat -> new Halting(stopsTick),
            TimerWritesTest::populate);
    return new SimulationSpec(1, false, host, List.of(vm), 0, 0, SECOND_NS);
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
    public List<IdleState> states() {
      return List.of(new IdleState("HLT", IdleState.Kind.HLT, 0, 0));
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }
  }
}
