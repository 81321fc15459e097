/** The built-in host CPU profiles. */
@NullMarked
package dev.haltlab.host;

import org.jspecify.annotations.NullMarked;
