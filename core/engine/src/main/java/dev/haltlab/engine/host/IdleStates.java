package dev.haltlab.engine.host;

import dev.haltlab.engine.HostIdleGovernor;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.spi.CState;
import java.util.List;
import java.util.stream.LongStream;

/** The C-states of one pCPU and the host's choice among those allowed, by its {@link HostIdleGovernor}. */
public final class IdleStates {
  /** Weight of the latest period in the moving average is 1/8, as the menu governor's correction factors decay. */
  private static final int DECAY_SHIFT = 3;

  /** Long enough idle periods before the ladder goes one deeper. */
  private static final int PROMOTION_COUNT = 4;

  private final HostIdleGovernor governor;
  private final long[] residencyNs;
  private final long[] exitNs;
  private final long[] excessNs;
  private final int deepest;
  private long averageNs;

  private int rung;
  private int promotions;
  private long lastNs;
  private boolean fresh;

  /**
   * @param states shallowest first
   * @param deepest index of the deepest one allowed
   */
  public IdleStates(List<CState> states, int deepest, HostIdleGovernor governor) {
    this.governor = governor;
    this.residencyNs = states.stream().mapToLong(s -> s.targetResidency().toNanos()).toArray();
    this.exitNs = states.stream().mapToLong(s -> s.exitLatency().toNanos()).toArray();
    this.excessNs = LongStream.of(exitNs).map(ns -> Math.max(0, ns - exitNs[0])).toArray();
    this.deepest = deepest;
  }

  /** Number of states. */
  int count() {
    return residencyNs.length;
  }

  /** Whether more than one is allowed. */
  boolean haveChoice() {
    return deepest > 0;
  }

  /** Chooses a state for an idle period that starts now. */
  int choose(long nextTimerNs) {
    return switch (governor) {
      case AVERAGE -> deepestWithin(nextTimerNs);
      case LADDER -> climb();
      case DEEPEST -> deepest;
    };
  }

  private int deepestWithin(long nextTimerNs) {
    long expectedNs = nextTimerNs == Calendar.NEVER ? averageNs : Math.min(averageNs, nextTimerNs);
    int chosen = 0;
    for (int i = 1; i <= deepest; i++) {
      if (residencyNs[i] <= expectedNs) {
        chosen = i;
      }
    }
    return chosen;
  }

  /** The deepest state that takes no more than {@code ns} to leave; the shallowest if none does. */
  int within(long ns) {
    int found = 0;
    for (int i = 1; i < exitNs.length; i++) {
      if (exitNs[i] <= ns) {
        found = i;
      }
    }
    return found;
  }

  private int climb() {
    if (!fresh) {
      return rung; // the state chosen last was not entered
    }
    fresh = false;
    long stayedNs = lastNs - exitNs[rung];
    if (rung < deepest && stayedNs > exitNs[rung]) {
      promotions++;
      if (promotions == PROMOTION_COUNT) {
        promotions = 0;
        rung++;
      }
    } else if (rung > 0 && stayedNs < exitNs[rung]) {
      promotions = 0;
      rung--;
    }
    return rung;
  }

  /** An idle period in the state chosen last has ended. */
  void observed(long ns) {
    averageNs += (ns - averageNs) >> DECAY_SHIFT;
    lastNs = ns;
    fresh = true;
  }

  /** What waking from a state costs beyond the shallowest: measured wake-ups contain that one. */
  long excessNs(int state) {
    return excessNs[state];
  }
}
