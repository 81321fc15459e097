package dev.haltlab.cli;

/** How results are written; the constants are the words of the command line. */
enum Format {
  text,
  json
}
