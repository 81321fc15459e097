package dev.haltlab.spi;

import java.util.random.RandomGenerator;

/**
 * The program of one task. An object serves one task only.
 *
 * <p>Checked by {@code required_311_aBodyServesOneTask}.
 */
@Stability(Stability.Level.STABLE)
@FunctionalInterface
public interface Body {
  /**
   * Called when the task starts and whenever its previous verb is done. Issues exactly one verb of {@link Cpu}, after
   * any number of instants. Allocates nothing.
   *
   * <p>Checked by {@code required_304_nextIssuesOneVerb}, {@code required_307_nextAllocatesNothing},
   * {@code required_308_sameGuestSameSteps}.
   */
  void next(Cpu cpu);

  /** Called once before time 0 with the task's own random numbers: the place to compile distributions. */
  default void bind(RandomGenerator random) {}
}
