/** What happens when: replications recorded event by event, as a file for Perfetto's viewer and as text. */
@NullMarked
package dev.haltlab.platform.timeline;

import org.jspecify.annotations.NullMarked;
