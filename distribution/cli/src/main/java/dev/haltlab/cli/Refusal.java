package dev.haltlab.cli;

/** Ends a command with one line for the user and an exit code; not a bug, so no stack trace is shown. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /** @param message one line: what is wrong and what to do */
  Refusal(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
