package dev.haltlab.engine.guest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One-shot timers before one register, as plainly as they can be written: a list, searched each time. After each change
 * the register shall hold the earliest expiry; it is written if it does not. Nothing is written while none is queued.
 */
final class NaiveTimers {
  record Timer(Object name, long expiryNs) {}

  final List<Timer> queued = new ArrayList<>();
  final List<Long> writes = new ArrayList<>();
  /** What the register holds for a timer that is queued; null when it holds nothing of use. */
  @Nullable Long held;

  void add(Object name, long expiryNs) {
    queued.add(new Timer(name, expiryNs));
    program();
  }

  void remove(Object name) {
    queued.removeIf(timer -> timer.name.equals(name));
    program();
  }

  /** Takes it out and queues it anew, and programs then only. */
  void move(Object name, long expiryNs) {
    queued.removeIf(timer -> timer.name.equals(name));
    add(name, expiryNs);
  }

  /** In the timer's interrupt the register has fired, and is written at the end whatever it held. */
  void endOfInterrupt() {
    held = null;
    program();
  }

  private void program() {
    Long earliest = earliest().map(Timer::expiryNs).orElse(null);
    if (earliest != null && !Objects.equals(earliest, held)) {
      writes.add(earliest);
    }
    held = earliest;
  }

  Optional<Timer> earliest() {
    return queued.stream().min(Comparator.comparingLong(Timer::expiryNs)); // the first queued among equals
  }

  long expiryOf(Object name) {
    return queued.stream().filter(timer -> timer.name.equals(name)).mapToLong(Timer::expiryNs).findFirst()
        .orElse(TimerQueue.NEVER);
  }

  /** The writes since the last call. */
  List<Long> drain() {
    List<Long> drained = List.copyOf(writes);
    writes.clear();
    return drained;
  }

  static List<Long> drain(TimerQueue timers) {
    List<Long> drained = new ArrayList<>();
    while (timers.hasWrite()) {
      drained.add(timers.takeWrite());
    }
    return drained;
  }
}
