/** What is measured: tokens that split latencies over steps, probes, CPU time by state, exits and KVM's counters. */
@NullMarked
package dev.haltlab.engine.measure;

import org.jspecify.annotations.NullMarked;
