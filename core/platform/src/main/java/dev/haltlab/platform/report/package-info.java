/** Results as JSON, as text and as an HTML page. */
@NullMarked
package dev.haltlab.platform.report;

import org.jspecify.annotations.NullMarked;
