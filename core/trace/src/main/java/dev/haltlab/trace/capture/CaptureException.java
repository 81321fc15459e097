package dev.haltlab.trace.capture;

/** A recording that could not be made; the message is one line for the user: what is wrong and what to do. */
public final class CaptureException extends Exception {
  private static final long serialVersionUID = 1L;

  /** @param message one line */
  public CaptureException(String message) {
    super(message, null, false, false);
  }
}
