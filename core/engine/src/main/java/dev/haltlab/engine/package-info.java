/**
 * The engine's whole surface: {@link dev.haltlab.engine.SimulationSpec} in, {@link dev.haltlab.engine.Outcome} out,
 * {@link dev.haltlab.engine.Simulation} between.
 */
@NullMarked
package dev.haltlab.engine;

import org.jspecify.annotations.NullMarked;
