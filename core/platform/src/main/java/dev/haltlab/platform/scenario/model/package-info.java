/** The structure of a scenario as records: keys, types, defaults, ranges and descriptions, each once. */
@NullMarked
package dev.haltlab.platform.scenario.model;

import org.jspecify.annotations.NullMarked;
