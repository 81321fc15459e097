package dev.haltlab.tck;

import dev.haltlab.spi.Stability;

/**
 * What came of checking one rule.
 *
 * @param id the rule's id, see {@link Rule#id()}
 * @param sentence what the rule asks, see {@link Rule#sentence()}
 * @param why what goes wrong otherwise, see {@link Rule#why()}
 * @param status what came of it
 * @param observed one line: what was seen, for a violation the first breach, for a skipped rule the reason
 */
@Stability(Stability.Level.PROVISIONAL)
public record Result(String id, String sentence, String why, Status status, String observed) {

  /** What came of a check. */
  public enum Status {
    /** The rule held as long as it was tried. */
    PASSED,
    /** The plugin broke it. */
    VIOLATED,
    /** It could not be tried, or was left out on demand. */
    SKIPPED
  }
}
