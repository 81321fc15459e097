package dev.haltlab.idle.planted;

/** A plugin of another kind; see ArchitectureTest. */
public final class IdleSins {
  private IdleSins() {}
}
