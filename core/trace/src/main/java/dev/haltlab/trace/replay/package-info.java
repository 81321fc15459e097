/**
 * Recorded halts run through a strategy again: whether it decides as the kernel did, and what another one would have
 * done.
 */
@NullMarked
package dev.haltlab.trace.replay;

import org.jspecify.annotations.NullMarked;
