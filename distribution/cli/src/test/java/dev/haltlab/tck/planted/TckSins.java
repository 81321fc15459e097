package dev.haltlab.tck.planted;

import dev.haltlab.engine.Simulation;
import org.junit.jupiter.api.Assertions;

/** What the conformance kit must not do; see ArchitectureTest. */
public final class TckSins {
  private TckSins() {}

  /** Sees the engine. */
  public static final class KnowsEngine {
    Class<?> known = Simulation.class;
  }

  /** A check that needs JUnit. */
  public static final class KnowsJUnit {
    void check() {
      Assertions.fail("no");
    }
  }
}
