package dev.haltlab.engine.planted.a;

import dev.haltlab.engine.planted.b.B;

/** One half of a cycle; see ArchitectureTest. */
public final class A {
  Class<?> known = B.class;
}
