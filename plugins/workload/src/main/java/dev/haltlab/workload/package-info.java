/** The built-in guest workloads. */
@NullMarked
package dev.haltlab.workload;

import org.jspecify.annotations.NullMarked;
