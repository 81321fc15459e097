package dev.haltlab.spi;

/** A loopback message queue between tasks of one guest: unbounded, first in, first out. Made by {@link Guest#socket}. */
@Stability(Stability.Level.STABLE)
public interface Socket {
  /** Name given by the workload. */
  String name();
}
