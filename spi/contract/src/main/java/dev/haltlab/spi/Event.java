package dev.haltlab.spi;

/**
 * Something tasks of one guest wait for and signal. An auto-reset event wakes one waiter and forgets the signal; a
 * manual one stays set. Made by {@link Guest#event}.
 */
@Stability(Stability.Level.STABLE)
public interface Event {
  /** Name given by the workload. */
  String name();
}
