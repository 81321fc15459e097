package dev.haltlab.spi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How long what is built against a public type keeps working. Types nested in a marked one share its mark.
 *
 * <p>The measure is the level of the contracts, which {@code haltlab --version} tells and a jar's {@code
 * Plugin-Requires} asks for.
 */
@Stability(Stability.Level.STABLE)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Stability {

  /** How stable the type is. */
  Level value();

  /** Degrees of stability. */
  enum Level {
    /** Changes incompatibly only when the first number of the level does. */
    STABLE,
    /** Follows the simulation's model, and may change incompatibly when the second number of the level does. */
    PROVISIONAL
  }
}
