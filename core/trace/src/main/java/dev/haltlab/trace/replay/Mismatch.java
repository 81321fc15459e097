package dev.haltlab.trace.replay;

/**
 * A decision in which the rule differs from the recording.
 *
 * @param line of the file where the recording's decision stands
 * @param vcpu the thread or guest CPU
 * @param blockNs how long the vCPU was blocked; −1 if that was not recorded or does not matter
 * @param traced what the kernel did
 * @param rule what the rule does
 */
public record Mismatch(long line, String vcpu, long blockNs, String traced, String rule) {

  /** A window before and after, in words. */
  static String window(long oldNs, long newNs) {
    return oldNs == newNs ? "window stays at " + oldNs : "window " + oldNs + " -> " + newNs;
  }

  /** In words, without the file's name and line. */
  public String text() {
    return vcpu + (blockNs < 0 ? "" : ", blocked for " + blockNs + " ns") + ": the kernel's " + traced + ", the rule's "
        + rule;
  }
}
