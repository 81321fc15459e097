/** The guest: tasks and their scheduler, the idle loop, timers and ticks, on whatever CPU it is given. */
@NullMarked
package dev.haltlab.engine.guest;

import org.jspecify.annotations.NullMarked;
