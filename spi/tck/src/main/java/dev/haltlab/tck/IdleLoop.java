package dev.haltlab.tck;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.util.List;

/** Plays the caller of an {@link IdlePolicy}: the loop of its Javadoc, with made-up interrupts. Allocates nothing. */
final class IdleLoop {
  private final IdlePolicy policy;
  private final IdleState[] states;
  private final Chance chance;
  private long nowNs;
  private boolean tickStopped;
  private int selected;

  IdleLoop(IdlePolicy policy, List<IdleState> states, long seed) {
    this.policy = policy;
    this.states = states.toArray(IdleState[]::new);
    this.chance = new Chance(seed);
  }

  /** One pass of the idle loop. Returns what was answered, packed into one number. */
  long pass() {
    long sleepNs = chance.onceIn(16) ? Long.MAX_VALUE : chance.ns();
    int state = select(nowNs, sleepNs, tickStopped);
    boolean stops = stopsTick();
    tickStopped |= stops;
    long pollNs = polls() ? pollNs() : 0;
    if (chance.onceIn(8)) { // a task became runnable before the CPU slept
      tickStopped = false;
      nowNs += 1_000;
      return packed(state, stops, pollNs);
    }
    long interruptNs = Math.min(sleepNs, chance.ns());
    boolean timedOut = polls() && pollNs <= interruptNs;
    long residencyNs = timedOut ? pollNs : interruptNs;
    reflect(state, residencyNs, timedOut);
    nowNs += residencyNs;
    if (chance.onceIn(2)) { // the idle episode is over
      tickStopped = false;
      nowNs += chance.ns();
    }
    return packed(state, stops, pollNs);
  }

  int select(long atNs, long sleepNs, boolean stopped) {
    int state;
    try {
      state = policy.select(atNs, sleepNs, stopped);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(IdlePolicyRules.THROWS, select(atNs, sleepNs) + stopped + ") " + Thrown.by(e));
    }
    if (state < 0 || state >= states.length) {
      throw new Breach(
          IdlePolicyRules.RANGE, select(atNs, sleepNs) + stopped + ") returned " + state + "; there are states 0 to "
              + (states.length - 1));
    }
    selected = state;
    return state;
  }

  /** Whether the state just selected is one to poll in: only then is it asked how long. */
  boolean polls() {
    return states[selected].kind() == IdleState.Kind.POLL;
  }

  private static String select(long atNs, long sleepNs) {
    return "select(" + atNs + ", " + (sleepNs == Long.MAX_VALUE ? "Long.MAX_VALUE" : sleepNs) + ", ";
  }

  boolean stopsTick() {
    try {
      return policy.stopsTick();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(IdlePolicyRules.THROWS, "stopsTick() " + Thrown.by(e));
    }
  }

  long pollNs() {
    long pollNs;
    try {
      pollNs = policy.pollNs();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(IdlePolicyRules.THROWS, "pollNs() " + Thrown.by(e));
    }
    if (pollNs < 0) {
      throw new Breach(IdlePolicyRules.NEGATIVE, "pollNs() returned " + pollNs);
    }
    return pollNs;
  }

  void reflect(int state, long residencyNs, boolean timedOut) {
    try {
      policy.reflect(state, residencyNs, timedOut);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new Breach(
          IdlePolicyRules.THROWS, "reflect(" + state + ", " + residencyNs + ", " + timedOut + ") " + Thrown.by(e));
    }
  }

  void run(int passes) {
    for (int i = 0; i < passes; i++) {
      pass();
    }
  }

  long[] answers(int passes) {
    long[] answers = new long[passes];
    for (int i = 0; i < passes; i++) {
      answers[i] = pass();
    }
    return answers;
  }

  private static long packed(int state, boolean stops, long pollNs) {
    return pollNs << 8 ^ state << 1 ^ (stops ? 1 : 0);
  }
}
