package dev.haltlab.spi;

/** Where the price of a step comes from. Every report repeats it. */
@Stability(Stability.Level.PROVISIONAL)
public enum Basis {
  /** Read off a published measurement of this very step. */
  MEASURED,
  /** Computed from measurements by a stated rule. */
  DERIVED,
  /** Chosen so that a result meets a published target; that target is used up and no longer a prediction. */
  FITTED,
  /** A plausible value without a source. */
  ASSUMED
}
