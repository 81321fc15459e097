package dev.haltlab.idle;

import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.util.List;

/** The prediction of one guest CPU and the choice by it. */
final class MenuGovernor implements IdlePolicy {
  private static final int INTERVALS = 8;
  /** A factor of one, as a sum of eighths that decay. */
  private static final long UNITY = 1024 * 8;
  private static final long US = 1_000;
  /** Longer idle counts as this long, and as predicted. */
  private static final long INTERESTING_NS = 50_000 * US;
  /** Idle expected to be shorter is not worth asking for the next timer, since 6.6. */
  private static final long SHORT_NS = 15 * US;
  private static final long POLL_BELOW_NS = 20 * US;
  private static final long UNKNOWN_US = 0xFFFF_FFFFL;
  /** Of what is longer than any run: keeps sums and products within a long. */
  private static final long LONGEST_NS = 1L << 49;
  private static final long LONGEST_US = 1L << 28;

  private final StateTable table;
  private final GuestView guest;
  private final boolean pollsForTimersOnly;
  private final boolean skipsTimer;
  private final boolean limitsLatency;
  private final boolean dropsBothEnds;

  private final long[] intervalsUs = new long[INTERVALS];
  private int nextInterval;
  private final long[] factors = {UNITY, UNITY, UNITY, UNITY, UNITY, UNITY};
  private int bucket;
  private long timerNs;

  private boolean stopsTick;
  private boolean reflected;
  private int lastState;
  private long lastNs;
  private boolean timedOut;

  MenuGovernor(StateTable table, GuestView guest) {
    this.table = table;
    this.guest = guest;
    this.pollsForTimersOnly = !atLeast(4, 20);
    this.skipsTimer = atLeast(6, 6);
    this.limitsLatency = !atLeast(6, 12);
    this.dropsBothEnds = atLeast(6, 15);
  }

  private boolean atLeast(int major, int minor) {
    return guest.kernel().map(version -> version.atLeast(major, minor)).orElse(true);
  }

  @Override
  public List<IdleState> states() {
    return table.states();
  }

  @Override
  public boolean stopsTick() {
    return stopsTick;
  }

  @Override
  public long pollNs() {
    return table.pollNs();
  }

  @Override
  public void reflect(int state, long residencyNs, boolean pollTimedOut) {
    reflected = true;
    lastState = state;
    lastNs = Math.min(residencyNs, LONGEST_NS);
    timedOut = pollTimedOut;
  }

  @Override
  public int select(long nowNs, long sleepNs, boolean tickStopped) {
    if (reflected) {
      reflected = false;
      learn();
    }
    long tickNs = guest.tickPeriodNs();
    long eventNs = guest.nextEventNs();
    long predictedNs;
    if (skipsTimer) {
      predictedNs = typicalUs(UNKNOWN_US) * US;
      if (predictedNs > SHORT_NS) {
        expect(sleepNs);
        predictedNs = Math.min(predictedNs, correctedUs() * US);
      } else {
        expect(LONGEST_NS); // not asked for
        eventNs = tickNs / 2;
      }
    } else {
      expect(sleepNs);
      long corrected = correctedUs();
      predictedNs = Math.min(corrected, typicalUs(corrected)) * US;
    }
    stopsTick = true;
    if (timerNs < table.residencyNs(1)) {
      stopsTick = false;
      return StateTable.POLL;
    }
    long latencyNs = Long.MAX_VALUE;
    if (tickStopped && predictedNs < tickNs) {
      predictedNs = timerNs; // a misprediction would last too long
    } else if (!tickStopped && limitsLatency) {
      latencyNs = predictedNs; // the busier the CPU, the less latency is acceptable
    }
    return choose(predictedNs, latencyNs, eventNs, tickNs, tickStopped);
  }

  private int choose(long expectedNs, long latencyNs, long eventNs, long tickNs, boolean tickStopped) {
    long predictedNs = expectedNs;
    int chosen = StateTable.POLL;
    int first = 1;
    if (pollsForTimersOnly && timerNs > Math.max(POLL_BELOW_NS, table.residencyNs(1))) {
      chosen = 1;
      first = 2;
    }
    for (int i = first; i < table.count; i++) {
      if (table.residencyNs(i) > predictedNs) {
        if (chosen == StateTable.POLL && !pollsForTimersOnly && table.exitLatencyNs(i) <= latencyNs
            && table.residencyNs(i) <= timerNs) {
          chosen = i; // a real state, unless a timer is about to fire
          predictedNs = table.residencyNs(i);
        } else if (predictedNs >= tickNs) {
          if (tickStopped) {
            boolean stuck = table.residencyNs(chosen) < tickNs && table.residencyNs(i) <= eventNs;
            return stuck ? i : chosen;
          }
          predictedNs = table.residencyNs(chosen);
        }
        break;
      }
      if (table.exitLatencyNs(i) > latencyNs) {
        break;
      }
      chosen = i;
    }
    if ((chosen == StateTable.POLL || predictedNs < tickNs) && !tickStopped) {
      stopsTick = false;
      if (chosen > StateTable.POLL && table.residencyNs(chosen) > eventNs) {
        chosen = table.shallowerThan(chosen, eventNs); // the tick will wake it before the state pays
      }
    }
    return chosen;
  }

  private void expect(long sleepNs) {
    timerNs = Math.min(sleepNs, LONGEST_NS);
    long bound = 10 * US;
    bucket = 0;
    while (bucket < factors.length - 1 && timerNs >= bound) {
      bound *= 10;
      bucket++;
    }
  }

  /** The time to the next timer, us, by how such times came out before; rounded to the nearest. */
  private long correctedUs() {
    return (timerNs * factors[bucket] + UNITY * US / 2) / (UNITY * US);
  }

  /**
   * What the latest intervals have in common, us: their average if they hardly differ or, after dropping outliers, at least
   * six of them do not; {@link #UNKNOWN_US} if there is no such thing.
   *
   * @param usefulUs an average of intervals that are all this long or longer is of no use
   */
  private long typicalUs(long usefulUs) {
    long least = -1;
    long most = UNKNOWN_US;
    while (true) {
      long sum = 0;
      long max = 0;
      long min = UNKNOWN_US;
      int count = 0;
      for (long us : intervalsUs) {
        if (us > least && us < most) {
          sum += us;
          count++;
          max = Math.max(max, us);
          min = Math.min(min, us);
        }
      }
      if (count == 0 || min >= usefulUs || (max == 0 && skipsTimer)) {
        return UNKNOWN_US;
      }
      long average = sum / count;
      long variance = variance(least, most, average, count);
      if ((average * average > 36 * variance && 4 * count >= 3 * INTERVALS) || variance <= 400) {
        return average;
      }
      if (4 * count <= 3 * INTERVALS) {
        return UNKNOWN_US;
      }
      if (dropsBothEnds && average - min > max - average) {
        least = min;
      } else {
        most = max;
      }
    }
  }

  private long variance(long least, long most, long average, int count) {
    long sum = 0;
    for (long us : intervalsUs) {
      if (us > least && us < most) {
        sum += dropsBothEnds ? us * us : (us - average) * (us - average);
      }
    }
    return dropsBothEnds ? Math.max(0, sum / count - average * average) : sum / count;
  }

  /** What the last stay says about the expectation it began with. */
  private void learn() {
    long measuredNs;
    if (guest.tickCame() && timerNs > guest.tickPeriodNs()) {
      measuredNs = 9 * INTERESTING_NS / 10; // woken by a tick that was kept: could have been long
    } else if (lastState == StateTable.POLL && timedOut) {
      measuredNs = timerNs;
    } else {
      long latencyNs = table.exitLatencyNs(lastState);
      measuredNs = lastNs > 2 * latencyNs ? lastNs - latencyNs : lastNs / 2;
    }
    measuredNs = Math.min(measuredNs, timerNs);
    long factor = factors[bucket] - factors[bucket] / 8;
    factors[bucket] = factor + (timerNs > 0 && measuredNs < INTERESTING_NS ? 1024 * measuredNs / timerNs : 1024);
    intervalsUs[nextInterval] = Math.min(measuredNs / US, LONGEST_US);
    nextInterval = (nextInterval + 1) % INTERVALS;
  }
}
