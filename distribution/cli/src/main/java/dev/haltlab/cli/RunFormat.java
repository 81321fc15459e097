package dev.haltlab.cli;

/** How a run's result is printed; the constants are the words of the command line. */
enum RunFormat {
  text,
  json,
  csv,
  perf
}
