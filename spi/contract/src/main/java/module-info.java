/**
 * The contracts between the platform and its plugins: halt-poll strategies, guest idle policies, guest workloads,
 * host CPU profiles and formats of recorded traces. Nothing here knows the engine, YAML or the command line; a plugin
 * needs this module alone.
 */
module dev.haltlab.spi {
  requires static transitive org.jspecify;

  exports dev.haltlab.spi;
}
