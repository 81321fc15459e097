package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Pins: a built-in strategy that is not found, has other defaults than its description says, or polls otherwise than
 * its name promises.
 */
class StrategiesTest {
  private static final Seat SEAT = new TestSeat();

  private static <C extends Record> HaltPoll withDefaults(HaltPollProvider<C> provider) {
    return provider.create(provider.defaults(), SEAT);
  }

  @Test
  void theModuleProvidesThemByTheirNames() {
    assertThat(Strategies.all())
        .map(HaltPollProvider::id)
        .containsExactlyInAnyOrder(
            "off", "fixed", "adaptive", "never-schedule", "oracle", "break-even", "ewma", "percentile",
            "simplified-2019", "steal-aware", "toggle", "linux-4.0", "linux-4.3", "linux-4.4", "linux-4.7",
            "linux-4.19", "linux-5.4", "linux-5.10", "linux-5.14", "linux-5.15", "linux-6.1", "linux-6.11");
  }

  @Test
  void theDefaultsAreWhatTheDocumentationSays() {
    assertThat(new Off().defaults()).isEqualTo(new Off.Config());
    assertThat(new Fixed().defaults()).isEqualTo(new Fixed.Config(Duration.ofNanos(200_000)));
    assertThat(new Adaptive().complete(new Adaptive().defaults()))
        .isEqualTo(Given.kernel("7.1").max(200_000).grow(2).growStart(10_000).shrink(2).config());
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
    HaltPoll adaptive = Given.kernel("6.11").max(90_000).grow(3).growStart(7_000).shrink(0).vcpu().strategy;
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
    assertThatThrownBy(() -> new Fixed.Config(tooLong)).hasMessageStartingWith("window ");
    assertThatThrownBy(() -> new Fixed.Config(Duration.ofNanos(-1))).hasMessageStartingWith("window ");
    assertThatThrownBy(() -> new Fixed.Config(Duration.ofDays(400_000))).hasMessageStartingWith("window ");
    assertThatThrownBy(() -> Given.kernel("6.1").max(1L << 32).config()).hasMessageStartingWith("max ");
    assertThatThrownBy(() -> Given.kernel("6.1").grow(-1).config()).hasMessageStartingWith("grow ");
    assertThatThrownBy(() -> Given.kernel("6.1").growStart(1L << 32).config()).hasMessageStartingWith("growStart ");
    assertThatThrownBy(() -> Given.kernel("6.1").shrink(1L << 32).config()).hasMessageStartingWith("shrink ");
    assertThatThrownBy(() -> Given.kernel("6.1").cap(1L << 32).config()).hasMessageStartingWith("cap ");
    assertThatThrownBy(() -> Given.kernel("6.1").maxSteal(101).config()).hasMessageStartingWith("maxSteal ");
    assertThatThrownBy(() -> Given.kernel("6.1").at(-1, "max", 1)).hasMessageStartingWith("at ");
    assertThatThrownBy(() -> Given.kernel("6.1").at(1, "max", -1)).hasMessageStartingWith("max ");
    assertThatThrownBy(() -> new Oracle.Config(Duration.ofHours(2))).hasMessageStartingWith("horizon ");
  }
}
