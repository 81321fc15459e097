package dev.haltlab.platform.report;

import dev.haltlab.trace.replay.WakeLatency;
import dev.haltlab.trace.replay.WhatIf;
import java.util.ArrayList;
import java.util.List;

/** What a replay under another strategy cannot know, in sentences for its report. */
final class ReplayNotes {
  private ReplayNotes() {}

  static List<String> of(WhatIf.Outcome outcome) {
    List<String> notes = new ArrayList<>();
    WakeLatency.Estimate latency = outcome.latency();
    if (latency.known()) {
      notes.add(
          "A recorded halt that slept contains the recording's own wake-up latency. " + micros(latency.ns()) + " us, "
              + latency.method().words() + (latency.samples() > 0 ? " (" + latency.samples() + " halts)" : "")
              + ", were taken away and added where a strategy sleeps; in truth it differs from halt to halt.");
    } else {
      notes.add(
          "A recorded halt that slept contains the recording's own wake-up latency, which is "
              + latency.method().words() + ": nothing was taken away, so wake-ups seem later than they came. Give it by"
              + " --wake-latency, or record the event sched_waking too.");
    }
    notes.add("The load is taken as it was: had a wake-up been faster, the next one might have come sooner.");
    if (outcome.givenUp() > 0) {
      notes.add(
          "In " + outcome.givenUp() + " halts the kernel gave polling up for another thread. Strategies that yield are"
              + " taken to sleep there too, their polling counted as nothing.");
    }
    if (outcome.forbidden() > 0) {
      notes.add(
          "In " + outcome.forbidden() + " of " + outcome.halts() + " halts the guest forbade the host to poll, as one does"
              + " that polls itself. The strategies are shown as if it had not: as it is, none of them would poll there.");
    }
    return notes;
  }

  /** With one decimal. */
  static String micros(long ns) {
    return Decimals.of(ns, 3, 1);
  }
}
