package dev.haltlab.trace;

import org.jspecify.annotations.Nullable;

/** A plugin threw or broke its contract while a trace was read or replayed; the message is one line for the user. */
public final class PluginFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message which plugin, where, what
   * @param cause what it threw; null if it only answered wrongly
   */
  public PluginFault(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
