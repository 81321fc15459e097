package dev.haltlab.haltpoll.planted;

import dev.haltlab.engine.Simulation;
import dev.haltlab.idle.planted.IdleSins;
import dev.haltlab.platform.planted.PlatformSins;

/** What a plugin must not do; see ArchitectureTest. */
public final class PluginSins {
  private PluginSins() {}

  /** Sees the engine. */
  public static final class KnowsEngine {
    Class<?> known = Simulation.class;
  }

  /** Sees the platform. */
  public static final class KnowsPlatform {
    Class<?> known = PlatformSins.class;
  }

  /** Sees a plugin of another kind. */
  public static final class KnowsAnotherKind {
    Class<?> known = IdleSins.class;
  }
}
