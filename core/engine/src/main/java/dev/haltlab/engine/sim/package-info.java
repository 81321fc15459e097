/**
 * Simulated time and chance: {@link dev.haltlab.engine.sim.Calendar} orders what happens next, {@link
 * dev.haltlab.engine.sim.Streams} hands out random numbers by name. Knows nothing of hosts or guests.
 */
@NullMarked
package dev.haltlab.engine.sim;

import org.jspecify.annotations.NullMarked;
