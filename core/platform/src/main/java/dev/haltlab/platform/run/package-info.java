/** Runs a plan: replications on threads, pooled in order, with confidence intervals. */
@NullMarked
package dev.haltlab.platform.run;

import org.jspecify.annotations.NullMarked;
