package dev.haltlab.tck.junit;

import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Stability;
import dev.haltlab.tck.Conformance;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The rules as tests of a provider that is known only when the tests run, as in a test of all providers of a module. */
@Stability(Stability.Level.PROVISIONAL)
public final class ConformanceTests {
  private ConformanceTests() {}

  /** A test for each rule of the provider's kind, tried with its defaults. */
  public static Stream<DynamicTest> of(Provider<?> provider) {
    return Conformance.pending(provider).stream()
        .map(pending -> DynamicTest.dynamicTest(pending.rule().id(), () -> Check.report(pending.run())));
  }
}
