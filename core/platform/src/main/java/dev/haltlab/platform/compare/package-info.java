/** Saved results held against each other: which differences are more than chance. */
@NullMarked
package dev.haltlab.platform.compare;

import org.jspecify.annotations.NullMarked;
