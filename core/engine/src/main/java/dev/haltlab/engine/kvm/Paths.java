package dev.haltlab.engine.kvm;

import static dev.haltlab.engine.HostFeatures.uses;

import dev.haltlab.engine.ApicTimer;
import dev.haltlab.engine.PassThrough;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Step;
import java.util.Set;

/**
 * The paths that interrupts, timers and HLT of one VM take: what the CPU can do, as far as the host's Linux uses it for
 * such a guest. Guests are taken to address IPIs as Linux does under KVM without a virtual IOMMU: x2APIC, physical mode,
 * one destination.
 *
 * @param posted a running vCPU takes an interrupt without an exit
 * @param ipiVirtualization an ICR write never exits
 * @param avic an ICR write exits only if the target's thread is not on a pCPU
 * @param avicWhilePolling a polling thread counts as on its pCPU: the vCPU is put just before it sleeps (5.17,
 *     109a98260b53), no longer when it blocks
 * @param icrFastPath an ICR write is handled with interrupts off, before all else (5.6, 1e9e2622a149)
 * @param idleHlt HLT exits only if no interrupt waits
 * @param preemptionTimer the guest's timer counts in guest mode; its expiry there is a PREEMPTION_TIMER exit
 * @param postedTimer the guest's timer is another pCPU's, and posted
 * @param deadlineFastPath a write of the TSC deadline goes straight back in (5.8)
 */
public record Paths(
    boolean posted, boolean ipiVirtualization, boolean avic, boolean avicWhilePolling, boolean icrFastPath,
    boolean idleHlt, boolean preemptionTimer, boolean postedTimer, boolean deadlineFastPath) {

  /** The paths on a host for a guest with such a timer to whom that is passed through. */
  public static Paths of(HostProfile profile, KernelVersion kernel, ApicTimer timer, Set<PassThrough> passThrough) {
    Set<Feature> features = profile.features();
    boolean avic = uses(Feature.AVIC, features, kernel);
    // since 1714a4eb6fb0 only where it spares exits that are not spared otherwise
    boolean postedTimer =
        uses(Feature.POSTED_TIMER, features, kernel) && (!kernel.atLeast(5, 18) || !passThrough.isEmpty());
    // it stops counting in the deeper C-states, where a guest with MWAIT may be (kvm_can_use_hv_timer)
    boolean preemptionTimer =
        uses(Feature.PREEMPTION_TIMER, features, kernel)
            && !postedTimer
            && !passThrough.contains(PassThrough.MWAIT)
            && (timer == ApicTimer.TSC_DEADLINE || kernel.atLeast(4, 10));
    return new Paths(
        features.contains(Feature.POSTED_INTERRUPTS),
        uses(Feature.IPI_VIRTUALIZATION, features, kernel),
        avic,
        avic && kernel.atLeast(5, 17),
        kernel.atLeast(5, 6) && profile.steps().containsKey(Step.ICR_FAST_PATH),
        uses(Feature.IDLE_HLT, features, kernel),
        preemptionTimer,
        postedTimer,
        preemptionTimer && kernel.atLeast(5, 8) && profile.steps().containsKey(Step.TIMER_FAST_PATH));
  }
}
