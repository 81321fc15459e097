package dev.haltlab.spi;

import java.util.random.RandomGenerator;

/** The program of one task. An object serves one task only. */
@Stability(Stability.Level.STABLE)
@FunctionalInterface
public interface Body {
  /**
   * Called when the task starts and whenever its previous verb is done. Issues exactly one verb of {@link Cpu}, after
   * any number of instants. Allocates nothing.
   */
  void next(Cpu cpu);

  /** Called once before time 0 with the task's own random numbers: the place to compile distributions. */
  default void bind(RandomGenerator random) {}
}
