package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Pins that {@code break-even} earns its place between {@code adaptive} and {@code oracle} on halts of real guests: the
 * lengths are the recorded ones, a poll that covers a halt costs its length, any other the window and a wake-up.
 */
class BreakEvenOnRecordingsTest {
  private static final long WAKE_UP_NS = 200_000;

  /** What one halt costs on average: time polled, and the share of halts that no poll caught. */
  private record Cost(double polledNs, double missed) {
    double total() {
      return polledNs + missed * WAKE_UP_NS;
    }

    boolean isDominatedBy(Cost other) {
      return other.polledNs <= polledNs && other.missed <= missed && !other.equals(this);
    }
  }

  private static Cost cost(RecordedTrace trace, HaltPoll strategy) {
    double polled = 0;
    int missed = 0;
    Vcpu vcpu = new Vcpu(strategy);
    for (RecordedTrace.Entry entry : trace.records()) {
      if (entry instanceof RecordedTrace.Halt halt) {
        long horizon = vcpu.budget();
        long budget = strategy instanceof HaltPoll.Hindsight && halt.haltNs() > horizon ? 0 : horizon;
        polled += Math.min(budget, halt.haltNs());
        missed += halt.haltNs() > budget ? 1 : 0;
        vcpu.halt(halt.haltNs());
      }
    }
    return new Cost(polled / trace.halts(), (double) missed / trace.halts());
  }

  @Test
  void itCostsLessThanAdaptiveAndMoreThanTheOracle() {
    double adaptive = 0;
    double breakEven = 0;
    double oracle = 0;
    List<String> better = new ArrayList<>();
    List<String> worse = new ArrayList<>();
    for (String name : Recordings.NAMES) {
      RecordedTrace trace = Recordings.read(name);
      Cost kernels = cost(trace, new Adaptive().create(new Adaptive().defaults(), new TestSeat()));
      Cost own = cost(trace, new BreakEven().create(new BreakEven().defaults(), new TestSeat()));
      Cost bound = cost(trace, new Oracle().create(new Oracle().defaults(), new TestSeat()));
      adaptive += kernels.total();
      breakEven += own.total();
      oracle += bound.total();
      if (kernels.isDominatedBy(own)) {
        better.add(name);
      }
      if (own.isDominatedBy(kernels)) {
        worse.add(name + ": " + kernels + " against " + own);
      }
    }
    assertThat(breakEven).isBetween(oracle, adaptive);
    assertThat(better).as("cheaper and no slower on").hasSizeGreaterThan(1);
    assertThat(worse).as("slower and no cheaper on").isEmpty();
  }
}
