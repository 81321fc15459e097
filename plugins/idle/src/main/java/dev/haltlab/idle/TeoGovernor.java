package dev.haltlab.idle;

import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.util.List;

/**
 * What one guest CPU has seen, by state: stays that ended as the next timer said (hits) and stays that ended earlier
 * (intercepts), each counted in the bin of the deepest state that the stay was long enough for. Each stay adds a pulse to
 * one of them and takes an eighth from all.
 */
final class TeoGovernor implements IdlePolicy {
  private static final int PULSE = 1024;
  private static final int DECAY_SHIFT = 3;
  /** A state that pays within this time is taken without asking for the next timer, if most stays are as short. */
  private static final long SHORT_NS = 15_000;

  private final StateTable table;
  private final GuestView guest;

  private final int[] hits;
  private final int[] intercepts;
  private int total;
  private int interceptsWithinTick;
  private int tickWakeUps;
  private int shortStays;

  private long timerNs;
  private boolean stopsTick;
  private boolean reflected;
  private int lastState;
  private long lastNs;
  private boolean timedOut;

  TeoGovernor(StateTable table, GuestView guest) {
    this.table = table;
    this.guest = guest;
    this.hits = new int[table.count];
    this.intercepts = new int[table.count];
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
    lastNs = residencyNs;
    timedOut = pollTimedOut;
  }

  @Override
  public int select(long nowNs, long sleepNs, boolean tickStopped) {
    if (reflected) {
      reflected = false;
      learn();
    }
    stopsTick = false;
    timerNs = Long.MAX_VALUE;
    long tickNs = guest.tickPeriodNs();
    int state = byHistory(tickStopped, tickNs);
    if ((state == StateTable.POLL || table.residencyNs(state) < SHORT_NS) && 2 * shortStays >= total) {
      return state;
    }
    timerNs = sleepNs;
    if (state == StateTable.POLL) {
      return state;
    }
    if (table.residencyNs(state) > sleepNs) {
      state = table.shallowerThan(state, sleepNs);
    }
    boolean early = table.residencyNs(state) < tickNs && interceptsWithinTick > total / 2 + total / 8;
    if (tickStopped || (state != StateTable.POLL && !early && sleepNs >= tickNs)) {
      stopsTick = true;
    } else if (state != StateTable.POLL && table.residencyNs(state) > guest.nextEventNs()) {
      state = table.shallowerThan(state, guest.nextEventNs()); // the tick will wake it before the state pays
    }
    return state;
  }

  /** The deepest state, or the one most intercepts were long enough for if there were many. */
  private int byHistory(boolean tickStopped, long tickNs) {
    int deepest = table.count - 1;
    int interceptSum = 0;
    int hitSum = 0;
    for (int i = 0; i < deepest; i++) {
      interceptSum += intercepts[i];
      hitSum += hits[i];
    }
    if (2 * interceptSum <= total - hitSum) {
      return deepest;
    }
    int least = StateTable.POLL;
    while (tickStopped && least < deepest && table.residencyNs(least) < tickNs) {
      least++;
    }
    int found = deepest;
    int sum = 0;
    for (int i = deepest - 1; i >= least; i--) {
      sum += intercepts[i];
      found = i;
      if (2 * sum > interceptSum) {
        break;
      }
    }
    return found;
  }

  private void learn() {
    shortStays = decayed(shortStays);
    long measuredNs = Long.MAX_VALUE; // a poll in vain might have been a long sleep
    if (!timedOut) {
      long latencyNs = table.exitLatencyNs(lastState);
      boolean entered = lastNs >= latencyNs;
      measuredNs = entered ? lastNs - latencyNs / 2 : lastNs / 2;
      if (!entered || measuredNs < SHORT_NS) {
        shortStays += PULSE;
      }
    }
    total = PULSE;
    int timerBin = 0;
    int stayBin = 0;
    for (int i = 0; i < table.count; i++) {
      hits[i] = decayed(hits[i]);
      intercepts[i] = decayed(intercepts[i]);
      total += hits[i] + intercepts[i];
      if (table.residencyNs(i) <= timerNs) {
        timerBin = i;
        if (table.residencyNs(i) <= measuredNs) {
          stayBin = i;
        }
      }
    }
    interceptsWithinTick = decayed(interceptsWithinTick);
    tickWakeUps = decayed(tickWakeUps);
    if (guest.tickCame()) {
      tickWakeUps += PULSE;
      if (3 * tickWakeUps > 2 * total) {
        hits[table.count - 1] += PULSE; // it is the tick that keeps it awake
        return;
      }
    }
    if (timerBin == stayBin) {
      hits[timerBin] += PULSE;
    } else {
      intercepts[stayBin] += PULSE;
      if (measuredNs <= guest.tickPeriodNs()) {
        interceptsWithinTick += PULSE;
      }
    }
  }

  /** An eighth less; nothing once an eighth is nothing. */
  private static int decayed(int metric) {
    int eighth = metric >> DECAY_SHIFT;
    return eighth == 0 ? 0 : metric - eighth;
  }
}
