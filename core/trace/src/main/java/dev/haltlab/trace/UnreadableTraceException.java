package dev.haltlab.trace;

/** A trace that cannot be read at all; the message is one line for the user and begins with the file's name. */
public final class UnreadableTraceException extends Exception {
  private static final long serialVersionUID = 1L;

  /** @param why what is wrong and what to do */
  public UnreadableTraceException(String file, String why) {
    super(file + ": " + why);
  }
}
