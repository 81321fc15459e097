package dev.haltlab.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins when the tick stops, where it is moved to, and what each of its moves writes. */
final class TickTest {
  private static final long NEVER = TimerQueue.NEVER;
  private static final long PERIOD_NS = 4_000;
  private static final long OFFSET_NS = 1_500;
  /** The watchdog, behind everything else. */
  private static final long WATCHDOG_NS = 1_000_000_000;

  private final TimerQueue timers = new TimerQueue(false, true);
  private final Tick tick = new Tick(timers, PERIOD_NS, OFFSET_NS, false, false);

  /** The first jiffy boundary later than {@code nowNs}, counted up from the first. */
  private static long nextJiffy(long nowNs, long offsetNs, long periodNs) {
    long jiffy = offsetNs;
    while (jiffy <= nowNs) {
      jiffy += Math.max(periodNs, (nowNs - jiffy) / periodNs * periodNs);
    }
    return jiffy;
  }

  private List<Long> writes() {
    return NaiveTimers.drain(timers);
  }

  private void started() {
    tick.start(0);
    timers.add(TimerQueue.WATCHDOG, WATCHDOG_NS);
    assertThat(writes()).containsExactly(OFFSET_NS);
  }

  @Test
  void stoppingAndRestartingTakeTwoWritesEach() {
    started();
    tick.stop(200, 5 * PERIOD_NS + OFFSET_NS);
    assertThat(writes()).containsExactly(WATCHDOG_NS, 5 * PERIOD_NS + OFFSET_NS);
    assertThat(tick.isStopped()).isTrue();
    tick.restart(2_000);
    assertThat(writes()).containsExactly(WATCHDOG_NS, PERIOD_NS + OFFSET_NS);
    assertThat(tick.isStopped()).isFalse();
  }

  @Test
  void aTickIsKeptWhenTheWheelNeedsTheNextOne() {
    started();
    tick.stop(OFFSET_NS - 1, OFFSET_NS);
    assertThat(tick.isStopped()).isFalse();
    tick.stop(OFFSET_NS, OFFSET_NS + PERIOD_NS); // in the nanosecond of a tick the next one is a period away
    assertThat(tick.isStopped()).isFalse();
    tick.stop(OFFSET_NS - 1, 0); // overdue
    assertThat(tick.isStopped()).isFalse();
    assertThat(writes()).isEmpty();
    tick.stop(OFFSET_NS - 1, OFFSET_NS + PERIOD_NS);
    assertThat(tick.isStopped()).isTrue();
    assertThat(writes()).hasSize(2);
  }

  @Test
  void aStoppedTickIsNotMovedToWhereItIs() {
    started();
    tick.stop(200, 5 * PERIOD_NS + OFFSET_NS);
    writes();
    tick.stop(300, 5 * PERIOD_NS + OFFSET_NS);
    assertThat(writes()).isEmpty();
    tick.stop(300, 6 * PERIOD_NS + OFFSET_NS);
    assertThat(writes()).containsExactly(WATCHDOG_NS, 6 * PERIOD_NS + OFFSET_NS);
  }

  @Test
  void aStoppedTickWithNothingToWaitForIsCancelled() {
    started();
    tick.stop(200, NEVER);
    assertThat(writes()).containsExactly(WATCHDOG_NS);
    assertThat(timers.expiryOf(TimerQueue.TICK)).isEqualTo(NEVER);
    tick.stop(300, NEVER);
    assertThat(writes()).isEmpty();
    tick.restart(400);
    assertThat(writes()).containsExactly(OFFSET_NS);
  }

  @Test
  void aTickThatWasNotStoppedIsNotRestarted() {
    started();
    tick.restart(400);
    assertThat(writes()).isEmpty();
  }

  @Test
  void anExpiredTickIsQueuedForTheNextJiffyAndOneThatIsLateDoesNotCatchUp() {
    started();
    assertThat(tick.expired(OFFSET_NS - 1)).isFalse();
    assertThat(tick.expired(OFFSET_NS)).isTrue();
    assertThat(timers.expiryOf(TimerQueue.TICK)).isEqualTo(OFFSET_NS + PERIOD_NS);
    assertThat(tick.expired(OFFSET_NS + 7 * PERIOD_NS + 1)).isTrue();
    assertThat(timers.expiryOf(TimerQueue.TICK)).isEqualTo(OFFSET_NS + 8 * PERIOD_NS);
    assertThat(writes()).as("the interrupt writes once, at its end").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 1_000, 4_000_000, 1_000_000_000})
  void jiffiesAreAPeriodApart(long periodNs) {
    SplittableRandom random = new SplittableRandom(periodNs);
    for (int i = 0; i < 2_000; i++) {
      long offsetNs = random.nextLong(periodNs);
      Tick some = new Tick(new TimerQueue(false, true), periodNs, offsetNs, false, false);
      long ns = random.nextLong(5 * periodNs);
      long jiffy = some.jiffyAtOrAfter(ns);
      assertThat(jiffy).isBetween(ns, Math.max(ns + periodNs - 1, offsetNs));
      assertThat((jiffy - offsetNs) % periodNs).isZero();
      assertThat(jiffy).isGreaterThanOrEqualTo(offsetNs);
    }
  }

  private static void requeue(NaiveTimers model, long expiryNs, boolean inOneStep) {
    if (!inOneStep) {
      model.remove("tick");
    }
    model.move("tick", expiryNs);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void agreesWithAPlainOneUnderRandomOperations(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long periodNs = 1 + random.nextInt(40);
    long offsetNs = random.nextLong(periodNs);
    boolean watchdog = seed % 2 == 0;
    boolean movesToStop = seed % 3 > 0; // since Linux 5.15
    boolean movesToRestart = seed % 3 > 1; // since Linux 7.1
    TimerQueue real = new TimerQueue(false, true);
    Tick subject = new Tick(real, periodNs, offsetNs, movesToStop, movesToRestart);
    NaiveTimers model = new NaiveTimers();
    subject.start(0);
    model.add("tick", nextJiffy(0, offsetNs, periodNs));
    if (watchdog) {
      real.add(TimerQueue.WATCHDOG, WATCHDOG_NS);
      model.add("watchdog", WATCHDOG_NS);
    }
    boolean stopped = false;
    long nowNs = 0;
    for (int i = 0; i < 20_000; i++) {
      nowNs += random.nextInt((int) (random.nextInt(10) == 0 ? 9 * periodNs : 1 + periodNs / 3));
      long jiffy = nextJiffy(nowNs, offsetNs, periodNs);
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          long wheelNs = random.nextInt(8) == 0 ? NEVER : jiffy + (random.nextInt(6) - 1) * periodNs;
          subject.stop(nowNs, wheelNs);
          if (stopped || wheelNs > jiffy) {
            if (!stopped || model.expiryOf("tick") != wheelNs) {
              if (wheelNs == NEVER) {
                model.remove("tick");
              } else {
                requeue(model, Math.max(wheelNs, nowNs), movesToStop);
              }
            }
            stopped = true;
          }
        }
        case 2 -> {
          subject.restart(nowNs);
          if (stopped) {
            requeue(model, jiffy, movesToRestart);
            stopped = false;
          }
        }
        default -> {
          boolean due = model.expiryOf("tick") <= nowNs;
          assertThat(subject.expired(nowNs)).isEqualTo(due);
          if (due) {
            model.queued.removeIf(t -> t.name().equals("tick"));
            model.queued.add(new NaiveTimers.Timer("tick", jiffy));
            real.reprogramAfterInterrupt();
            model.endOfInterrupt();
          }
        }
      }
      assertThat(NaiveTimers.drain(real)).as("step %d at %d", i, nowNs).isEqualTo(model.drain());
      assertThat(subject.isStopped()).isEqualTo(stopped);
      assertThat(real.expiryOf(TimerQueue.TICK)).isEqualTo(model.expiryOf("tick"));
    }
  }
}
