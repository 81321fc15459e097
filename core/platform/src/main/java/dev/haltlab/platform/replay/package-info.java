/** Recordings held against installed strategies: which format a file has, which rule, and what came of it. */
@NullMarked
package dev.haltlab.platform.replay;

import org.jspecify.annotations.NullMarked;
