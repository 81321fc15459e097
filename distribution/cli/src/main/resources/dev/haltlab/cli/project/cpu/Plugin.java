package {{package}};

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A host in round figures, all of them assumed: something to begin with. Steps that are not here cost nothing. */
public final class {{class}} implements HostProfileProvider {
  private static final Hertz CLOCK = new Hertz(2_600_000_000L);
  private static final int POWER_UNKNOWN = -1;

  @Override
  public String id() {
    return "{{id}}";
  }

  @Override
  public String summary() {
    return "a host in round figures, all of them assumed";
  }

  @Override
  public HostProfile defaults() {
    return new HostProfile(
        "{{id}}", CLOCK, steps(), List.of(cstate("C1", 2, 2), cstate("C6", 130, 400)),
        EnumSet.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS, Feature.HOST_MWAIT_IDLE));
  }

  private static Map<Step, Cost> steps() {
    Map<Step, Cost> steps = new LinkedHashMap<>();
    steps.put(Step.VM_EXIT, assumed(300));
    steps.put(Step.VM_ENTRY, assumed(300));
    steps.put(Step.TIMER_HANDLER, assumed(300));
    steps.put(Step.HLT_HANDLER, assumed(300));
    steps.put(Step.ICR_EXIT_COLD, assumed(300));
    steps.put(Step.ICR_EXIT_WARM, assumed(300));
    steps.put(Step.ICR_HANDLER_COLD, assumed(800));
    steps.put(Step.ICR_HANDLER_WARM, assumed(500));
    steps.put(Step.POSTED_NOTIFICATION, assumed(300));
    steps.put(Step.POLL_NOTICE, assumed(100));
    steps.put(Step.POLL_RETURN, assumed(300));
    steps.put(Step.SCHEDULE_OUT, assumed(1_000));
    steps.put(Step.WAKE_THREAD, assumed(3_000));
    steps.put(Step.SCHED_IN, assumed(1_500));
    steps.put(Step.INJECT_COLD, assumed(800));
    steps.put(Step.INJECT_WARM, assumed(400));
    steps.put(Step.COLD_WAKE, assumed(2_000));
    steps.put(Step.HARDWARE_IPI, assumed(800));
    steps.put(Step.GUEST_SWITCH, assumed(1_000));
    steps.put(Step.SEND, assumed(2_000));
    steps.put(Step.RECEIVE, assumed(1_000));
    return steps;
  }

  /** With a measurement in hand: its quantiles, in cycles or picoseconds, Basis.MEASURED, and where it was published. */
  private static Cost assumed(long ns) {
    return Cost.ofNs(ns, Basis.ASSUMED, "a round figure, to be measured");
  }

  private static CState cstate(String name, long exitLatencyUs, long targetResidencyUs) {
    return new CState(
        name, Duration.ofNanos(exitLatencyUs * 1_000), Duration.ofNanos(targetResidencyUs * 1_000), POWER_UNKNOWN);
  }
}
