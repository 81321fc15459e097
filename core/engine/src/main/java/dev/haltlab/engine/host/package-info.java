/** The host: who runs on which pCPU, who waits, its ticks, its tasks and its idle states. */
@NullMarked
package dev.haltlab.engine.host;

import org.jspecify.annotations.NullMarked;
