package dev.haltlab.engine.sim;

/** Somebody who owns calendar slots. */
public interface Source {
  /** The event of one of its slots is due; the calendar's time is the event's. */
  void fire(int slot);
}
