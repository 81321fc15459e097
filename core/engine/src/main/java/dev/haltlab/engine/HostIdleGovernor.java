package dev.haltlab.engine;

/** How the host chooses among the C-states it may use: its cpuidle governor. */
public enum HostIdleGovernor {
  /**
   * The deepest state whose target residency is expected to pass: until the next timer known, and no longer than a moving
   * average of recent idle periods. A plain reading of what the menu governor does, not its algorithm.
   */
  AVERAGE,
  /**
   * Linux's ladder: one state deeper after four idle periods of more than twice its exit latency, one back after
   * one of less. The default of kernels with a periodic tick.
   *
   * <p>Source: drivers/cpuidle/governors/ladder.c.
   */
  LADDER,
  /** Always the deepest one allowed: no prediction, the most energy saved and the slowest wake-up. */
  DEEPEST
}
