package dev.haltlab.spi.planted;

import dev.haltlab.engine.Simulation;

/** What the contract must not do; see ArchitectureTest. */
public final class SpiSins {
  private SpiSins() {}

  /** Sees the engine. */
  public static final class KnowsEngine {
    Class<?> known = Simulation.class;
  }
}
