package dev.haltlab.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins the writes of the timer register: one too many or too few is an exit too many or too few in each message. */
final class TimerQueueTest {
  private static final int TICK = TimerQueue.TICK;
  private static final int WATCHDOG = TimerQueue.WATCHDOG;

  private static List<Long> writes(TimerQueue timers) {
    return NaiveTimers.drain(timers);
  }

  private static Task task(String name) {
    return new Task(name, 0, cpu -> {}, 0, null);
  }

  // --- the rules, one by one ---

  @Test
  void theEarliestTimerIsWrittenWhenItIsQueuedAndALaterOneIsNot() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(WATCHDOG, 4_000);
    timers.add(TICK, 1_000);
    timers.addSleeper(task("later"), 2_000);
    timers.addSleeper(task("earlier"), 500);
    assertThat(writes(timers)).containsExactly(4_000L, 1_000L, 500L);
  }

  @Test
  void removingTheEarliestTimerWritesTheNextOne() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(TICK, 1_000);
    timers.add(WATCHDOG, 4_000);
    writes(timers);
    timers.remove(TICK);
    assertThat(writes(timers)).containsExactly(4_000L);
  }

  @Test
  void removingAnotherOneWritesNothing() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(TICK, 1_000);
    timers.add(WATCHDOG, 4_000);
    writes(timers);
    timers.remove(WATCHDOG);
    timers.remove(WATCHDOG);
    assertThat(writes(timers)).isEmpty();
  }

  @Test
  void removingTheOnlyTimerWritesNothingAndTheNextOneQueuedIsWrittenEvenIfEqual() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(TICK, 1_000);
    writes(timers);
    timers.remove(TICK);
    assertThat(writes(timers)).isEmpty();
    assertThat(timers.earliestNs()).isEqualTo(TimerQueue.NEVER);
    timers.add(TICK, 1_000);
    assertThat(writes(timers)).containsExactly(1_000L);
  }

  @Test
  void anExpiryThatTheRegisterHoldsAlreadyIsNotWrittenAgain() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(TICK, 4_000);
    timers.addSleeper(task("as late"), 4_000);
    timers.add(WATCHDOG, 4_000);
    timers.remove(TICK);
    assertThat(writes(timers)).containsExactly(4_000L);
  }

  @Test
  void aTimerThatIsMovedInOneStepWritesOnceAndOnlyIfTheEarliestExpiryChanges() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(TICK, 1_000);
    timers.add(WATCHDOG, 4_000);
    writes(timers);
    timers.move(TICK, 2_000); // later, and still the earliest
    timers.move(TICK, 2_000);
    timers.move(TICK, 5_000); // behind the other one
    timers.move(TICK, 6_000);
    timers.move(TICK, 4_000); // beside it
    timers.move(TICK, 500);
    assertThat(writes(timers)).containsExactly(2_000L, 4_000L, 500L);
  }

  @Test
  void anInterruptWritesOnceWhateverIsQueuedAnewInIt() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(TICK, 1_000);
    timers.add(WATCHDOG, 1_000);
    writes(timers);
    timers.rearm(TICK, 2_000);
    timers.rearm(WATCHDOG, 5_000);
    assertThat(writes(timers)).isEmpty();
    timers.reprogramAfterInterrupt();
    assertThat(writes(timers)).containsExactly(2_000L);
  }

  @Test
  void aSpuriousInterruptWritesAsWell() {
    TimerQueue timers = new TimerQueue(false, true);
    timers.add(TICK, 1_000);
    writes(timers);
    timers.reprogramAfterInterrupt();
    assertThat(writes(timers)).containsExactly(1_000L);
  }

  @Test
  void sleepersAreTakenWhenTheyAreDueTheEarliestFirst() {
    TimerQueue timers = new TimerQueue(false, true);
    for (String sleeper : List.of("1200 a", "1400 b", "1000 c", "1200 d", "1100 e", "1300 f", "1000 g")) {
      timers.addSleeper(task(sleeper), Long.parseLong(sleeper.substring(0, 4)));
    }
    assertThat(timers.takeExpiredSleeper(999)).isNull();
    List<String> taken = new ArrayList<>();
    for (Task t = timers.takeExpiredSleeper(1_200); t != null; t = timers.takeExpiredSleeper(1_200)) {
      taken.add(t.name);
    }
    assertThat(taken).containsExactly("1000 c", "1000 g", "1100 e", "1200 a", "1200 d");
    assertThat(timers.earliestButTickNs()).isEqualTo(1_300);
  }

  // --- all together ---

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithAListUnderRandomOperations(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TimerQueue timers = new TimerQueue(false, true);
    NaiveTimers model = new NaiveTimers();
    long nowNs = 0;
    int tasks = 0;
    for (int i = 0; i < 20_000; i++) {
      long expiryNs = nowNs + 1 + random.nextInt(random.nextBoolean() ? 6 : 1_000); // equals are common
      int timer = random.nextInt(2);
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          timers.remove(timer);
          model.remove(timer);
        }
        case 2, 3, 4 -> {
          if (timers.expiryOf(timer) == TimerQueue.NEVER) {
            timers.add(timer, expiryNs);
            model.add(timer, expiryNs);
          } else {
            timers.move(timer, expiryNs);
            model.move(timer, expiryNs);
          }
        }
        case 5 -> {
          Task task = task("task " + tasks++);
          timers.addSleeper(task, expiryNs);
          model.add(task, expiryNs);
        }
        default -> nowNs = interrupt(timers, model, nowNs + random.nextInt(300), random);
      }
      if (random.nextBoolean() || model.writes.size() > 6) { // the guest issues them at once, but one at a time
        assertThat(NaiveTimers.drain(timers)).as("step %d", i).isEqualTo(model.drain());
      }
      assertThat(timers.earliestNs())
          .isEqualTo(model.earliest().map(NaiveTimers.Timer::expiryNs).orElse(TimerQueue.NEVER));
      assertThat(timers.earliestButTickNs())
          .isEqualTo(
              model.queued.stream().filter(t -> !t.name().equals(TICK)).mapToLong(NaiveTimers.Timer::expiryNs).min()
                  .orElse(TimerQueue.NEVER));
      assertThat(timers.expiryOf(timer)).isEqualTo(model.expiryOf(timer));
    }
  }

  /** What the guest does in its timer interrupt: queue anew what has expired, wake the sleepers, write once. */
  private static long interrupt(TimerQueue timers, NaiveTimers model, long nowNs, SplittableRandom random) {
    for (int timer = TICK; timer <= WATCHDOG; timer++) {
      if (timers.expiryOf(timer) <= nowNs) {
        long againNs = nowNs + 1 + random.nextInt(50);
        timers.rearm(timer, againNs);
        int rearmed = timer;
        model.queued.removeIf(t -> t.name().equals(rearmed));
        model.queued.add(new NaiveTimers.Timer(timer, againNs));
      }
    }
    for (Task taken = timers.takeExpiredSleeper(nowNs); taken != null; taken = timers.takeExpiredSleeper(nowNs)) {
      NaiveTimers.Timer expected =
          model.queued.stream().filter(t -> t.name() instanceof Task)
              .min(java.util.Comparator.comparingLong(NaiveTimers.Timer::expiryNs)).orElseThrow();
      assertThat(taken).isSameAs(expected.name());
      assertThat(expected.expiryNs()).isLessThanOrEqualTo(nowNs);
      model.queued.remove(expected);
    }
    assertThat(model.queued).noneMatch(t -> t.name() instanceof Task && t.expiryNs() <= nowNs);
    timers.reprogramAfterInterrupt();
    model.endOfInterrupt();
    return nowNs;
  }
}
