package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins what backs a guest's timer on the host: which kernel uses the preemption timer for which guest, what changing to a
 * timer of the host and back costs, the fast path of TSC-deadline writes, and the timer that is posted.
 *
 * <p>Source: kvm_can_use_hv_timer(), kvm_lapic_switch_to_sw_timer(), handle_fastpath_set_tscdeadline(),
 * kvm_can_post_timer_interrupt().
 */
final class TimerPathsTest {
  private static final long RUN_NS = 1_000_000;
  private static final long TIMER_NS = 200_003;
  private static final int TICKS = 100;

  /** A guest that computes with a tick of 250 a second: every expiry finds it in guest mode. */
  private static Outcome ticking(Lab lab) {
    lab.guestHz(250).workload(guest -> guest.task("hog", 0, Script.forever().compute(RUN_NS)));
    return lab.run(10 * RUN_NS, TICKS * 4 * RUN_NS);
  }

  private static Outcome sleeping(Lab lab) {
    lab.workload(
        g -> g.task("sleeper", 0, Lab.once(c -> c.sleepUntil(TIMER_NS), lab.markAndStay("sleeper runs"))));
    return lab.run(RUN_NS);
  }

  @ParameterizedTest
  @CsvSource({
    "4.6, false, 0", "4.7, false, 0", "4.9, false, 0", "4.10, false, 100", "6.1, false, 100",
    "4.6, true, 0", "4.7, true, 100", "6.1, true, 100"
  })
  void thePreemptionTimerServesDeadlinesFirst(String kernel, boolean deadline, long exits) {
    Lab lab = Lab.linux(1).with(Feature.PREEMPTION_TIMER).hostKernel(kernel);
    Outcome outcome = ticking(deadline ? lab.tscDeadline() : lab);

    assertThat(Lab.exits(outcome, ExitReason.PREEMPTION_TIMER)).isEqualTo(exits);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(TICKS - exits);
    assertThat(outcome.stepsCharged().contains(TIMER_SWITCH)).as("never blocked").isFalse();
  }

  @Test
  void aVcpuThatBlocksTakesATimerOfTheHostAndBack() {
    Lab lab = Lab.bare(1).with(Feature.PREEMPTION_TIMER);
    Outcome outcome = sleeping(lab);

    assertThat(lab.at("sleeper runs") - TIMER_NS)
        .isEqualTo(lab.ns(HOST_TIMER, WAKE_THREAD, SCHED_IN, TIMER_SWITCH, INJECT_COLD));
    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(1);
    assertThat(Lab.exits(outcome, ExitReason.PREEMPTION_TIMER)).as("no further exit").isZero();
    Outcome without = sleeping(Lab.bare(1));
    assertThat(Lab.spent(outcome, 0, VcpuState.EXIT) - Lab.spent(without, 0, VcpuState.EXIT))
        .isEqualTo(2 * lab.ns(TIMER_SWITCH));
    assertThat(Lab.spent(without, 0, VcpuState.BLOCKED) - Lab.spent(outcome, 0, VcpuState.BLOCKED))
        .isEqualTo(lab.ns(TIMER_SWITCH));
  }

  @Test
  void aVcpuThatPollsHasChangedItsTimerAsWell() {
    Lab lab = Lab.bare(1).with(Feature.PREEMPTION_TIMER).poll(500_000);
    Outcome outcome = sleeping(lab);
    long halted = lab.bootNs() + lab.timerWrite() + lab.ns(VM_EXIT, HLT_HANDLER, TIMER_SWITCH);

    // the host's interrupt comes to the polling thread, which sees the bit when it is over
    assertThat(lab.at("sleeper runs") - TIMER_NS)
        .isEqualTo(lab.ns(HOST_TIMER, POLL_NOTICE, POLL_RETURN, TIMER_SWITCH, INJECT_WARM));
    assertThat(Lab.halts(outcome).pollSuccessNs()).isEqualTo(TIMER_NS + lab.ns(HOST_TIMER) - halted);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 500_000})
  void anInterruptDuringTheChangeEndsTheBlockAsItBegins(long windowNs) {
    Lab lab = Lab.bare(2).with(Feature.PREEMPTION_TIMER).poll(windowNs).price(TIMER_SWITCH, 5_003);
    long first = 10_007;
    long change = lab.bootNs() + lab.timerWrite() + first + lab.ns(VM_EXIT, HLT_HANDLER);
    long kick = change + 2_501;
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(kick - lab.bootNs() - lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM), event));
          guest.task("sleeper", 1, Lab.once(c -> c.sleepUntil(5 * RUN_NS)));
          guest.task(
              "waiter", 1, Lab.once(c -> c.compute(first), c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    Outcome outcome = lab.run(RUN_NS);

    long block = change + 5_003;
    assertThat(lab.at("waiter runs") - block)
        .isEqualTo(
            lab.ns(windowNs == 0 ? SCHEDULE_ABORT : POLL_NOTICE, POLL_RETURN, INJECT_WARM) + 5_003);
    assertThat(Lab.halts(outcome).attemptedPoll()).isEqualTo(windowNs == 0 ? 0 : 1);
    assertThat(Lab.halts(outcome).pollSuccessNs()).isZero();
    assertThat(Lab.halts(outcome).wakeup()).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isZero();
  }

  // --- the fast path of TSC-deadline writes ---

  @ParameterizedTest
  @CsvSource({"5.7, true, true, false", "5.8, true, true, true", "6.1, true, true, true", "6.1, false, true, false",
      "6.1, true, false, false"})
  void aDeadlineWriteGoesStraightBackWhereKernelTimerAndPriceAllow(
      String kernel, boolean preemptionTimer, boolean deadline, boolean fast) {
    Lab lab = Lab.linux(1).hostKernel(kernel).price(TIMER_FAST_PATH, 307);
    if (preemptionTimer) {
      lab.with(Feature.PREEMPTION_TIMER);
    }
    Outcome outcome = ticking(deadline ? lab.tscDeadline() : lab);

    MsrRegister register = deadline ? MsrRegister.TSC_DEADLINE : MsrRegister.TMICT;
    assertThat(Lab.writes(outcome, register)).isEqualTo(TICKS);
    assertThat(outcome.vms().get(0).msrWrites().get(register).timeNs())
        .isEqualTo(TICKS * (fast ? lab.ns(VM_EXIT, TIMER_FAST_PATH) : lab.timerWrite()));
  }

  // --- the posted timer ---

  @ParameterizedTest
  @CsvSource({"5.2, false, 100", "5.3, false, 0", "5.17, false, 0", "5.18, false, 100", "5.18, true, 0", "6.1, true, 0"})
  void aPostedTimerExpiresWithoutAnExit(String kernel, boolean hltPassedThrough, long exits) {
    Lab lab = Lab.linux(1).with(Feature.POSTED_TIMER).hostKernel(kernel);
    Outcome outcome = ticking(hltPassedThrough ? lab.passThrough(PassThrough.HLT) : lab);

    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(exits);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).as("arming exits all the same").isEqualTo(TICKS);
  }

  @Test
  void aPostedTimerComesAfterItsHandlerAndTheNotification() {
    Lab lab = Lab.bare(1).with(Feature.POSTED_TIMER).hostKernel("5.4");
    lab.workload(
        guest -> {
          guest.task("sleeper", 0, Lab.once(c -> c.sleepUntil(3 * RUN_NS), lab.markAndStay("sleeper runs")));
          guest.task("hog", 0, Lab.once(c -> c.compute(Lab.FOREVER_NS)));
        });
    Outcome outcome = lab.run(4 * RUN_NS);
    assertThat(lab.at("sleeper runs") - 3 * RUN_NS).isEqualTo(lab.ns(HOST_TIMER, POSTED_NOTIFICATION));
    assertThat(Lab.spent(outcome, 0, VcpuState.HOST_IRQ)).isZero();
  }

  @Test
  void aPostedTimerWakesABlockedVcpuFromAnotherPcpu() {
    Lab lab = Lab.bare(1).with(Feature.POSTED_TIMER).hostKernel("5.4").without(Feature.HOST_MWAIT_IDLE);
    sleeping(lab);
    assertThat(lab.at("sleeper runs") - TIMER_NS)
        .isEqualTo(lab.ns(HOST_TIMER, HOST_IPI, WAKE_THREAD, SCHED_IN, INJECT_COLD));
  }

  @Test
  void aPostedTimerTakesThePlaceOfThePreemptionTimer() {
    Lab lab = Lab.linux(1).with(Feature.POSTED_TIMER).with(Feature.PREEMPTION_TIMER).hostKernel("5.4");
    Outcome outcome = ticking(lab);
    assertThat(Lab.exits(outcome, ExitReason.PREEMPTION_TIMER)).isZero();
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
  }
}
