package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import dev.haltlab.platform.scenario.Plugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Exits per TCP_RR transaction between two vCPUs by the IPI path of the host, out of a simulation of the whole machine from
 * a scenario file: the row "IPIv host, 6.x guest" of kernel.md section 4.5, and its neighbours. Pins a feature that does not
 * reach the engine, and one that takes more or less away than the sender's exit.
 */
final class IpiPathBudgetTest {
  /** TCP's own timers and wake-ups that land in idle entry. */
  private static final double TOLERANCE = 0.02;

  private static final String SCENARIO = """
      scenario: budget
      host:
        cpu: { use: ivy-bridge, features: [virtualEoi, hostMwaitIdle, %s] }
        kernel: "%s"
        hz: 1
      haltPoll: off
      vms:
        rr:
          kernel: "6.1"
          vcpus: 2
          pin: [0, 1]
          workload: { use: tcp-rr, clientWork: 20us, serverWork: 20us, wheelTimersPerSecond: 0 }
      run: { for: 500ms, warmup: 100ms, replications: 1 }
      """;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0} on Linux {1}: {2} HLT, {3} ICR, {4} avic_incomplete_ipi, {5} timer")
  @CsvSource(delimiter = '|', value = {
    "postedInterrupts                    | 6.11 | 2 | 2 | 0 | 6",
    "postedInterrupts, ipiVirtualization | 6.11 | 2 | 0 | 0 | 6", // kernel.md 4.5: IPIv host, 6.x guest, total 8
    "postedInterrupts, ipiVirtualization | 5.19 | 2 | 2 | 0 | 6", // a kernel that does not use it
    "postedInterrupts, avic              | 6.11 | 2 | 0 | 2 | 6", // both sleep, so each IPI is incomplete
  })
  void exitsPerTransaction(String features, String kernel, double hlt, double icr, double incomplete, double timer)
      throws Exception {
    Path file = Files.writeString(folder.resolve("budget.yaml"), String.format(SCENARIO, features, kernel));
    Plan plan =
        new Planner(Plugins.builtIn())
            .plan(new PlanRequest(file, List.of(), OptionalLong.empty(), OptionalInt.empty()));
    Outcome.Vm vm = new Runner().run(plan, 1, (done, total, variant) -> {}).outcomes().get(0).get(0).vms().get(0);
    double transactions = vm.transactions();

    assertThat(transactions).isGreaterThan(3_000);
    assertThat(vm.exits().get(ExitReason.HLT).count() / transactions).isCloseTo(hlt, within(TOLERANCE));
    assertThat(vm.msrWrites().get(MsrRegister.ICR).count() / transactions).isCloseTo(icr, within(TOLERANCE));
    assertThat(vm.exits().get(ExitReason.AVIC_INCOMPLETE_IPI).count() / transactions)
        .isCloseTo(incomplete, within(TOLERANCE));
    assertThat(vm.msrWrites().get(MsrRegister.TMICT).count() / transactions).isCloseTo(timer, within(3 * TOLERANCE));
    long all = vm.exits().values().stream().mapToLong(Outcome.Count::count).sum();
    assertThat(all / transactions).isCloseTo(hlt + icr + incomplete + timer, within(6 * TOLERANCE));
  }
}
