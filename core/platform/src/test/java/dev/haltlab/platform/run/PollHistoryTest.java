package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.run.PollHistory.Slice;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import dev.haltlab.platform.scenario.Plugins;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Pins: a history that is not that of the run beside which it is shown. */
class PollHistoryTest {
  @Test
  void it_has_the_polls_of_the_first_replication_in_order_of_time() throws Exception {
    Plan plan = new Planner(Plugins.builtIn()).plan(new PlanRequest(
        Plugins.configFolder().resolve("scenarios/tcp-rr-halt-poll.yaml"),
        List.of("run.for=30ms", "run.warmup=0ms"), OptionalLong.empty(), OptionalInt.of(1)));
    Results results = new Runner().run(plan, 1, Progress.NONE);

    List<PollHistory> histories = PollHistory.of(plan);

    assertThat(histories).hasSameSizeAs(plan.variants());
    long grown = 0;
    for (int i = 0; i < histories.size(); i++) {
      List<Slice> slices = histories.get(i).slices();
      Outcome.Halts halts = results.outcomes().get(i).get(0).vms().get(plan.variants().get(i).spec().primaryVm()).halts();
      // What ended before the first transaction is not counted in the outcome.
      assertThat(slices.stream().mapToLong(Slice::polls).sum())
          .isBetween(halts.attemptedPoll(), halts.attemptedPoll() + 20);
      assertThat(slices.stream().mapToLong(Slice::hits).sum())
          .isBetween(halts.successfulPoll(), halts.successfulPoll() + 20);
      assertThat(slices).extracting(Slice::index).isSorted();
      boolean adaptive = plan.variants().get(i).name().equals("adaptive");
      if (adaptive) {
        Slice first = slices.get(0);
        Slice last = slices.get(slices.size() - 1);
        assertThat(first.windowSumNs() / first.windows()).isLessThan(last.windowSumNs() / last.windows());
        grown++;
      }
    }
    assertThat(grown).isEqualTo(1);
  }
}
