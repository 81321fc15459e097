package dev.haltlab.tck.planted;

/** Stands where a copy of the conformance kit would. */
public final class Copy {
  private Copy() {}
}
