package dev.haltlab.engine.guest;

import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.measure.Track;

/** What a guest tells a recorder, if there is one: which task runs where, its verbs, messages and interrupts. */
final class Told {
  private Told() {}

  /** @param task {@link Recorder#NONE} for the guest's scheduler */
  static void switched(GuestCpu guest, int task) {
    Track track = guest.under.track;
    if (track != null) {
      track.recorder().switched(track.thread(), task, guest.calendar.nowNs());
    }
  }

  static void verb(GuestCpu guest, Task task) {
    Track track = guest.under.track;
    if (track != null) {
      Recorder.Verb verb = switch (task.verb) {
        case COMPUTE -> Recorder.Verb.COMPUTE;
        case SEND -> Recorder.Verb.SEND;
        case RECEIVE -> Recorder.Verb.RECEIVE;
        case SIGNAL -> Recorder.Verb.SIGNAL;
        case AWAIT -> Recorder.Verb.AWAIT;
        case SLEEP -> Recorder.Verb.SLEEP;
        case SLEEP_UNTIL -> Recorder.Verb.SLEEP_UNTIL;
        default -> Recorder.Verb.EXIT;
      };
      boolean ofQueue = switch (verb) {
        case SEND, RECEIVE, SIGNAL, AWAIT -> true;
        default -> false;
      };
      track.recorder().verb(
          track.thread(), task.index, verb.ordinal(), ofQueue ? task.verbQueues[0].index() : Recorder.NONE,
          guest.calendar.nowNs());
    }
  }

  static void sent(GuestCpu guest, Task task, Queue queue, long message) {
    Track track = guest.under.track;
    if (track != null) {
      track.recorder().sent(track.thread(), task.index, queue.index(), message, guest.calendar.nowNs());
    }
  }

  static void taken(GuestCpu guest, Task task, Queue queue, long message) {
    Track track = guest.under.track;
    if (track != null) {
      track.recorder().taken(track.thread(), task.index, queue.index(), message, guest.calendar.nowNs());
    }
  }

  static void ipi(GuestCpu from, GuestCpu to) {
    Track track = from.under.track;
    Track there = to.under.track;
    if (track != null && there != null) {
      track.recorder().ipiSent(track.thread(), there.thread(), from.calendar.nowNs());
    }
  }

  static void interrupted(GuestCpu guest, int vector) {
    Track track = guest.under.track;
    if (track != null) {
      track.recorder().interrupted(track.thread(), vector, guest.calendar.nowNs());
    }
  }
}
