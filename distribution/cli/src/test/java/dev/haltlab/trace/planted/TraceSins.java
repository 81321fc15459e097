package dev.haltlab.trace.planted;

import dev.haltlab.engine.Simulation;
import dev.haltlab.platform.planted.PlatformSins;

/** What the reading and replaying of traces must not do; see ArchitectureTest. */
public final class TraceSins {
  private TraceSins() {}

  /** Sees the engine. */
  public static final class KnowsEngine {
    Class<?> known = Simulation.class;
  }

  /** Sees the platform. */
  public static final class KnowsPlatform {
    Class<?> known = PlatformSins.class;
  }
}
