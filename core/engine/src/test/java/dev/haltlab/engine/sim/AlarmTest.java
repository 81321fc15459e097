package dev.haltlab.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins when an alarm goes off: a register moved later that fires at its old time, or one called off that fires at all. */
final class AlarmTest {
  private static final int STEP = 0;
  private static final int ALARM = 1;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void goesOffWhenAnEventMovedAboutInTheCalendarWould(long seed) {
    assertThat(history(seed, false)).isEqualTo(history(seed, true));
  }

  /** Times at which the alarm went off; {@code plainly}, it is an event of the calendar that is moved and cancelled. */
  private static List<Long> history(long seed, boolean plainly) {
    SplittableRandom random = new SplittableRandom(seed);
    Calendar calendar = new Calendar(2);
    Alarm alarm = new Alarm(calendar, ALARM);
    List<Long> wentOff = new ArrayList<>();
    calendar.schedule(STEP, 0);
    for (int steps = 0; steps < 20_000; ) {
      if (calendar.next() == ALARM) {
        if (plainly || alarm.goesOff()) {
          wentOff.add(calendar.nowNs());
        }
        continue;
      }
      steps++;
      switch (random.nextInt(4)) {
        case 0 -> {
          if (plainly) {
            calendar.cancel(ALARM);
          } else {
            alarm.off();
          }
        }
        case 1, 2 -> {
          long timeNs = calendar.nowNs() + random.nextInt(-5, 60);
          if (plainly) {
            calendar.schedule(ALARM, Math.max(calendar.nowNs(), timeNs));
          } else {
            alarm.set(timeNs);
          }
          assertThat(plainly ? calendar.timeOf(ALARM) : alarm.dueNs()).isEqualTo(Math.max(calendar.nowNs(), timeNs));
        }
        default -> {
          if (!plainly && random.nextBoolean()) {
            alarm.set(alarm.dueNs()); // says nothing new, NEVER included
          } else if (plainly) {
            random.nextBoolean();
          }
        }
      }
      calendar.schedule(STEP, calendar.nowNs() + random.nextInt(1, 30));
    }
    assertThat(wentOff).hasSizeGreaterThan(1000);
    return wentOff;
  }
}
