/** The command {@code haltlab}: arguments in, results on standard output, everything else on standard error. */
@NullMarked
package dev.haltlab.cli;

import org.jspecify.annotations.NullMarked;
