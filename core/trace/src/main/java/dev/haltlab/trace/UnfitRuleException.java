package dev.haltlab.trace;

/** A rule cannot be held against a recording; the message says why, in one line and without the recording's name. */
public final class UnfitRuleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** @param why one line */
  public UnfitRuleException(String why) {
    super(why, null, false, false);
  }
}
