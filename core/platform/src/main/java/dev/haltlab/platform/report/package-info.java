/** Results as JSON and as text. */
@NullMarked
package dev.haltlab.platform.report;

import org.jspecify.annotations.NullMarked;
