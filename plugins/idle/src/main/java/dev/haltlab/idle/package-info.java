/** The built-in guest idle policies. */
@NullMarked
package dev.haltlab.idle;

import org.jspecify.annotations.NullMarked;
