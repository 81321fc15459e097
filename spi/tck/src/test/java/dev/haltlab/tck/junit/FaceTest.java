package dev.haltlab.tck.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Seat;
import dev.haltlab.tck.Conformance;
import dev.haltlab.tck.HaltPollRules;
import dev.haltlab.tck.ProviderRules;
import dev.haltlab.tck.Rule;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Pins: a rule that is no JUnit test or another rule's, and a violation that a green test hides. */
class FaceTest {

  private record Config(long budget) {}

  /** Answers what it is configured to. */
  private static final class Says implements HaltPollProvider<Config> {
    @Override
    public String id() {
      return "says";
    }

    @Override
    public Config defaults() {
      return new Config(-1);
    }

    @Override
    public HaltPoll create(Config config, Seat seat) {
      return now -> config.budget();
    }
  }

  /** A test class as an author writes it; not found by JUnit, being private. */
  private static class Tests implements HaltPollTck<Config> {
    @Override
    public HaltPollProvider<Config> provider() {
      return new Says();
    }
  }

  @Test
  void everyRuleIsATestOfItsOwn() {
    TreeSet<String> tests = new TreeSet<>();
    for (Class<?> face : List.of(
        ProviderTck.class, HaltPollTck.class, IdlePolicyTck.class, WorkloadTck.class, HostProfileTck.class,
        TraceReaderTck.class)) {
      for (Method method : face.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          tests.add(method.getName());
        }
      }
    }
    assertThat(tests).containsExactlyElementsOf(Conformance.rules().stream().map(Rule::id).toList());
  }

  @Test
  void everyTestChecksTheRuleItIsNamedBy() {
    for (Method method : HaltPollTck.class.getDeclaredMethods()) {
      if (method.isAnnotationPresent(Test.class)) {
        Tests skipping = new Tests() {
          @Override
          public Map<String, String> skipped() {
            return Map.of(method.getName(), "to see who asks");
          }
        };
        assertThatThrownBy(() -> method.invoke(skipping)).rootCause()
            .isInstanceOf(TestAbortedException.class).hasMessageContaining("to see who asks");
      }
    }
  }

  @Test
  void aViolationFailsWithWhatWasSeenTheRuleAndWhy() {
    assertThatThrownBy(() -> new Tests().required_101_budgetIsNeverNegative())
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("returned -1").hasMessageContaining("The rule: budget returns 0 or more")
        .hasMessageContaining("Why: ");
  }

  @Test
  void testsOfAnyProviderAreItsRules() {
    List<DynamicTest> tests = ConformanceTests.of(new Says()).toList();
    assertThat(tests).hasSize(ProviderRules.ALL.size() + HaltPollRules.ALL.size());
    List<String> failed = new ArrayList<>();
    for (DynamicTest test : tests) {
      try {
        test.getExecutable().execute();
      } catch (AssertionFailedError e) {
        failed.add(test.getDisplayName());
      } catch (Throwable skipped) {
        assertThat(skipped).isInstanceOf(TestAbortedException.class);
      }
    }
    assertThat(failed).contains(HaltPollRules.BUDGET_IS_NEVER_NEGATIVE.id());
  }

  @Test
  void theConfigurationIsTheTestsOwn() {
    Tests other = new Tests() {
      @Override
      public Config config() {
        return new Config(7);
      }
    };
    assertThatCode(other::required_101_budgetIsNeverNegative).doesNotThrowAnyException();
  }
}
