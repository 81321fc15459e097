package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Pins: a built-in strategy that is not found, has other defaults than its description says, or polls otherwise than
 * its name promises.
 */
class StrategiesTest {
  private static final Seat SEAT = new QuietSeat();

  /** One vCPU of one on a host that shows nothing. */
  private record QuietSeat() implements Seat, HostView {
    @Override
    public String vm() {
      return "guest";
    }

    @Override
    public int vcpu() {
      return 0;
    }

    @Override
    public int vcpus() {
      return 1;
    }

    @Override
    public RandomGenerator random() {
      return new SplittableRandom(1);
    }

    @Override
    public HostView host() {
      return this;
    }

    @Override
    public int otherRunnable() {
      return 0;
    }

    @Override
    public long stealNs() {
      return 0;
    }

    @Override
    public boolean siblingBusy() {
      return false;
    }
  }

  private static <C extends Record> HaltPoll withDefaults(HaltPollProvider<C> provider) {
    return provider.create(provider.defaults(), SEAT);
  }

  private static String idOf(String className) {
    try {
      return ((HaltPollProvider<?>) Class.forName(className).getConstructor().newInstance()).id();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(className + " cannot be made as the platform makes it", e);
    }
  }

  @Test
  void theModuleProvidesAllFiveByTheirNames() {
    var provided =
        StrategiesTest.class.getModule().getDescriptor().provides().stream()
            .filter(p -> p.service().equals(HaltPollProvider.class.getName()))
            .flatMap(p -> p.providers().stream());
    assertThat(provided)
        .map(StrategiesTest::idOf)
        .containsExactlyInAnyOrder("off", "fixed", "adaptive", "never-schedule", "oracle");
  }

  @Test
  void theDefaultsAreWhatTheDocumentationSays() {
    assertThat(new Off().defaults()).isEqualTo(new Off.Config());
    assertThat(new Fixed().defaults()).isEqualTo(new Fixed.Config(Duration.ofNanos(200_000)));
    assertThat(new Adaptive().defaults())
        .isEqualTo(new Adaptive.Config(Duration.ofNanos(200_000), 2, Duration.ofNanos(10_000), 2));
    assertThat(new NeverSchedule().defaults()).isEqualTo(new NeverSchedule.Config());
    assertThat(new Oracle().defaults()).isEqualTo(new Oracle.Config(Duration.ofNanos(200_000)));
  }

  @Test
  void offNeverPolls() {
    HaltPoll off = withDefaults(new Off());
    for (int i = 0; i < 10; i++) {
      assertThat(off.budget(i)).isZero();
      off.woken(i, 1_000, 0, true, true);
    }
    assertThat(off.windowNs()).isEqualTo(-1);
  }

  @Test
  void fixedPollsTheSameAtEveryHalt() {
    HaltPoll fixed = new Fixed().create(new Fixed.Config(Duration.ofNanos(50_000)), SEAT);
    for (long halt : new long[] {1, 50_000, 60_000, 10_000_000}) {
      assertThat(fixed.budget(0)).isEqualTo(50_000);
      fixed.woken(0, halt, Math.min(halt, 50_000), halt > 50_000, true);
      assertThat(fixed.windowNs()).isEqualTo(50_000);
    }
    assertThat(fixed.yields()).isTrue();
  }

  @Test
  void neverSchedulePollsWithoutEndAndYieldsToNoOne() {
    HaltPoll always = withDefaults(new NeverSchedule());
    assertThat(always.budget(0)).isEqualTo(HaltPoll.FOREVER);
    assertThat(always.yields()).isFalse();
  }

  @Test
  void theOracleIsABoundWithItsHorizon() {
    HaltPoll oracle = new Oracle().create(new Oracle.Config(Duration.ofNanos(70_000)), SEAT);
    assertThat(oracle).isInstanceOf(HaltPoll.Hindsight.class);
    assertThat(oracle.budget(0)).isEqualTo(70_000);
  }

  @Test
  void onlyTheOracleIsABound() {
    assertThat(withDefaults(new Off())).isNotInstanceOf(HaltPoll.Hindsight.class);
    assertThat(withDefaults(new Fixed())).isNotInstanceOf(HaltPoll.Hindsight.class);
    assertThat(withDefaults(new Adaptive())).isNotInstanceOf(HaltPoll.Hindsight.class);
    assertThat(withDefaults(new NeverSchedule())).isNotInstanceOf(HaltPoll.Hindsight.class);
  }

  @Test
  void adaptiveTakesItsParametersFromTheConfiguration() {
    HaltPoll adaptive =
        new Adaptive().create(new Adaptive.Config(Duration.ofNanos(90_000), 3, Duration.ofNanos(7_000), 0), SEAT);
    assertThat(adaptive.budget(0)).isZero();
    adaptive.woken(0, 80_000, 0, true, true);
    assertThat(adaptive.windowNs()).isEqualTo(7_000);
    assertThat(adaptive.budget(0)).isEqualTo(7_000);
    adaptive.woken(0, 80_000, 7_000, true, true);
    assertThat(adaptive.budget(0)).isEqualTo(21_000);
    adaptive.woken(0, 91_000, 21_000, true, true);
    assertThat(adaptive.windowNs()).isZero();
  }

  @Test
  void instancesShareNothing() {
    Adaptive provider = new Adaptive();
    HaltPoll one = withDefaults(provider);
    HaltPoll other = withDefaults(provider);
    one.budget(0);
    one.woken(0, 50_000, 0, true, true);
    assertThat(one.windowNs()).isEqualTo(10_000);
    assertThat(other.windowNs()).isZero();
  }

  @Test
  void aValueOutOfTheKernelsRangeIsRefusedByItsName() {
    Duration tooLong = Duration.ofNanos(4_294_967_296L);
    Duration ok = Duration.ofNanos(1);
    assertThatThrownBy(() -> new Fixed.Config(tooLong)).hasMessageStartingWith("window ");
    assertThatThrownBy(() -> new Fixed.Config(Duration.ofNanos(-1))).hasMessageStartingWith("window ");
    assertThatThrownBy(() -> new Fixed.Config(Duration.ofDays(400_000))).hasMessageStartingWith("window ");
    assertThatThrownBy(() -> new Adaptive.Config(tooLong, 2, ok, 2)).hasMessageStartingWith("max ");
    assertThatThrownBy(() -> new Adaptive.Config(ok, -1, ok, 2)).hasMessageStartingWith("grow ");
    assertThatThrownBy(() -> new Adaptive.Config(ok, 2, tooLong, 2)).hasMessageStartingWith("growStart ");
    assertThatThrownBy(() -> new Adaptive.Config(ok, 2, ok, 1L << 32)).hasMessageStartingWith("shrink ");
    assertThatThrownBy(() -> new Oracle.Config(Duration.ofHours(2))).hasMessageStartingWith("horizon ");
  }
}
