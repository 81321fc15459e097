package dev.haltlab.engine.kvm;

import dev.haltlab.engine.PassThrough;
import dev.haltlab.engine.guest.GuestCpu;
import dev.haltlab.engine.host.HostScheduler;
import dev.haltlab.engine.host.PhysicalCpu;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.spi.Feature;
import java.util.Set;

/**
 * What a vCPU is built from.
 *
 * @param boundTo pCPU it must run on; −1 for any
 * @param cpu where it starts
 * @param abortIsSuccess see {@link HaltPath}
 * @param goesCold whether its guest has caches to lose while scheduled out; not so in a ring-0 test
 * @param paths the paths its interrupts, timer and HLT take
 * @param passThrough what its guest executes without an exit
 * @param hltExitNs what leaving the pCPU's shallowest C-state takes, where HLT waits
 * @param tpauseNs how long the poll loop pauses between two looks, ns; 0 for a plain PAUSE
 */
public record VcpuParts(
    String vm, int index, Calendar calendar, Costs costs, GuestCpu guest, HostScheduler scheduler, PhysicalCpu cpu,
    int boundTo, int stepSlot, int timerSlot, int pollSlot, Window window, Set<Feature> features, Paths paths,
    boolean abortIsSuccess, boolean pollForbidden, boolean goesCold, Set<PassThrough> passThrough, long hltExitNs,
    long tpauseNs) {}
