package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins that the size of a message matters: that each side copies it, and that the other direction does not pay for it. */
final class MessageSizeTest {
  private static final long COPY_NS = 1_000;

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "64, 0", "65, 0", "576, 500", "1088, 1000", "65600, 64000"})
  void bothSidesCopyWhatIsBeyondTheFirstLine(int bytes, long copyNs) throws InterruptedException {
    assertThat(latencyNs(bytes, "3.16")).isEqualTo(2 * copyNs);
  }

  @Test
  void aRingZeroGuestCopiesNothing() throws InterruptedException {
    assertThat(latencyNs(65_600, null)).isZero();
  }

  /** Time from before the send to after the receive on a machine where only copying takes time, ns. */
  private static long latencyNs(int bytes, @org.jspecify.annotations.Nullable String kernel) throws InterruptedException {
    HostProfile profile =
        new HostProfile(
            "test", new Hertz(1_000_000_000), Map.of(Step.COPY_KIB, Cost.ofNs(COPY_NS, Basis.ASSUMED, "test")),
            List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1)), Set.of());
    SimulationSpec.Host host =
        new SimulationSpec.Host(profile, KernelVersion.parse("6.11"), 1000, 1, 0, List.of());
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", kernel == null ? null : KernelVersion.parse(kernel), 1, true, 1, List.of(0), false,
            seat -> now -> 0, seat -> new Halting(),
            guest -> {
              var there = guest.socket("there");
              var back = guest.socket("back");
              var probe = guest.probe("one way");
              guest.task(
                  "sender", 0,
                  Script.forever().compute(100_000).start(probe).send(there, bytes).receive(back));
              guest.task("receiver", 0, Script.forever().receive(there).stop(probe).send(back, 1));
            });
    Outcome outcome = Simulation.run(new SimulationSpec(1, true, host, List.of(vm), 0, 0, 900_000), 0);
    Outcome.ProbeOutcome measured = outcome.vms().get(0).probes().get("one way");
    assertThat(measured.count()).isPositive();
    assertThat(measured.maxNs()).isEqualTo(measured.minNs());
    return measured.minNs();
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
