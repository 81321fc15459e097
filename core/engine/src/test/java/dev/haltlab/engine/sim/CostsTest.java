package dev.haltlab.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pins what a step costs: prices out of order, from another step's stream, or lost when a draw is taken back. */
final class CostsTest {
  private static final Cost SPREAD =
      new Cost(100_000, 200_000, 300_000, 400_000, 800_000, Cost.Rare.NONE, Basis.ASSUMED, "test");
  private static final Cost RARE = Cost.ofNs(70, Basis.ASSUMED, "test").withRare(new Cost.Rare(200_000, 5_000_000));

  private final boolean[] drawn = new boolean[Step.values().length];
  private final Costs costs = new Costs(profile(), new Streams(7, 3), "vm/0", drawn);

  @Test
  void aStepDrawsFromItsOwnStreamInOrderWhateverTheOthersDo() {
    Sampler spread = SPREAD.sampler(new Streams(7, 3).stream("vm/0/" + Step.VM_EXIT.key()));
    Sampler rare = RARE.sampler(new Streams(7, 3).stream("vm/0/" + Step.SCHED_IN.key()));
    for (int i = 0; i < 1000; i++) {
      assertThat(costs.draw(Step.VM_EXIT.ordinal())).isEqualTo(spread.nextNs());
      if (i % 3 == 0) {
        assertThat(costs.draw(Step.SCHED_IN.ordinal())).isEqualTo(rare.nextNs());
      }
      assertThat(costs.draw(Step.VM_ENTRY.ordinal())).isEqualTo(42);
    }
  }

  @Test
  void aDrawTakenBackIsDrawnAgain() {
    for (int i = 0; i < 500; i++) { // at every place of a batch
      long price = costs.draw(Step.VM_EXIT.ordinal());
      costs.undraw(Step.VM_EXIT.ordinal());
      assertThat(costs.draw(Step.VM_EXIT.ordinal())).isEqualTo(price);
    }
    costs.draw(Step.VM_ENTRY.ordinal());
    costs.undraw(Step.VM_ENTRY.ordinal());
    assertThat(costs.draw(Step.VM_ENTRY.ordinal())).isEqualTo(42);
  }

  @Test
  void whatWasDrawnIsMarkedAndAStepWithoutPriceIsFree() {
    assertThat(drawn).doesNotContain(true);
    costs.draw(Step.VM_ENTRY.ordinal());
    costs.draw(Step.VM_EXIT.ordinal());
    assertThat(costs.draw(Step.SEND.ordinal())).isZero();
    for (Step step : Step.values()) {
      assertThat(drawn[step.ordinal()])
          .as(step.key())
          .isEqualTo(step == Step.VM_ENTRY || step == Step.VM_EXIT || step == Step.SEND);
    }
  }

  private static HostProfile profile() {
    return new HostProfile(
        "test", Hertz.parse("1GHz"),
        Map.of(Step.VM_EXIT, SPREAD, Step.VM_ENTRY, Cost.ofNs(42, Basis.ASSUMED, "test"), Step.SCHED_IN, RARE),
        List.of(new CState("C1", Duration.ofNanos(1000), Duration.ofNanos(1000), -1)), Set.of());
  }
}
