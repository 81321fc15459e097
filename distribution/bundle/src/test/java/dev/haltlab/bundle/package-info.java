/** Tests of the unpacked bundle, from outside. */
@NullMarked
package dev.haltlab.bundle;

import org.jspecify.annotations.NullMarked;
