/**
 * What a plugin implements and what it is given.
 *
 * <p>Five kinds of provider are found by {@link java.util.ServiceLoader}: {@link dev.haltlab.spi.HaltPollProvider},
 * {@link dev.haltlab.spi.IdlePolicyProvider}, {@link dev.haltlab.spi.WorkloadProvider}, {@link
 * dev.haltlab.spi.HostProfileProvider} and {@link dev.haltlab.spi.TraceReaderProvider}. Each names itself, carries its
 * configuration as a record with defaults, and creates what is called. Time is {@code long} nanoseconds of simulated
 * time since the start of the run; names ending in {@code Ns} say so. Decide before, learn after is the whole
 * conversation: mechanism, time, accounting and randomness belong to the engine.
 */
@NullMarked
package dev.haltlab.spi;

import org.jspecify.annotations.NullMarked;
