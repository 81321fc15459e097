/** Time and chance: the calendar, the random streams, and prices drawn from them. */
@NullMarked
package dev.haltlab.engine.sim;

import org.jspecify.annotations.NullMarked;
