package dev.haltlab.platform.run;

/** Told as replications finish, from the calling thread only. */
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (done, total, variant) -> {};

  /**
   * A replication has finished.
   *
   * @param done replications finished, of all variants
   * @param total replications to run, of all variants
   * @param variant name of the variant it belonged to
   */
  void finished(int done, int total, String variant);
}
