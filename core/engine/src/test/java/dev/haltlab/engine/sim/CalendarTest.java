package dev.haltlab.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins the order of events: an event taken too early or late, lost when moved or cancelled, a tie broken differently by
 * the scan and by the tree, a smallest event remembered that has moved, or a handler that runs ahead past somebody else's
 * event would change results silently.
 */
final class CalendarTest {
  private static final int OPERATIONS = 20_000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 33, 64, 100, 1000})
  void agreesWithASortedListUnderRandomOperations(int slots) {
    for (long seed = 0; seed < 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed * 7919 + slots);
      int busy = random.nextInt(Math.min(slots, 7));
      Calendar calendar = seed == 0 ? new Calendar(slots) : new Calendar(slots, random.nextInt(slots - busy), busy);
      Model model = new Model(slots);
      for (int i = 0; i < OPERATIONS; i++) {
        // few distinct times: ties are common
        long time = calendar.nowNs() + random.nextInt(random.nextBoolean() ? 4 : 200);
        int slot = random.nextInt(slots);
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3 -> {
            calendar.schedule(slot, time);
            model.schedule(slot, time);
          }
          case 4 -> {
            calendar.cancel(slot);
            model.cancel(slot);
          }
          case 5 -> {
            boolean first = model.precedes(slot, time);
            assertThat(calendar.precedes(slot, time)).isEqualTo(first);
            if (first) {
              calendar.advanceTo(time);
              model.nowNs = time;
            }
          }
          case 6 -> assertThat(calendar.peekNs()).isEqualTo(model.peekNs());
          default -> {
            assertThat(calendar.next()).isEqualTo(model.next());
            if (random.nextBoolean()) { // as a handler that schedules its own next step
              int own = model.lastTaken;
              calendar.schedule(own, calendar.nowNs() + (time & 7));
              model.schedule(own, calendar.nowNs() + (time & 7));
            }
          }
        }
        assertThat(calendar.nowNs()).isEqualTo(model.nowNs);
        int looked = random.nextInt(slots);
        assertThat(calendar.isScheduled(looked)).isEqualTo(model.isScheduled(looked));
        assertThat(calendar.timeOf(looked)).isEqualTo(model.timeOf(looked));
      }
      for (int slot = model.next(); slot >= 0; slot = model.next()) {
        assertThat(calendar.next()).isEqualTo(slot);
        assertThat(calendar.nowNs()).isEqualTo(model.nowNs);
      }
      assertThat(calendar.next()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 5, 40})
  void atEqualTimeTheLowerSlotGoesFirstHoweverItWasScheduled(int slots) {
    Calendar calendar = new Calendar(slots);
    for (int slot = slots - 1; slot >= 0; slot--) {
      calendar.schedule(slot, 99);
    }
    for (int slot = 0; slot < slots; slot += 2) {
      calendar.schedule(slot, 7);
      calendar.schedule(slot, 99);
    }
    for (int slot = 0; slot < slots; slot++) {
      assertThat(calendar.next()).isEqualTo(slot);
      assertThat(calendar.nowNs()).isEqualTo(99);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 5, 40})
  void runningAheadGivesTheSameHistoryAsScheduling(int slots) {
    assertThat(history(new Calendar(slots), true)).isEqualTo(history(new Calendar(slots), false));
    assertThat(history(new Calendar(slots, 1, slots / 2), true)).isEqualTo(history(new Calendar(slots), false));
  }

  /** A chain of steps in every slot; with run-ahead, a step that nothing precedes is done without the calendar. */
  private static List<String> history(Calendar calendar, boolean runAhead) {
    int slots = calendar.slots();
    SplittableRandom[] gaps = new SplittableRandom[slots];
    for (int slot = 0; slot < slots; slot++) {
      gaps[slot] = new SplittableRandom(slot);
      calendar.schedule(slot, slot % 3);
    }
    List<String> history = new ArrayList<>();
    while (history.size() < 5000) {
      int slot = calendar.next();
      while (true) {
        history.add(calendar.nowNs() + " " + slot);
        long time = calendar.nowNs() + gaps[slot].nextInt(slot == 0 ? 3 : 40);
        if (runAhead && history.size() < 5000 && calendar.precedes(slot, time)) {
          calendar.advanceTo(time);
        } else {
          calendar.schedule(slot, time);
          break;
        }
      }
      assertThat(calendar.taken()).isEqualTo(history.size());
    }
    return history;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 16, 17, 65_536})
  void keepsTheLatestTimeOfTheLastSlotApartFromNoEvent(int slots) {
    Calendar calendar = new Calendar(slots);
    long latest = calendar.maxTimeNs();
    assertThat(latest).isGreaterThan(100_000_000_000_000L); // more than a day
    calendar.schedule(slots - 1, latest);
    assertThat(calendar.timeOf(slots - 1)).isEqualTo(latest);
    assertThat(calendar.peekNs()).isEqualTo(latest);
    assertThat(calendar.next()).isEqualTo(slots - 1);
    assertThat(calendar.nowNs()).isEqualTo(latest);
    assertThat(calendar.precedes(0, latest)).isTrue();
    assertThat(calendar.precedes(0, latest + 1)).isFalse();
    assertThat(calendar.precedes(0, Calendar.NEVER)).isFalse();
    assertThatThrownBy(() -> calendar.advanceTo(latest + 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 20})
  void refusesThePastTheUnreachableFutureAndSlotsThatAreNotThere(int slots) {
    Calendar calendar = new Calendar(slots);
    calendar.schedule(0, 100);
    calendar.schedule(1, 200);
    calendar.next();
    assertThatThrownBy(() -> calendar.schedule(0, 99))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("slot 0 cannot happen at 99 ns: now is 100 ns, the latest is " + calendar.maxTimeNs() + " ns");
    assertThatThrownBy(() -> calendar.schedule(0, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> calendar.schedule(0, calendar.maxTimeNs() + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> calendar.schedule(0, Calendar.NEVER)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> calendar.advanceTo(99)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> calendar.advanceTo(201))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the earliest event is at 200 ns");
    for (int wrong : new int[] {-1, slots, slots + 20, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> calendar.schedule(wrong, 300)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> calendar.cancel(wrong)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> calendar.isScheduled(wrong)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(calendar.nowNs()).isEqualTo(100);
    assertThat(calendar.next()).isEqualTo(1);
    assertThat(calendar.next()).isEqualTo(-1);
    assertThat(calendar.nowNs()).isEqualTo(200);
  }

  @Test
  void refusesASizeItCannotHold() {
    assertThatThrownBy(() -> new Calendar(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Calendar(Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Calendar(8, 6, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new Calendar(8, -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** The definition: a list sorted by time, then slot. */
  private static final class Model {
    private final TreeMap<Long, TreeMap<Integer, Integer>> pending = new TreeMap<>();
    private final long[] times;
    private long nowNs;
    private int lastTaken;

    Model(int slots) {
      times = new long[slots];
      java.util.Arrays.fill(times, Calendar.NEVER);
    }

    void schedule(int slot, long time) {
      cancel(slot);
      times[slot] = time;
      pending.computeIfAbsent(time, t -> new TreeMap<>()).put(slot, slot);
    }

    void cancel(int slot) {
      if (isScheduled(slot)) {
        TreeMap<Integer, Integer> sameTime = pending.get(times[slot]);
        sameTime.remove(slot);
        if (sameTime.isEmpty()) {
          pending.remove(times[slot]);
        }
        times[slot] = Calendar.NEVER;
      }
    }

    boolean isScheduled(int slot) {
      return times[slot] != Calendar.NEVER;
    }

    long timeOf(int slot) {
      return times[slot];
    }

    long peekNs() {
      return pending.isEmpty() ? Calendar.NEVER : pending.firstKey();
    }

    boolean precedes(int slot, long time) {
      return time < peekNs() || time == peekNs() && slot < pending.firstEntry().getValue().firstKey();
    }

    int next() {
      if (pending.isEmpty()) {
        return -1;
      }
      nowNs = pending.firstKey();
      lastTaken = pending.firstEntry().getValue().firstKey();
      cancel(lastTaken);
      return lastTaken;
    }
  }
}
