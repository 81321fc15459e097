package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Pins: {@code adaptive} deciding differently from Linux. Real kernels traced every decision of some 18,000 halts; the
 * rule, running freely from 0, must make each of them. That this can fail is shown with misreadings of the rule, each
 * of which some recording refutes.
 */
class RecordedHaltsTest {
  static final List<String> RECORDINGS = Recordings.NAMES;

  private static Replay.Rule adaptive() {
    AdaptiveRule rule = new AdaptiveRule(0, 0, 0, 0);
    return new Replay.Rule() {
      private long budgetNs;

      @Override
      public void change(long maxNs, long grow, long growStartNs, long shrink) {
        rule.change(maxNs, grow, growStartNs, shrink);
      }

      @Override
      public long budget() {
        budgetNs = rule.budget(0);
        return budgetNs;
      }

      @Override
      public void woken(long haltNs, boolean slept) {
        rule.woken(0, haltNs, slept ? Math.min(budgetNs, haltNs) : haltNs, slept, true);
      }

      @Override
      public long windowNs() {
        return rule.windowNs();
      }
    };
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void everyTracedWindowIsReproduced(String name) {
    RecordedTrace trace = Recordings.read(name);
    assertThat(trace.halts()).as("halts read").isGreaterThan(100);
    assertThat(Replay.firstDifference(trace, RecordedHaltsTest::adaptive)).isEmpty();
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void aSecondWritingOfTheRuleAgrees(String name) {
    assertThat(Replay.firstDifference(Recordings.read(name), () -> new WrongRules(WrongRules.Slip.NONE))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void eachMisreadingIsRefutedByARecording(WrongRules.Slip slip) {
    Optional<String> refutation =
        Recordings.NAMES.stream()
            .map(name -> Replay.firstDifference(Recordings.read(name), () -> new WrongRules(slip)))
            .flatMap(Optional::stream)
            .findFirst();
    assertThat(refutation).as("refutation of %s", slip).isPresent();
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void theRecordingsExerciseTheRule(String name) {
    RecordedTrace trace = Recordings.read(name);
    boolean frozen = trace.pollingForbidden() || trace.parameters().get("halt_poll_ns") == 0;
    long decisions =
        trace.records().stream()
            .filter(r -> r instanceof RecordedTrace.Halt halt && halt.decision() != null)
            .count();
    assertThat(decisions).matches(n -> frozen ? n == 0 : n > 5, frozen ? "none, as nothing may change" : "more than 5");
  }
}
