package dev.haltlab.platform.scenario.model;

import org.jspecify.annotations.Nullable;

/** Marks keys without a default. */
final class Required {
  private Required() {}

  /** Stands in a defaults record where the user must give a value; the binder reads null as that. */
  @SuppressWarnings("NullAway")
  static <T> T byUser() {
    @Nullable T nothing = null;
    return nothing;
  }
}
