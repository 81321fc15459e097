package dev.haltlab.engine.sim;

import java.nio.charset.StandardCharsets;

/**
 * The random streams of one replication, by name. A stream depends on seed, replication and its own name only: variants
 * that differ in a plugin, or that have one stream more, meet the same numbers everywhere else.
 */
public final class Streams {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final long root;

  /**
   * Streams of a replication.
   *
   * @param seed any value
   * @param replication index from 0
   */
  public Streams(long seed, int replication) {
    // mixed one after the other: seed 1, replication 2 must not be seed 2, replication 1
    this.root = SplitMix.mix(SplitMix.mix(seed + SplitMix.GAMMA) + replication * SplitMix.GAMMA);
  }

  /**
   * A stream at its beginning. Names are compared by their characters; asking twice for a name gives two streams with
   * the same numbers.
   */
  public Stream stream(String name) {
    return new Stream(SplitMix.mix(root ^ hash(name)));
  }

  /** FNV-1a of the UTF-8 bytes: unlike {@link String#hashCode} it has 64 bits. */
  private static long hash(String name) {
    long hash = FNV_OFFSET;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
