package dev.haltlab.idle;

import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.IdleState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The table of a guest's cpuidle driver as a governor reads it: POLL, and below it the driver's own states. Where MWAIT
 * reaches C-states those are intel_idle's for the CPU under the guest; else there is the one state of the driver haltpoll,
 * HLT.
 *
 * <p>How long POLL lasts: up to the shortest residency of 10 us or more, at most a sixteenth of the tick; always the
 * latter before Linux 5.4.
 *
 * <p>Source: drivers/cpuidle/cpuidle.c ({@code cpuidle_poll_time}), poll_state.c, cpuidle-haltpoll.c; Linux 4.19 for the
 * older limit.
 */
final class StateTable {
  /** Index of POLL. */
  static final int POLL = 0;

  private static final long LEAST_POLL_NS = 10_000;

  final int count;
  private final List<IdleState> states = new ArrayList<>();
  private final long[] exitLatencyNs;
  private final long[] residencyNs;
  private final long pollNs;

  /**
   * @param chosen the states the user names; empty for the guest's own
   * @param guest where it runs
   */
  StateTable(List<GuestState> chosen, GuestView guest) {
    states.add(new IdleState("POLL", IdleState.Kind.POLL, 0, 0));
    List<GuestState> below = chosen;
    if (below.isEmpty()) {
      below = guest.mwaitStates().stream().map(GuestState::of).toList();
    }
    if (below.isEmpty()) {
      Duration us = Duration.ofNanos(1_000);
      below = List.of(new GuestState("HLT", GuestState.Kind.HLT, us, us));
    }
    below.forEach(state -> states.add(state.asIdleState()));
    count = states.size();
    exitLatencyNs = states.stream().mapToLong(IdleState::exitLatencyNs).toArray();
    residencyNs = states.stream().mapToLong(IdleState::residencyNs).toArray();
    long limitNs = guest.tickPeriodNs() / 16;
    if (guest.kernel().isEmpty() || guest.kernel().get().atLeast(5, 4)) {
      for (int i = count - 1; i > 0; i--) {
        if (residencyNs[i] >= LEAST_POLL_NS) {
          limitNs = Math.min(residencyNs[i], guest.tickPeriodNs() / 16);
        }
      }
    }
    pollNs = limitNs;
  }

  /** What a governor answers as its states. */
  List<IdleState> states() {
    return states;
  }

  /** How long POLL may spin. */
  long pollNs() {
    return pollNs;
  }

  long exitLatencyNs(int state) {
    return exitLatencyNs[state];
  }

  long residencyNs(int state) {
    return residencyNs[state];
  }

  /** The deepest state above {@code state} whose residency fits into {@code ns}; POLL if none does. */
  int shallowerThan(int state, long ns) {
    int found = state;
    while (found > POLL && (found == state || residencyNs[found] > ns)) {
      found--;
    }
    return found;
  }

  /** Refuses a list that is not a table. */
  static void check(List<GuestState> states) {
    Set<String> names = new HashSet<>(Set.of("POLL"));
    for (int i = 0; i < states.size(); i++) {
      GuestState state = states.get(i);
      if (!names.add(state.name())) {
        throw new IllegalArgumentException("states[" + i + "].name is another state's too: " + state.name());
      }
      if (i > 0 && (state.exitLatency().compareTo(states.get(i - 1).exitLatency()) < 0
          || state.residency().compareTo(states.get(i - 1).residency()) < 0)) {
        throw new IllegalArgumentException(
            "states[" + i + "] must not be shallower than the state before it: exit latencies and residencies rise");
      }
    }
  }
}
