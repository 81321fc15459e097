package dev.haltlab.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.TraceSink;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins: a reader that is accused or passed because nobody had lines of its format. */
class TraceReaderRulesTest {

  /** A format of its own: {@code wake NS}, nothing else. */
  private static final class Wakes implements TraceReader {
    @Override
    public @Nullable String line(byte[] text, int from, int to, TraceSink sink) {
      boolean wake = to - from >= 6 && text[from] == 'w' && text[from + 1] == 'a' && text[from + 2] == 'k'
          && text[from + 3] == 'e' && text[from + 4] == ' ';
      long ns = 0;
      for (int i = from + 5; wake && i < to; i++) {
        wake = text[i] >= '0' && text[i] <= '9' && ns < 1L << 50;
        ns = ns * 10 + text[i] - '0';
      }
      if (wake) {
        sink.event(ns, -1, -1, text, from, from + 4);
        sink.kvmVcpuWakeup(ns, true, true);
      }
      return wake ? null : "no wake-up";
    }
  }

  private static final Subject<TraceReaderProvider<?>> WAKES = Subject.of(Plain.format(Wakes::new));

  @Test
  void a_reader_of_another_format_passes_what_can_be_tried_and_is_told_what_to_give_for_the_rest() {
    List<Result> results = TraceReaderRules.ALL.stream().map(rule -> rule.check(WAKES)).toList();
    assertThat(results).noneMatch(result -> result.status() == Result.Status.VIOLATED);
    assertThat(results.stream().filter(result -> result.status() == Result.Status.SKIPPED).map(Result::id))
        .containsExactly("required_505_lineAllocatesNothing", "required_508_ownLinesAreUnderstood");
    assertThat(results).filteredOn(result -> result.status() == Result.Status.SKIPPED)
        .allSatisfy(result -> assertThat(result.observed()).endsWith("by lines()"));
  }

  @Test
  void with_lines_of_its_own_it_passes_every_rule() {
    Subject<TraceReaderProvider<?>> subject = WAKES.reading(List.of("wake 4711", "wake 0"));
    assertThat(TraceReaderRules.ALL.stream().map(rule -> rule.check(subject)))
        .allSatisfy(result -> assertThat(result.status()).as("%s", result).isEqualTo(Result.Status.PASSED));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"sleep 1 | returned 'no wake-up'", "wake | returned 'no wake-up'"})
  void a_line_of_its_own_that_it_does_not_understand_is_named(String line, String observed) {
    Result result = TraceReaderRules.OWN_LINES_ARE_UNDERSTOOD.check(WAKES.reading(List.of("wake 1", line)));
    assertThat(result.status()).isEqualTo(Result.Status.VIOLATED);
    assertThat(result.observed()).contains("\"" + line + "\"", observed);
  }

  @Test
  void lines_without_any_event_are_no_proof() {
    Subject<TraceReaderProvider<?>> silent = Subject.of(Plain.format(() -> (text, from, to, sink) -> null));
    assertThat(TraceReaderRules.OWN_LINES_ARE_UNDERSTOOD.check(silent.reading(List.of("x"))).status())
        .isEqualTo(Result.Status.VIOLATED);
  }
}
