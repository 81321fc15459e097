package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins: a warning that is not true, a parameter that does nothing and no warning says so, and warnings about what is
 * fine.
 */
class AdaptiveAdviceTest {
  private static final long US = 1_000;

  private static List<String> advice(Given given) {
    return new Adaptive().advice(given.config());
  }

  // --- "has no effect": true, and said wherever it is ---

  /** Ways to set one more parameter; the first word is how advice names it. */
  static final List<Arguments> SETTINGS =
      List.of(
          Arguments.of("grow", op(g -> g.grow(5))),
          Arguments.of("growStart", op(g -> g.growStart(17 * US))),
          Arguments.of("shrink", op(g -> g.shrink(3))),
          Arguments.of("cap", op(g -> g.cap(60 * US))),
          Arguments.of("maxSteal", op(g -> g.maxSteal(0))),
          Arguments.of("changes[0].max", op(g -> g.at(2_000 * US, "max", 45 * US))),
          Arguments.of("changes[0].grow", op(g -> g.at(2_000 * US, "grow", 5))),
          Arguments.of("changes[0].growStart", op(g -> g.at(2_000 * US, "growStart", 17 * US))),
          Arguments.of("changes[0].shrink", op(g -> g.at(2_000 * US, "shrink", 3))),
          Arguments.of("changes[0].cap", op(g -> g.at(2_000 * US, "cap", 60 * US))));

  private static UnaryOperator<Given> op(UnaryOperator<Given> setting) {
    return setting;
  }

  static Stream<Arguments> settingsOnKernels() {
    return Stream.of(
            "4.0", "4.2", "4.3", "4.4", "4.6", "4.7", "4.19", "5.0", "5.1", "5.4", "5.8", "5.10", "5.13", "5.15", "6.0",
            "6.1", "6.11", "7.1")
        .flatMap(kernel -> Stream.of(Arch.X86, Arch.S390)
            .flatMap(arch -> SETTINGS.stream().map(s -> Arguments.of(kernel, arch, s.get()[0], s.get()[1]))));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource("settingsOnKernels")
  void aParameterHasAnEffectUnlessAdviceSaysItHasNone(
      String kernel, Arch arch, String name, UnaryOperator<Given> setting) {
    Given with = setting.apply(Given.kernel(kernel).arch(arch).max(200 * US));
    boolean saidToHaveNone = advice(with).stream().anyMatch(a -> a.startsWith(name + " has no effect"));
    boolean hasNone = budgets(with).equals(budgets(Given.kernel(kernel).arch(arch).max(200 * US)));
    assertThat(saidToHaveNone).as("said to have no effect").isEqualTo(hasNone);
  }

  @Test
  void theSameForTheModulesMaximumOfAVmWithOneOfItsOwn() {
    for (String kernel : List.of("5.7", "5.13", "6.1", "7.1")) {
      Given with = Given.kernel(kernel).max(200 * US).cap(150 * US).at(2_000 * US, "max", 45 * US);
      boolean hasNone = budgets(with).equals(budgets(Given.kernel(kernel).max(200 * US).cap(150 * US)));
      assertThat(advice(with).stream().anyMatch(a -> a.startsWith("changes[0].max has no effect")))
          .as(kernel).isEqualTo(hasNone);
    }
  }

  /** What a vCPU polls in a few thousand halts of all lengths. */
  private static List<Long> budgets(Given given) {
    SplittableRandom random = new SplittableRandom(29);
    Vcpu vcpu = given.vcpu();
    List<Long> budgets = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      budgets.add(vcpu.budget());
      vcpu.halt(random.nextLong(random.nextInt(4) == 0 ? 400 * US : 100 * US));
    }
    return budgets;
  }

  // --- parameters that make another thing of it than they look like ---

  static Stream<Arguments> surprises() {
    return Stream.of(
        Arguments.of(Given.kernel("6.11").cap(5 * US), "cap is below growStart (5us < 10us): "),
        Arguments.of(Given.kernel("4.19").max(5 * US), "growStart is above max (10us > 5us): "),
        Arguments.of(
            Given.kernel("6.11").max(400 * US).growStart(4_000 * US), "growStart is above max (4ms > 400us): "),
        Arguments.of(Given.kernel("6.11").growStart(0), "growStart is 0, and 0 times grow is 0: "),
        Arguments.of(Given.kernel("6.11").grow(0), "grow is 0, so no window ever grows"),
        Arguments.of(Given.kernel("4.19").grow(0), "grow is 0, so no window ever grows"),
        Arguments.of(Given.kernel("6.11").shrink(1), "shrink is 1, so the window never shrinks"),
        Arguments.of(Given.kernel("6.11").max(1_000 * US), "max is longer than the 500us of a 2000 Hz timer"),
        Arguments.of(Given.kernel("6.11").cap(501 * US), "cap is longer than the 500us of a 2000 Hz timer"),
        Arguments.of(Given.kernel("4.0"), "max is 0 in Linux 4.0 unless it is set"),
        Arguments.of(Given.kernel("4.4").arch(Arch.S390), "max is 0 in Linux 4.4 unless it is set"),
        Arguments.of(
            Given.kernel("5.10").max(100 * US).cap(200 * US),
            "cap is above max (200us > 100us): in Linux 5.10 growth ends at max all the same"),
        Arguments.of(
            Given.kernel("5.10").at(5, "max", 0),
            "changes[0].max only limits how far the window grows from then on: a VM of Linux 5.10 keeps"),
        Arguments.of(
            Given.kernel("6.1").at(5, "cap", 100 * US).at(6, "max", 0),
            "changes[1].max has no effect on a VM that has used KVM_CAP_HALT_POLL"));
  }

  @ParameterizedTest
  @MethodSource("surprises")
  void aSurpriseIsToldOnceWithItsReason(Given given, String beginning) {
    assertThat(advice(given)).singleElement().asString()
        .startsWith(beginning)
        .hasSizeLessThan(300)
        .doesNotContain("\n")
        .containsPattern("\\([^)]+\\)");
  }

  @Test
  void whatTheWarningsOfNoPollingAtAllSayIsTrue() {
    for (Given given : List.of(
        Given.kernel("6.11").growStart(0), Given.kernel("6.11").grow(0), Given.kernel("5.0").grow(0),
        Given.kernel("4.0"), Given.kernel("4.4").arch(Arch.S390))) {
      assertThat(advice(given)).singleElement().asString().contains("nothing is polled");
      assertThat(budgets(given)).containsOnly(0L);
    }
  }

  static Stream<Given> fine() {
    return Stream.of(
        Given.kernel("7.1"), Given.kernel("7.1").arch(Arch.ARM64), Given.kernel("4.3"), Given.kernel("4.19"),
        Given.kernel("5.10").cap(100 * US), Given.kernel("6.1").cap(10 * US), Given.kernel("7.1").max(500 * US),
        Given.kernel("7.1").max(0), Given.kernel("7.1").cap(0), Given.kernel("4.0").max(200 * US),
        Given.kernel("5.0").growStart(10 * US), Given.kernel("6.1").at(5, "max", 0).at(6, "cap", 100 * US),
        Given.kernel("7.1").grow(0).at(5, "grow", 2), Given.kernel("7.1").growStart(0).at(5, "growStart", 5),
        Given.kernel("7.1").arch(Arch.S390).maxSteal(20), Given.kernel("4.0").at(5, "max", 100 * US));
  }

  @ParameterizedTest
  @MethodSource("fine")
  void whatIsFineIsNotTalkedAbout(Given given) {
    assertThat(advice(given)).isEmpty();
  }

  @Test
  void aReleaseGivesTheSameAdvice() {
    assertThat(new LinuxRelease.V4_0().advice(new LinuxRelease.V4_0().defaults())).hasSize(1);
    assertThat(new LinuxRelease.V6_11().advice(new LinuxRelease.V6_11().defaults())).isEmpty();
  }
}
