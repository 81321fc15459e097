package dev.haltlab.engine;

import org.jspecify.annotations.Nullable;

/** A plugin threw, or answered what its contract forbids. The message is one line and says where in the simulation. */
public final class PluginFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final String vm;

  /** Which contract failed. */
  public enum Kind {
    /** A halt-poll strategy. */
    HALT_POLL,
    /** An idle policy. */
    IDLE,
    /** A workload. */
    WORKLOAD
  }

  /**
   * @param kind which contract failed
   * @param vm name of the VM
   * @param message what happened, at which vCPU and simulated time; made one line, as a plugin's own words may be many
   * @param cause what the plugin threw, or null
   */
  public PluginFailure(Kind kind, String vm, String message, @Nullable Throwable cause) {
    super(message.replaceAll("\\R", " "), cause);
    this.kind = kind;
    this.vm = vm;
  }

  /** Which contract failed: with {@link #vm()} it names the plugin in the plan. */
  public Kind kind() {
    return kind;
  }

  /** Name of the VM whose plugin failed. */
  public String vm() {
    return vm;
  }
}
