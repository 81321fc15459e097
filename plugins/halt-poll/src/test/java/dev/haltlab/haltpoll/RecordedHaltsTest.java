package dev.haltlab.haltpoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: {@code adaptive} deciding differently from Linux. Real kernels traced every decision of some 18,000 halts; the
 * rule, running freely from 0, must make each of them. That this can fail is shown with misreadings of the rule, each
 * of which some recording refutes.
 */
class RecordedHaltsTest {
  static final List<String> RECORDINGS = Recordings.NAMES;

  private static final Map<String, String> PARAMETERS =
      Map.of(
          "halt_poll_ns", "max", "grow", "grow", "grow_start", "growStart", "shrink", "shrink", "cap", "cap");

  /** {@code adaptive} as somebody would configure it to follow a recording, changes included. */
  private static Replay.Rule adaptive(RecordedTrace trace, String kernel) {
    Given given =
        Given.kernel(kernel)
            .max(trace.parameters().get("halt_poll_ns"))
            .grow(trace.parameters().get("grow"))
            .growStart(trace.parameters().get("grow_start"))
            .shrink(trace.parameters().get("shrink"));
    if (trace.parameters().containsKey("cap")) {
      given.cap(trace.parameters().get("cap"));
    }
    for (RecordedTrace.Entry entry : trace.records()) {
      if (entry instanceof RecordedTrace.Change change) {
        change.values().forEach((key, value) -> given.at(change.line(), PARAMETERS.get(key), value));
      }
    }
    HaltPoll strategy = new Adaptive().create(given.config(), new TestSeat());
    return new Replay.Rule() {
      private long budgetNs;

      @Override
      public void change(long maxNs, long capNs, long grow, long growStartNs, long shrink) {
        // it was told beforehand
      }

      @Override
      public long budget(long line) {
        budgetNs = strategy.budget(line);
        return budgetNs;
      }

      @Override
      public void woken(long line, long haltNs, boolean slept) {
        strategy.woken(line, haltNs, slept ? Math.min(budgetNs, haltNs) : haltNs, slept, true);
      }

      @Override
      public long windowNs() {
        return strategy.windowNs();
      }
    };
  }

  private static Replay.Rule adaptive(RecordedTrace trace) {
    return adaptive(trace, trace.kernel());
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void everyTracedWindowIsReproduced(String name) {
    RecordedTrace trace = Recordings.read(name);
    assertThat(trace.halts()).as("halts read").isGreaterThan(100);
    assertThat(Replay.firstDifference(trace, RecordedHaltsTest::adaptive)).isEmpty();
  }

  /** Not a test of every build: {@code -Dhaltlab.traces=DIR} replays whatever recordings somebody has. */
  @TestFactory
  Stream<DynamicTest> everyTracedWindowOfFurtherRecordingsIsReproduced() {
    return Recordings.further().stream()
        .map(file -> DynamicTest.dynamicTest(
            file.getFileName().toString(),
            () -> {
              RecordedTrace trace = Recordings.read(file);
              assertThat(trace.halts()).as("halts read").isPositive();
              assertThat(Replay.firstDifference(trace, RecordedHaltsTest::adaptive)).isEmpty();
            }));
  }

  @ParameterizedTest
  @FieldSource("RECORDINGS")
  void aSecondWritingOfTheRuleAgrees(String name) {
    assertThat(Replay.firstDifference(Recordings.read(name), trace -> new WrongRules(WrongRules.Slip.NONE))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void eachMisreadingIsRefutedByARecording(WrongRules.Slip slip) {
    Optional<String> refutation =
        Recordings.NAMES.stream()
            .map(name -> Replay.firstDifference(Recordings.read(name), trace -> new WrongRules(slip)))
            .flatMap(Optional::stream)
            .findFirst();
    assertThat(refutation).as("refutation of %s", slip).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.3", "4.4", "4.7", "4.19", "5.4", "5.10", "5.14", "5.15", "6.0"})
  void theRuleOfEachOlderKernelIsRefutedByARecording(String kernel) {
    Optional<String> refutation =
        Recordings.NAMES.stream()
            .map(name -> Replay.firstDifference(Recordings.read(name), trace -> adaptive(trace, kernel)))
            .flatMap(Optional::stream)
            .findFirst();
    assertThat(refutation).as("refutation of Linux %s", kernel).isPresent();
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
