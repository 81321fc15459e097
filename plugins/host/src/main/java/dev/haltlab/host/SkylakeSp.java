package dev.haltlab.host;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.Step;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Skylake-SP, and Cascade Lake. One price of it is published that tells steps apart: a VM exit and the entry after it take
 * 1,800 cycles together. All others are Sandy Bridge's times and marked as assumed here: wake-ups of such a host may well
 * be quicker. The published mean of its MSR_WRITE exits, 1.08 us from tracepoint to tracepoint, mixes timers and IPIs; it
 * prices nothing, and does not contradict.
 *
 * <p>Source: W. Li, "KVM: LAPIC: Optimize timer latency" (2019), of a 2.5 GHz machine, and "KVM: X86: Single target IPI
 * fastpath" (2019); C-states of drivers/idle/intel_idle.c; power of C1 and C6 from the AgileWatts paper (2022), second-hand.
 */
public final class SkylakeSp implements HostProfileProvider {
  private static final Hertz CLOCK = new Hertz(2_500_000_000L);
  private static final long ROUND_TRIP_CYCLES = 1_800;

  @Override
  public String id() {
    return "skylake-sp";
  }

  @Override
  public String summary() {
    return "Skylake-SP: its exits, preemption timer and C-states; all else assumed to be Sandy Bridge's";
  }

  @Override
  public HostProfile defaults() {
    return new HostProfile(
        "Skylake-SP 2.5 GHz",
        CLOCK,
        steps(),
        List.of(CStates.of("C1", 2, 2, 1_440), CStates.of("C1E", 10, 20), CStates.of("C6", 133, 600, 100)),
        new LinkedHashSet<>(
            List.of(
                Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS, Feature.HOST_MWAIT_IDLE, Feature.PREEMPTION_TIMER)));
  }

  private static Map<Step, Cost> steps() {
    Map<Step, Cost> steps = Steps.sandyBridge();
    long exitPs = steps.get(Step.VM_EXIT).p50Ps();
    long entryPs = steps.get(Step.VM_ENTRY).p50Ps();
    steps.replaceAll(
        (step, cost) -> cost.as(
            Basis.ASSUMED, "Sandy Bridge's, as nothing is published of this CPU (there: " + cost.source() + ")"));
    String source = "a minimal exit and the entry after it take 1,800 cycles at 2.5 GHz (W. Li, KVM: LAPIC: Optimize timer"
        + " latency, 2019); split as Sandy Bridge's";
    long roundTripPs = CLOCK.cyclesToPs(ROUND_TRIP_CYCLES);
    steps.compute(Step.VM_EXIT, (step, cost) -> cost.scaled(roundTripPs, exitPs + entryPs).as(Basis.DERIVED, source));
    steps.compute(Step.VM_ENTRY, (step, cost) -> cost.scaled(roundTripPs, exitPs + entryPs).as(Basis.DERIVED, source));
    return steps;
  }
}
