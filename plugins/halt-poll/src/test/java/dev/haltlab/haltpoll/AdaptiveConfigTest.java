package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.KernelVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: a default of another kernel or architecture, a plan that does not show what holds, and a version whose rule
 * nobody knows.
 */
class AdaptiveConfigTest {

  /** KVM_HALT_POLL_NS_DEFAULT; where a change is dated by its commit, the last release before and the first after. */
  @ParameterizedTest
  @CsvSource({
    "4.0, x86, 0", "4.2, x86, 0", "4.3, x86, 500", "4.5, x86, 500", "4.6, x86, 400", "4.11, x86, 400",
    "4.12, x86, 200", "4.19, x86, 200", "7.1, x86, 200",
    "4.19, arm64, 500", "7.1, arm64, 500", "7.1, mips, 500", "7.1, riscv, 500", "7.1, loongarch, 500",
    "4.6, s390, 0", "4.7, s390, 80", "5.3, s390, 80", "5.4, s390, 50", "7.1, s390, 50", "4.19, powerpc, 10"
  })
  void theMaximumIsTheKernelsAndTheArchitectures(String kernel, String arch, long us) {
    Adaptive.Config complete =
        Given.kernel(kernel).arch(Arch.valueOf(arch.toUpperCase(java.util.Locale.ROOT))).config().complete();
    assertThat(complete.max()).contains(Duration.ofNanos(us * 1_000));
  }

  @Test
  void whatIsGivenStays() {
    Adaptive.Config given =
        Given.kernel("6.10").max(1).grow(3).growStart(5).shrink(7).cap(11).at(13, "max", 17).config();
    assertThat(given.complete()).isEqualTo(given);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.0", "4.3", "5.0", "5.4", "5.8", "6.1", "6.11", "7.1"})
  void completingTwiceIsCompletingOnce(String kernel) {
    for (Arch arch : Arch.values()) {
      Adaptive.Config once = Given.kernel(kernel).arch(arch).grow(5).growStart(70_000).cap(90_000).config().complete();
      assertThat(once.complete()).isEqualTo(once);
    }
  }

  @Test
  void aPlanShowsNothingThatTheKernelDoesNotHave() {
    Adaptive.Config everything =
        Given.kernel("4.2").max(9).grow(3).growStart(5).shrink(7).cap(11).maxSteal(13).config().complete();
    assertThat(everything).isEqualTo(Given.kernel("4.2").max(9).config());
    assertThat(Given.kernel("5.0").growStart(5).config().complete().growStart()).contains(Duration.ofNanos(10_000));
    assertThat(Given.kernel("5.7").cap(5).config().complete().cap()).isEmpty();
    assertThat(Given.kernel("5.8").cap(5).config().complete().cap()).contains(Duration.ofNanos(5));
    assertThat(Given.kernel("6.1").arch(Arch.ARM64).maxSteal(5).config().complete().maxSteal()).isEmpty();
    assertThat(Given.kernel("6.1").arch(Arch.S390).config().complete().maxSteal()).contains(10);
    assertThat(Given.kernel("5.1").arch(Arch.S390).config().complete().maxSteal()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "3.19, 'kernel must be 4.0 or later, was 3.19'", "3.10, 'kernel must be 4.0'",
    "8.0, 'kernel must be 4.0 to 7.x, was 8.0'"
  })
  void aKernelWithoutAKnownRuleIsRefused(String kernel, String message) {
    assertThatThrownBy(() -> Given.kernel(kernel).config())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aDistributionsVersionIsUnderstood() {
    assertThat(Given.kernel("6.1.0-56-cloud-amd64").config().kernel()).isEqualTo(new KernelVersion(6, 1, 0));
    assertThat(Given.kernel("5.15.0-91-generic").config().kernel()).isEqualTo(new KernelVersion(5, 15, 0));
  }

  @Test
  void aChangeThatChangesNothingIsRefused() {
    assertThatThrownBy(
            () -> new Adaptive.Change(
                Duration.ZERO, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty()))
        .hasMessageStartingWith("at needs at least one of max, grow, growStart, shrink, cap");
  }

  // --- releases by name ---

  static Stream<LinuxRelease> releases() {
    List<LinuxRelease> found =
        Strategies.all().stream()
            .filter(LinuxRelease.class::isInstance)
            .map(LinuxRelease.class::cast)
            .toList();
    assertThat(found).hasSizeGreaterThan(10);
    return found.stream();
  }

  @ParameterizedTest
  @MethodSource("releases")
  void aReleaseIsAdaptiveWithItsKernel(LinuxRelease release) {
    String version = release.id().substring("linux-".length());
    assertThat(release.defaults()).isEqualTo(Given.kernel(version).config());
    assertThat(release.complete(release.defaults())).isEqualTo(Given.kernel(version).config().complete());
    assertThat(release.summary()).contains(version + ":");
    long[] halts = {90_000, 90_000, 90_000, 1_000_000, 150_000, 90_000};
    Vcpu named = new Vcpu(release.create(release.defaults(), new TestSeat()));
    Vcpu general = Given.kernel(version).vcpu();
    for (long halt : halts) {
      assertThat(named.budget()).isEqualTo(general.budget());
      assertThat(named.halt(halt)).isEqualTo(general.halt(halt));
    }
  }

  @Test
  void aReleaseTakesItsStableReleasesAndNoOther() {
    LinuxRelease release = new LinuxRelease.V5_4();
    assertThat(release.complete(Given.kernel("5.4.152").config()).kernel()).isEqualTo(new KernelVersion(5, 4, 152));
    assertThatThrownBy(() -> release.complete(Given.kernel("5.5").config()))
        .hasMessageStartingWith("kernel must be 5.4 or one of its stable releases, was 5.5");
  }
}
