package dev.haltlab.tck.junit;

import dev.haltlab.spi.Provider;
import dev.haltlab.tck.Result;
import dev.haltlab.tck.Rule;
import dev.haltlab.tck.Subject;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Runs one rule as a test. */
final class Check {
  private Check() {}

  static void provider(Rule<Provider<?>> rule, ProviderTck<?> test) {
    of(rule, test.provider(), test);
  }

  static <P extends Provider<?>> void of(Rule<P> rule, P provider, ProviderTck<?> test) {
    Subject<P> subject = Subject.of(provider).with(test.config());
    if (test instanceof TraceReaderTck<?> reader) {
      subject = subject.reading(reader.lines());
    }
    for (Map.Entry<String, String> skipped : test.skipped().entrySet()) {
      subject = subject.without(skipped.getKey(), skipped.getValue());
    }
    report(rule.check(subject));
  }

  static void report(Result result) {
    switch (result.status()) {
      case PASSED -> {}
      case SKIPPED -> Assumptions.abort(result.observed());
      case VIOLATED -> Assertions.fail(
          result.observed() + System.lineSeparator() + "The rule: " + result.sentence() + "." + System.lineSeparator()
              + "Why: " + result.why() + ".");
    }
  }
}
