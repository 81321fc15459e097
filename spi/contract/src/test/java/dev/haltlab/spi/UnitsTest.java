package dev.haltlab.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: a size, frequency or version that is read wrongly, written so that it reads back as another, or accepted though
 * it means nothing.
 */
class UnitsTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "0, 0", "128B, 128", "4KiB, 4096", "4 kib, 4096", "2MiB, 2097152", "1GiB, 1073741824"})
  void sizesAreRead(String text, long bytes) {
    assertThat(Bytes.parse(text).count()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "B", "-1", "1.5KiB", "4KB", "4kB", "9223372036854775808", "9999999999GiB", "1 2"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> Bytes.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSizeIsWrittenAsItIsRead() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      Bytes bytes = new Bytes(random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63) << random.nextInt(3) * 10 >>> 1);
      assertThat(Bytes.parse(bytes.toString())).isEqualTo(bytes);
    }
    assertThat(new Bytes(1_536)).hasToString("1536B");
    assertThat(new Bytes(0)).hasToString("0B");
  }

  @ParameterizedTest
  @CsvSource({"2.6GHz, 2600000000", "250Hz, 250", "1 khz, 1000", "1.000001MHz, 1000001", "3GHz, 3000000000"})
  void frequenciesAreRead(String text, long perSecond) {
    assertThat(Hertz.parse(text).perSecond()).isEqualTo(perSecond);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "250", "GHz", "0Hz", "-1Hz", "0.5Hz", "1e9Hz", "99999999999GHz", "2,6GHz"})
  void whatIsNoFrequencyIsRefused(String text) {
    assertThatThrownBy(() -> Hertz.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFrequencyIsWrittenAsItIsRead() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 10_000; i++) {
      Hertz hertz = new Hertz(1 + random.nextLong(10_000_000_000L) / (1 + random.nextInt(100)));
      assertThat(Hertz.parse(hertz.toString())).isEqualTo(hertz);
    }
    assertThat(new Hertz(2_600_000_000L)).hasToString("2.6GHz");
    assertThat(new Hertz(250)).hasToString("250Hz");
  }

  @Test
  void cyclesBecomeTimeToTheNearestPicosecond() {
    assertThat(new Hertz(2_600_000_000L).cyclesToPs(14_900)).isEqualTo(5_730_769);
    assertThat(new Hertz(1_000_000_000L).cyclesToPs(7)).isEqualTo(7_000);
    assertThat(new Hertz(3).cyclesToPs(3)).isEqualTo(1_000_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource({
    "3.16, 3, 16, 0",
    "v6.1, 6, 1, 0",
    "6.1.192, 6, 1, 192",
    "6.1.0-56-cloud-amd64, 6, 1, 0",
    "5.15.0-91-generic, 5, 15, 0",
    "6.12-rc3, 6, 12, 0",
    "3.10.0-1160.el7.x86_64, 3, 10, 0"
  })
  void versionsAreRead(String text, int major, int minor, int patch) {
    assertThat(KernelVersion.parse(text)).isEqualTo(new KernelVersion(major, minor, patch));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "6", "6.", "linux", "6.1x", ".1", "99999.1", "-1.2"})
  void whatIsNoVersionIsRefused(String text) {
    assertThatThrownBy(() -> KernelVersion.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void versionsAreOrderedByNumberNotByText() {
    List<String> ordered = List.of("2.6.39", "3.1", "3.2", "3.10", "3.10.67", "3.11", "4.0", "5.4.152", "5.10", "6.1");
    for (int i = 0; i < ordered.size(); i++) {
      KernelVersion left = KernelVersion.parse(ordered.get(i));
      assertThat(KernelVersion.parse(left.toString())).isEqualTo(left);
      for (int j = 0; j < ordered.size(); j++) {
        KernelVersion right = KernelVersion.parse(ordered.get(j));
        assertThat(Integer.signum(left.compareTo(right))).isEqualTo(Integer.compare(i, j));
        boolean same = left.major() == right.major() && left.minor() == right.minor();
        assertThat(left.atLeast(right.major(), right.minor())).isEqualTo(i >= j || same);
      }
    }
  }
}
