/**
 * The conformance kit: what the contracts of {@code dev.haltlab.spi} ask of a plugin, as numbered rules that are checked
 * by running the plugin. Plain Java; {@code dev.haltlab.tck.junit} shows the same rules as JUnit 5 tests.
 */
module dev.haltlab.tck {
  requires transitive dev.haltlab.spi;
  requires java.management;
  // Bound as a provider of java.management wherever the runtime has it; without it allocations cannot be counted.
  requires static jdk.management;
  requires static org.junit.jupiter.api;
  requires static org.jspecify;

  exports dev.haltlab.tck;
  exports dev.haltlab.tck.junit;
}
