/** Recording halts on a Linux host: an ftrace instance of our own, its parameters as a head, everything put back. */
@NullMarked
package dev.haltlab.trace.capture;

import org.jspecify.annotations.NullMarked;
