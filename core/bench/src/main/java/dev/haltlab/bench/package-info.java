/**
 * Benchmarks (JMH). They are compiled with everything else and never run by the build: a figure taken on a busy machine
 * is no figure.
 */
@NullMarked
package dev.haltlab.bench;

import org.jspecify.annotations.NullMarked;
