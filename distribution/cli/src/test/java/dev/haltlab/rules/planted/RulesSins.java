package dev.haltlab.rules.planted;

import dev.haltlab.engine.Simulation;
import dev.haltlab.tck.Conformance;

/** What the rule kit must not do; see ArchitectureTest. */
public final class RulesSins {
  private RulesSins() {}

  /** Sees the engine. */
  public static final class KnowsEngine {
    Class<?> known = Simulation.class;
  }

  /** Sees the other kit. */
  public static final class KnowsTck {
    Class<?> known = Conformance.class;
  }
}
