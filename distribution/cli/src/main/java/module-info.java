/** The command {@code haltlab}. */
module dev.haltlab.cli {
  requires dev.haltlab.platform;
  requires static org.jspecify;
}
