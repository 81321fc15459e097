/** The table that {@code perf kvm stat report} prints: written from results, and read from real hosts. */
@NullMarked
package dev.haltlab.platform.kvmstat;

import org.jspecify.annotations.NullMarked;
