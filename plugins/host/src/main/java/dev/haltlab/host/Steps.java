package dev.haltlab.host;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.Step;
import java.util.EnumMap;
import java.util.Map;

/**
 * The prices behind the talk's three profiles.
 *
 * <p>Two sets, because the talk measured on two machines. The IPI to a halted vCPU, segment by segment, is Sandy
 * Bridge's; other CPUs scale it by the ratio of their printed medians. Everything else is set so that loopback TCP_RR
 * on Ivy Bridge meets the talk, and stands unchanged in the other profiles: nothing is published about them.
 *
 * <p>"The talk" is D. Matlack, Message Passing Workloads in KVM, KVM Forum 2015.
 */
final class Steps {
  /** The talk's Sandy Bridge. */
  static final Hertz CLOCK = new Hertz(2_600_000_000L);

  private static final String PRINTED = "talk, slides 15-26, Sandy Bridge 2.6 GHz, host 3.11: ";
  private static final String USED_UP = ". Target used up: median, p90, p99 and average of always-schedule (slide 19)";

  private Steps() {}

  /** Prices of a CPU whose IPI to a halted vCPU takes {@code numerator / denominator} of Sandy Bridge's time. */
  static Map<Step, Cost> scaled(long numerator, long denominator, String ratioSource) {
    Map<Step, Cost> steps = sandyBridge();
    Map<Step, Cost> measured = new EnumMap<>(Step.class);
    addSegments(measured);
    addHardwareIpi(measured);
    measured.forEach((step, cost) -> steps.put(step, scaled(cost, numerator, denominator, ratioSource)));
    return steps;
  }

  /** A measured figure becomes a derived one; a fitted one remains fitted. */
  private static Cost scaled(Cost cost, long numerator, long denominator, String ratioSource) {
    Basis basis = cost.basis() == Basis.FITTED ? Basis.FITTED : Basis.DERIVED;
    return cost.scaled(numerator, denominator).as(basis, cost.source() + "; " + ratioSource);
  }

  /**
   * Prices of Sandy Bridge: one for every step that these CPUs and a 3.11 host have, in the order of {@link Step}. Fast
   * paths, preemption timer and virtual IPIs came later, and nothing is known of them here.
   */
  static Map<Step, Cost> sandyBridge() {
    Map<Step, Cost> steps = new EnumMap<>(Step.class);
    addSegments(steps);
    addHardwareIpi(steps);
    addHost(steps);
    addGuest(steps);
    return steps;
  }

  /**
   * The talk's five segments, for a target that sleeps and one that polls. It prints minimum and median of each and the
   * quantiles of their sum. As their distributions are skewed, medians that add up to the printed one are a little
   * smaller than those printed; they and the upper quantiles are set so that the sum comes out.
   */
  private static void addSegments(Map<Step, Cost> steps) {
    Cost icrExit = segment(400, 400, 400, 420, 520, 700);
    Cost icrHandler = segment(600, 1200, 1200, 1350, 1700, 2500);
    Cost wakeThread = segment(7300, 8500, 8450, 8900, 13500, 17000);
    wakeThread =
        wakeThread
            .withRare(new Cost.Rare(12_000, CLOCK.cyclesToPs(60_000)))
            .as(
                Basis.FITTED,
                wakeThread.source() + "; the rare component (1.2 %, mean 60,000 cycles) also the observed maximum");
    Cost schedIn = segment(3200, 3400, 3390, 3500, 4300, 6000);
    Cost inject = segment(1300, 1400, 1390, 1450, 1700, 2400);

    steps.put(Step.ICR_EXIT_COLD, icrExit);
    steps.put(Step.ICR_HANDLER_COLD, icrHandler);
    steps.put(Step.WAKE_THREAD, wakeThread);
    steps.put(Step.SCHED_IN, schedIn);
    steps.put(Step.INJECT_COLD, inject);

    steps.put(Step.ICR_EXIT_WARM, warm(icrExit, 300, 400));
    steps.put(Step.ICR_HANDLER_WARM, warm(icrHandler, 1300, 1200));
    steps.put(Step.POLL_NOTICE, warm(wakeThread, 1100, 8450));
    steps.put(Step.POLL_RETURN, warm(schedIn, 400, 3390));
    steps.put(Step.INJECT_WARM, warm(inject, 1200, 1390));
  }

  private static void addHardwareIpi(Map<Step, Cost> steps) {
    steps.put(
        Step.HARDWARE_IPI,
        Cost.ofCycles(
            CLOCK, 1200, 1200, 1300, 1300, 1400, Basis.MEASURED,
            "talk, slide 19, bare metal: IPI to a halted CPU, Sandy Bridge 2.6 GHz"));
  }

  private static void addHost(Map<Step, Cost> steps) {
    // A timer write is the sum of these three; nothing published tells them apart.
    String timerWrite =
        "an exit, its handler and the entry together take 1.15 us. Target used up: 4 timer writes add 3-5 us per round"
            + " trip (talk, slide 13)";
    steps.put(
        Step.VM_EXIT,
        Cost.ofNs(
            115, Basis.DERIVED, "300 cycles at 2.6 GHz, as an ICR write's exit with an awake target (talk, slide 26)"));
    steps.put(Step.VM_ENTRY, fitted(430, timerWrite));
    steps.put(Step.TIMER_HANDLER, fitted(605, timerWrite));
    steps.put(Step.HLT_HANDLER, assumed(400));
    steps.put(Step.EOI_HANDLER, assumed(300));
    steps.put(Step.INTERRUPT_EXIT_HANDLER, assumed(500));

    steps.put(
        Step.TRY_TO_WAKE_UP,
        assumed(1_200, "a poll hit saves the sender some 1-2 us of wake-up work; the same mechanism, not measured"));
    steps.put(Step.POSTED_NOTIFICATION, assumed(300));
    // The hosts idle in MWAIT, so no measured wake-up contains it.
    steps.put(
        Step.HOST_IPI,
        assumed(
            460,
            "as the bare-metal IPI of the talk, slide 19; at most that where it wakes a pCPU, as leaving C1 is part of it"
                + " and of the thread's wake-up"));

    steps.put(
        Step.COLD_WAKE,
        fitted(
            3_600,
            "one value for all scenarios. Target used up: TCP_RR 25 us slower than native (talk, slide 6) and 10-15 us"
                + " saved by polling (slide 29), jointly"));

    steps.put(Step.SCHEDULE_OUT, assumed(1_000));
    steps.put(Step.SCHEDULE_ABORT, assumed(300));
    steps.put(Step.HOST_SWITCH, assumed(1_500));
    steps.put(Step.HOST_TICK, assumed(2_000));
    steps.put(Step.HOST_TIMER, assumed(1_000));

    steps.put(Step.HARDWARE_ICR_WRITE, assumed(80));
    steps.put(Step.HARDWARE_TIMER_WRITE, assumed(80));
    steps.put(Step.HARDWARE_INTERRUPT, assumed(300));
  }

  private static void addGuest(Map<Step, Cost> steps) {
    steps.put(Step.GUEST_SWITCH, assumed(400));
    steps.put(Step.IDLE_ENTER, assumed(300));
    steps.put(Step.IDLE_EXIT, assumed(250));
    steps.put(Step.GUEST_WAKE_UP, assumed(350));
    steps.put(Step.RESCHEDULE_ISR, assumed(250));
    steps.put(Step.TIMER_ISR, assumed(700));
    steps.put(Step.SOFTIRQ, assumed(600));
    steps.put(Step.GUEST_POLL_NOTICE, assumed(40));

    String tcp =
        "a native loopback TCP_RR round trip between two CPUs takes about 11.5 us. Target used up: KVM 3 times slower"
            + " and 25 us slower than native (talk, slide 6), read as one pair";
    steps.put(Step.SEND, fitted(1_900, tcp));
    steps.put(Step.SEND_RETURN, assumed(300));
    steps.put(Step.RECEIVE_WAIT, assumed(400));
    steps.put(Step.RECEIVE, fitted(1_450, tcp));
    steps.put(Step.COPY_KIB, assumed(100, "some 10 GB/s, as one core copies between caches; no published figure"));
    steps.put(Step.POLL_SOCKETS, assumed(800));

    String events =
        "a native round trip of two event signals takes about 8.5 us. Target used up: event objects 3-4 times slower"
            + " than native (talk, slide 4)";
    steps.put(Step.SIGNAL, fitted(900, events));
    steps.put(Step.SIGNAL_RETURN, assumed(300));
    steps.put(Step.AWAIT_WAIT, assumed(500));
    steps.put(Step.AWAIT, fitted(700, events));
    steps.put(Step.SLEEP, assumed(800));
    steps.put(Step.SLEEP_RETURN, assumed(600));
  }

  /** An always-schedule segment: its minimum is the talk's, its median too unless that differs from the printed one. */
  private static Cost segment(long min, long printedMedian, long p50, long p90, long p99, long max) {
    String median =
        p50 == printedMedian
            ? "minimum and median of the segment as printed; upper quantiles fitted"
            : "minimum of the segment as printed; median (printed as " + printedMedian
                + " cycles) and upper quantiles fitted";
    return Cost.ofCycles(CLOCK, min, p50, p90, p99, max, Basis.FITTED, PRINTED + median + USED_UP);
  }

  /** A never-schedule segment: only its median was calibrated, so that its spread is a prediction. */
  private static Cost warm(Cost cold, long medianCycles, long coldMedianCycles) {
    return cold.scaled(medianCycles, coldMedianCycles)
        .as(
            Basis.FITTED,
            PRINTED + "median of the segment with a polling target as printed; its spread is the fitted one of the step with"
                + " a sleeping target" + USED_UP + "; the spread of never-schedule remains predicted");
  }

  private static Cost fitted(long ns, String target) {
    return Cost.ofNs(ns, Basis.FITTED, target);
  }

  private static Cost assumed(long ns) {
    return assumed(ns, "plausible for this generation; no published figure");
  }

  private static Cost assumed(long ns, String source) {
    return Cost.ofNs(ns, Basis.ASSUMED, source);
  }
}
