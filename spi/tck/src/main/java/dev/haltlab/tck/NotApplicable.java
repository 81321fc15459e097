package dev.haltlab.tck;

/** Ends a check: the rule cannot be tried with this plugin or on this JVM. The message says why. */
final class NotApplicable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotApplicable(String why) {
    super(why, null, false, false);
  }
}
