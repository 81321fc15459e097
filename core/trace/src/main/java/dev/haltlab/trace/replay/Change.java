package dev.haltlab.trace.replay;

/**
 * A parameter was written while the recording went on.
 *
 * @param timeNs when, ns since the recording's first event
 * @param parameter which one
 * @param value its new value
 */
public record Change(long timeNs, Parameter parameter, long value) {
  /** So many are remembered; no experiment makes more. */
  static final int MOST = 10_000;
}
