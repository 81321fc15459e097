/** From YAML text to typed values: a tree with places, problems with places and hints, records bound over defaults. */
@NullMarked
package dev.haltlab.platform.config;

import org.jspecify.annotations.NullMarked;
