package dev.haltlab.tck;

/** Ends a check: the plugin broke the rule. The message says what was observed. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Violation(String observed) {
    super(observed, null, false, false);
  }
}
