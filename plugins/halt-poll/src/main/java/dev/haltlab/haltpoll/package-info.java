/** The built-in halt-poll strategies. */
@NullMarked
package dev.haltlab.haltpoll;

import org.jspecify.annotations.NullMarked;
