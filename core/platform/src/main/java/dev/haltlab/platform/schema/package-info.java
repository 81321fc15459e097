/** JSON Schema of scenarios, generated from the installed plugins' records. */
@NullMarked
package dev.haltlab.platform.schema;

import org.jspecify.annotations.NullMarked;
