package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Script;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Pins common random numbers in the guest: variants that differ in one thing must not differ in chance elsewhere. */
final class CommonNumbersTest {
  private static final long SECOND_NS = 1_000_000_000;
  private static final Dist INTERVAL = Dist.exponential(Duration.ofMillis(20));

  @Test
  void backgroundTimersFireAtTheSameTimesWhateverElseTheWorkloadDeclares() throws InterruptedException {
    Outcome quiet = run(guest -> guest.wheelTimers(0, INTERVAL));
    Outcome crowded =
        run(
            guest -> {
              guest.event("never set", true);
              guest.task("ends at once", 0, Script.once().compute(1));
              guest.wheelTimers(0, INTERVAL);
            });

    assertThat(halts(quiet)).isPositive().isEqualTo(halts(crowded));
  }

  private static long halts(Outcome outcome) {
    return outcome.vms().get(0).halts().exits();
  }

  private static Outcome run(Consumer<Guest> workload) throws InterruptedException {
    HostProfile profile =
        new HostProfile(
            "test", new Hertz(SECOND_NS), Map.of(), List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1)),
            EnumSet.of(Feature.VIRTUAL_EOI));
    SimulationSpec.Host host = new SimulationSpec.Host(profile, KernelVersion.parse("6.11"), 1000, 1, 0, List.of());
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", KernelVersion.parse("3.16"), 250, true, 1, List.of(0), false, seat -> now -> 0, seat -> new Halting(),
            workload);
    return Simulation.run(new SimulationSpec(1, false, host, List.of(vm), 0, SECOND_NS, 10 * SECOND_NS), 0);
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
