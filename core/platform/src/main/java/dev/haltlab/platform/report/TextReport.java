package dev.haltlab.platform.report;

import dev.haltlab.platform.run.Results;

/** Results as aligned tables for a terminal: latency, exits and critical path of all variants side by side. */
public final class TextReport {
  private TextReport() {}

  /**
   * The whole text, ending in a newline.
   *
   * @param width columns available, at least 40
   * @param color whether ANSI colour may be used; never the only sign of anything
   */
  public static String of(Results results, int width, boolean color) {
    throw new UnsupportedOperationException(results + " " + width + color);
  }
}
