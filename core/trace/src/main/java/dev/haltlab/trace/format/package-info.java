/**
 * The built-in trace formats. They differ in what stands before an event; the events' payloads are the kernel's own and
 * are read in one place, {@code Payloads}.
 */
@NullMarked
package dev.haltlab.trace.format;

import org.jspecify.annotations.NullMarked;
