/** Reading a trace file: unpacking, lines, and what could not be read. */
@NullMarked
package dev.haltlab.trace;

import org.jspecify.annotations.NullMarked;
