package dev.haltlab.engine.planted.b;

import dev.haltlab.engine.planted.a.A;

/** The other half of a cycle; see ArchitectureTest. */
public final class B {
  Class<?> known = A.class;
}
