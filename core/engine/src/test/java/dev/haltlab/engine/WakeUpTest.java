package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Pins wake-ups whose price hangs on what came before: a step paid for in vain shows only where one meets idle entry. */
final class WakeUpTest {
  private static final long US = 1_000;
  private static final long SECOND_NS = 1_000_000_000;

  private final Map<Step, Cost> prices = new EnumMap<>(Step.class);

  @Test
  void aWakeUpBeforeTheIdleLoopLeavesTheTickAlone() {
    price(Step.IDLE_ENTER, 10 * US);
    Outcome woken =
        run(
            100 * US,
            2,
            guest -> {
              var event = guest.event("event", true);
              guest.task("sleeper", 0, Script.once().await(event).compute(SECOND_NS));
              guest.task("waker", 1, Script.once().compute(5 * US).signal(event).compute(SECOND_NS));
            });
    Outcome neverIdle =
        run(
            100 * US,
            2,
            guest -> {
              guest.task("0", 0, Script.once().compute(SECOND_NS));
              guest.task("1", 1, Script.once().compute(SECOND_NS));
            });

    assertThat(woken.vms().get(0).exits().get(ExitReason.HLT).count()).isZero();
    assertThat(timerWrites(woken)).isEqualTo(timerWrites(neverIdle));
  }

  // --- a machine on which nothing but what a test prices takes time ---

  private void price(Step step, long ns) {
    prices.put(step, Cost.ofNs(ns, Basis.ASSUMED, "test"));
  }

  private static long timerWrites(Outcome outcome) {
    return outcome.vms().get(0).msrWrites().get(MsrRegister.TMICT).count();
  }

  private Outcome run(long forNs, int vcpus, Consumer<Guest> workload) {
    List<CState> cstates = List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1));
    HostProfile profile =
        new HostProfile(
            "test", new Hertz(SECOND_NS), prices, cstates, EnumSet.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS));
    SimulationSpec.Host host =
        new SimulationSpec.Host(profile, KernelVersion.parse("6.11"), 1000, vcpus, 0, List.of());
    List<Integer> pins = vcpus == 1 ? List.of(0) : List.of(0, 1);
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", KernelVersion.parse("3.16"), 1, true, vcpus, pins, false, seat -> now -> 0, seat -> new Halting(),
            workload);
    try {
      return Simulation.run(new SimulationSpec(1, false, host, List.of(vm), 0, 0, forNs), 0);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
