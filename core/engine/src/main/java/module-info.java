/**
 * The simulation: hosts, KVM, guests, and what is measured of them. No YAML, files, clocks, threads or logging: a spec
 * goes in, an outcome comes out, and other programs can embed it.
 */
module dev.haltlab.engine {
  requires transitive dev.haltlab.spi;
  requires org.apache.commons.rng.api;
  requires org.apache.commons.rng.core;
  requires transitive HdrHistogram;
  requires static org.jspecify;

  exports dev.haltlab.engine;
}
