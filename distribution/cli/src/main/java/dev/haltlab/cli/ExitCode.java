package dev.haltlab.cli;

/** What the process answers; documented in the help, so none of them changes its meaning. */
final class ExitCode {
  static final int DONE = 0;

  /** The user's input has problems: a scenario, a setting, a file that is not there. */
  static final int PROBLEMS = 1;

  /** The command line itself cannot be understood. */
  static final int USAGE = 2;

  /** A plugin threw or broke its contract. */
  static final int PLUGIN = 3;

  /** A mistake of ours; the number is {@code EX_SOFTWARE} of sysexits.h. */
  static final int BUG = 70;

  /** Ended by Ctrl-C, as a shell reports it: 128 + SIGINT. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
