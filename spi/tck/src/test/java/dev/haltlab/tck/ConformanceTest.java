package dev.haltlab.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins: a rule that lets its own breach pass, one that accuses a lawful plugin, and a breach that is told by other
 * rules as well, so that its author would not know where to look.
 */
class ConformanceTest {

  static Stream<Map.Entry<String, Provider<?>>> planted() {
    return Planted.all().entrySet().stream();
  }

  static Stream<Provider<?>> lawful() {
    return Lawful.all().stream();
  }

  private static List<String> ids(List<Result> results, Result.Status status) {
    return results.stream().filter(result -> result.status() == status).map(Result::id).toList();
  }

  @ParameterizedTest
  @MethodSource("planted")
  void aPlantedBreachIsFoundByItsRuleAndByNoOther(Map.Entry<String, Provider<?>> planted) {
    assertThat(ids(Conformance.check(planted.getValue()), Result.Status.VIOLATED))
        .containsExactlyElementsOf(Planted.alsoBreaks(planted.getKey()));
  }

  @Test
  void everyRuleHasAPlantedBreach() {
    assertThat(Planted.all().keySet())
        .containsExactlyElementsOf(Conformance.rules().stream().map(Rule::id)
            .filter(id -> !id.equals(TraceReaderRules.OWN_LINES_ARE_UNDERSTOOD.id())) // see TraceReaderRulesTest
            .toList());
  }

  @ParameterizedTest
  @MethodSource("lawful")
  void aLawfulPluginPassesEveryRule(Provider<?> provider) {
    List<Result> results = Conformance.check(provider);
    assertThat(results).allSatisfy(result -> assertThat(result.status()).as("%s", result)
        .isEqualTo(Result.Status.PASSED));
    assertThat(results).allSatisfy(result -> assertThat(result.observed()).as(result.id()).isNotBlank());
  }

  @Test
  void everyRuleHasANumberOfItsOwnAndSaysWhatAndWhy() {
    List<Rule<?>> rules = Conformance.rules();
    assertThat(rules.stream().map(rule -> rule.id().substring(0, "required_000".length()))).doesNotHaveDuplicates();
    assertThat(rules.stream().map(Rule::id)).isSorted();
    assertThat(rules).allSatisfy(rule -> {
      assertThat(rule.sentence()).isNotBlank().doesNotEndWith(".");
      assertThat(rule.why()).isNotBlank().doesNotEndWith(".");
    });
  }

  @Test
  void aStrategyThatAlwaysThrowsIsToldOnce() {
    List<Result> results = Conformance.check(Plain.poll(seat -> new example.Later()));
    assertThat(ids(results, Result.Status.VIOLATED)).containsExactly("required_110_budgetAndWokenThrowNothing");
    assertThat(ids(results, Result.Status.SKIPPED)).hasSize(10);
    assertThat(results.get(results.size() - 2).observed())
        .contains("UnsupportedOperationException: later").contains("(Later.java:");
  }

  @Test
  void withoutDefaultsThereIsNothingToTry() {
    List<Result> results = Conformance.check(new Planted.Odd<>(new Plain.Config()) {
      @Override
      public Plain.Config defaults() {
        throw new IllegalStateException("none\nyet");
      }
    });
    assertThat(ids(results, Result.Status.VIOLATED)).containsExactly("required_002_defaultsAreEqualEachTime");
    assertThat(results.get(1).observed()).contains("threw IllegalStateException: none yet");
  }

  @Test
  void aWorkloadThatRefusesItsDefaultsIsSkippedWithItsOwnWords() {
    List<Result> results = Conformance.check(Plain.workload(guest -> {
      throw new IllegalArgumentException("tasks must name at least one task");
    }));
    assertThat(ids(results, Result.Status.VIOLATED)).isEmpty();
    assertThat(ids(results, Result.Status.SKIPPED)).hasSize(11);
    assertThat(results.get(results.size() - 1).observed()).contains("tasks must name at least one task");
  }

  @Test
  void anotherConfigurationIsTriedInsteadOfTheDefaults() {
    HaltPollProvider<Planted.Rounded> provider = new Planted.Odd<>(new Planted.Rounded(40)) {
      @Override
      public HaltPoll create(Planted.Rounded config, dev.haltlab.spi.Seat seat) {
        return now -> config.percent() > 50 ? -1 : 0;
      }
    };
    Subject<HaltPollProvider<?>> subject = Subject.of(provider);
    assertThat(HaltPollRules.BUDGET_IS_NEVER_NEGATIVE.check(subject).status()).isEqualTo(Result.Status.PASSED);
    assertThat(HaltPollRules.BUDGET_IS_NEVER_NEGATIVE.check(subject.with(new Planted.Rounded(60))).status())
        .isEqualTo(Result.Status.VIOLATED);
  }

  @Test
  void createIsGivenTheConfigurationInFull() {
    HaltPollProvider<Planted.Window> provider = new Planted.Odd<>(new Planted.Window(java.time.Duration.ZERO)) {
      @Override
      public Planted.Window complete(Planted.Window config) {
        return config.window().isZero() ? new Planted.Window(java.time.Duration.ofNanos(7)) : config;
      }

      @Override
      public HaltPoll create(Planted.Window config, dev.haltlab.spi.Seat seat) {
        return now -> config.window().toNanos();
      }
    };
    assertThat(HaltPollRules.BUDGET_IS_NEVER_NEGATIVE.check(Subject.of(provider)).observed())
        .endsWith("always 7 ns");
  }

  @Test
  void aRuleIsLeftOutByItsIdAndForAReason() {
    Subject<HaltPollProvider<?>> subject = Subject.of(Plain.poll(seat -> now -> -1));
    String rule = HaltPollRules.BUDGET_IS_NEVER_NEGATIVE.id();
    Result result = HaltPollRules.BUDGET_IS_NEVER_NEGATIVE.check(subject.without(rule, "it is a joke"));
    assertThat(result.status()).isEqualTo(Result.Status.SKIPPED);
    assertThat(result.observed()).isEqualTo("it is a joke");
    assertThatThrownBy(() -> subject.without("required_101", "")).hasMessage("there is no rule required_101");
    assertThatThrownBy(() -> subject.without(rule, " ")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPendingCheckMayBeAnsweredForInstead() {
    List<String> ids = new ArrayList<>();
    for (Conformance.Pending pending : Conformance.pending(Plain.poll(seat -> now -> 0))) {
      ids.add(pending.instead(Result.Status.SKIPPED, "no time").id());
      assertThat(pending.instead(Result.Status.SKIPPED, "no time").observed()).isEqualTo("no time");
    }
    assertThat(new TreeSet<>(ids)).hasSize(ProviderRules.ALL.size() + HaltPollRules.ALL.size());
  }
}
