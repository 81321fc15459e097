package dev.haltlab.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Sampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins what keeps the tick or bounds its stop: the wheel's next timer, on a jiffy, and that it is served by then. */
final class TimerWheelTest {
  private static final long NEVER = TimerQueue.NEVER;
  private static final long PERIOD_NS = 4_000_000;
  private static final long OFFSET_NS = 1_500_000;
  private static final long MS = 1_000_000;

  private final TimerWheel wheel = new TimerWheel(new Tick(new TimerQueue(false, true), PERIOD_NS, OFFSET_NS, false, false));

  /** The first jiffy boundary not before {@code ns}. */
  private static long roundedUp(long ns, long offsetNs, long periodNs) {
    return ns <= offsetNs ? offsetNs : offsetNs + (ns - offsetNs + periodNs - 1) / periodNs * periodNs;
  }

  private static Sampler fixed(long ns) {
    return Dist.fixed(Duration.ofNanos(ns)).sampler(new SplittableRandom(1));
  }

  @Test
  void anEmptyWheelNeedsNoTick() {
    assertThat(wheel.nextNs()).isEqualTo(NEVER);
    assertThat(wheel.serve(Long.MAX_VALUE - 1)).isFalse();
  }

  @Test
  void theNextSegmentMovesBothTimersOfAConnectionOn() {
    wheel.segmentReceived(10 * MS);
    wheel.segmentSent(10 * MS);
    assertThat(wheel.nextNs()).isEqualTo(roundedUp(50 * MS, OFFSET_NS, PERIOD_NS));
    wheel.segmentReceived(30 * MS);
    wheel.segmentSent(30 * MS);
    assertThat(wheel.nextNs()).isEqualTo(roundedUp(70 * MS, OFFSET_NS, PERIOD_NS));
    assertThat(wheel.serve(roundedUp(70 * MS, OFFSET_NS, PERIOD_NS))).isTrue();
    assertThat(wheel.nextNs()).as("the retransmission's").isEqualTo(roundedUp(230 * MS, OFFSET_NS, PERIOD_NS));
  }

  @Test
  void aTimerIsNotServedBeforeTheJiffyItIsRoundedTo() {
    wheel.segmentReceived(2 * MS); // due at 42 ms, between the jiffies of 41.5 and 45.5 ms
    assertThat(wheel.nextNs()).isEqualTo(OFFSET_NS + 11 * PERIOD_NS);
    // a tick that comes late, after the due time but before the jiffy
    assertThat(wheel.serve(OFFSET_NS + 10 * PERIOD_NS + 700_000)).isFalse();
    assertThat(wheel.nextNs()).isEqualTo(OFFSET_NS + 11 * PERIOD_NS);
    assertThat(wheel.serve(OFFSET_NS + 11 * PERIOD_NS)).isTrue();
    assertThat(wheel.nextNs()).isEqualTo(NEVER);
  }

  @Test
  void aBackgroundTimerThatIsServedLateGoesOnFromWhenItWasDue() {
    wheel.addBackground(fixed(3 * PERIOD_NS));
    long first = roundedUp(3 * PERIOD_NS, OFFSET_NS, PERIOD_NS);
    assertThat(wheel.nextNs()).isEqualTo(first);
    assertThat(wheel.serve(first + 7 * PERIOD_NS)).isTrue();
    assertThat(wheel.nextNs()).isEqualTo(first + 9 * PERIOD_NS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithAListUnderRandomOperations(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long periodNs = 1 + random.nextInt(10) * MS;
    long offsetNs = random.nextLong(periodNs);
    TimerWheel subject = new TimerWheel(new Tick(new TimerQueue(false, true), periodNs, offsetNs, false, false));
    // every timer by its jiffy: background ones with their own numbers, then TCP's two
    List<Sampler> intervals = new ArrayList<>();
    List<Long> due = new ArrayList<>();
    for (int i = 0; i < seed % 4; i++) {
      Dist interval = Dist.exponential(Duration.ofMillis(20));
      subject.addBackground(interval.sampler(new SplittableRandom(seed + i)));
      intervals.add(interval.sampler(new SplittableRandom(seed + i)));
      due.add(roundedUp(Math.max(1, intervals.get(i).nextNs()), offsetNs, periodNs));
    }
    int delayedAck = due.size();
    int retransmission = delayedAck + 1;
    due.addAll(List.of(NEVER, NEVER));
    long nowNs = 0;
    for (int step = 0; step < 20_000; step++) {
      nowNs += random.nextInt((int) (random.nextInt(5) == 0 ? 60 * MS : MS));
      switch (random.nextInt(3)) {
        case 0 -> {
          subject.segmentReceived(nowNs);
          due.set(delayedAck, roundedUp(nowNs + 40 * MS, offsetNs, periodNs));
        }
        case 1 -> {
          subject.segmentSent(nowNs);
          due.set(retransmission, roundedUp(nowNs + 200 * MS, offsetNs, periodNs));
        }
        default -> {
          boolean served = false;
          for (int i = 0; i < due.size(); i++) {
            while (due.get(i) <= nowNs) {
              served = true;
              due.set(
                  i,
                  i < delayedAck
                      ? roundedUp(due.get(i) + Math.max(1, intervals.get(i).nextNs()), offsetNs, periodNs)
                      : NEVER);
            }
          }
          assertThat(subject.serve(nowNs)).as("step %d at %d", step, nowNs).isEqualTo(served);
        }
      }
      assertThat(subject.nextNs()).isEqualTo(due.stream().mapToLong(Long::longValue).min().orElseThrow());
    }
  }
}
