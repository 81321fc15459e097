package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins the kick table, one test a cell: what an IPI costs its sender and its target, which exits it makes and whether
 * halt_wakeup counts, by what the target is doing at the nanosecond of the kick.
 *
 * <p>vCPU 0 computes, then signals what a task on vCPU 1 waits for; the guest is a ring-0 one, which adds nothing of
 * its own. Source of the cells: kvm_vcpu_kick() and vmx_deliver_posted_interrupt(), Linux 4.19.
 */
final class KickTableTest {
  private static final long RUN_NS = 1_000_000;
  /** The waiter computes first, so that the sender can be ahead of it. */
  private static final long FIRST_NS = 10_007;

  /** The waiter's HLT is handled and its block function entered: polling or leaving the pCPU starts. */
  private static long halted(Lab lab) {
    return lab.bootNs() + FIRST_NS + lab.ns(VM_EXIT, HLT_HANDLER);
  }

  /** One waiter on vCPU 1, kicked at exactly {@code kickNs}; the ICR write and its handler come right before. */
  private static Outcome kick(Lab lab, long kickNs, Step icrExit, Step icrHandler) {
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          long computeNs = kickNs - lab.bootNs() - lab.ns(icrExit, icrHandler);
          guest.task("sender", 0, lab.sender(computeNs, event));
          guest.task(
              "waiter", 1,
              Lab.once(c -> c.compute(FIRST_NS), c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    return lab.run(RUN_NS);
  }

  private static Outcome kickWarm(Lab lab, long kickNs) {
    return kick(lab, kickNs, ICR_EXIT_WARM, ICR_HANDLER_WARM);
  }

  private static Outcome kickCold(Lab lab, long kickNs) {
    return kick(lab, kickNs, ICR_EXIT_COLD, ICR_HANDLER_COLD);
  }

  private static void assertExits(Outcome outcome, long hlt, long icr, long externalInterrupt) {
    assertThat(Lab.exits(outcome, ExitReason.HLT)).as("HLT").isEqualTo(hlt);
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).as("ICR").isEqualTo(icr);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).as("EXTERNAL_INTERRUPT").isEqualTo(externalInterrupt);
  }

  // --- POLLING ---

  @Test
  void aPollingVcpuSeesTheBitAndTheSenderDoesNothingMore() {
    Lab lab = Lab.bare(2).poll(500_000);
    long kick = halted(lab) + 50_021;
    Outcome outcome = kickWarm(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(POLL_NOTICE, POLL_RETURN, INJECT_WARM));
    assertExits(outcome, 1, 1, 0);
    assertThat(Lab.halts(outcome).wakeup()).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.POLLING)).isEqualTo(50_021 + lab.ns(POLL_NOTICE));
    assertThat(outcome.stepsCharged()).doesNotContain(TRY_TO_WAKE_UP, HOST_IPI, POSTED_NOTIFICATION);
  }

  // --- BLOCKED ---

  @Test
  void aBlockedVcpuIsWokenAndTheSenderPaysForItAfterTheKick() {
    Lab lab = Lab.bare(2);
    long kick = halted(lab) + lab.ns(SCHEDULE_OUT) + 50_021;
    Outcome outcome = kickCold(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 1, 0);
    assertThat(Lab.halts(outcome).wakeup()).isEqualTo(1);
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isEqualTo(50_021);
  }

  @Test
  void aBlockedVcpuWakesLaterByWhatItsDeeperCstateCostsBeyondTheShallowest() {
    CState shallow = new CState("C1", Duration.ofNanos(2_003), Duration.ZERO, -1);
    CState deep = new CState("C6", Duration.ofNanos(90_001), Duration.ZERO, -1);
    Lab lab = Lab.bare(2).cstates(shallow, deep);
    long kick = halted(lab) + lab.ns(SCHEDULE_OUT) + 50_021;
    Outcome outcome = kickCold(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(90_001 - 2_003 + lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD));
    // at boot, too, both pCPUs were in the state their governor chooses
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.C_EXIT)).isEqualTo(90_001 - 2_003);
  }

  @Test
  void aTimerThatWakesAVcpuFromADeeperCstateCostsItsHandlerAsWell() {
    CState shallow = new CState("C1", Duration.ofNanos(2_003), Duration.ZERO, -1);
    CState deep = new CState("C6", Duration.ofNanos(90_001), Duration.ZERO, -1);
    Lab lab = Lab.bare(1).cstates(shallow, deep);
    lab.workload(g -> g.task("sleeper", 0, Lab.once(c -> c.sleepUntil(TIMER_NS), lab.markAndStay("sleeper runs"))));
    lab.run(RUN_NS);

    assertThat(lab.at("sleeper runs") - TIMER_NS)
        .isEqualTo(90_001 - 2_003 + lab.ns(HOST_TIMER, WAKE_THREAD, SCHED_IN, INJECT_COLD));
  }

  @Test
  void aBlockedVcpuWhoseIdlePcpuDoesNotWatchAFlagNeedsAHostIpi() {
    Lab lab = Lab.bare(2).without(Feature.HOST_MWAIT_IDLE);
    long kick = halted(lab) + lab.ns(SCHEDULE_OUT) + 50_021;
    Outcome outcome = kickCold(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(HOST_IPI, WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 1, 0);
  }

  @Test
  void aBlockedVcpuWhosePcpuRunsAnotherThreadIsWokenIntoItsQueue() {
    // the host task gets the pCPU when the waiter sleeps; 800 us later it is done, and the waiter is switched in
    Lab lab = Lab.bare(2).hostTask("burst", 1, Lab.FOREVER_NS, 800_000);
    long taskRuns = halted(lab) + lab.ns(SCHEDULE_OUT, HOST_SWITCH);
    long kick = taskRuns + 50_021;
    Outcome outcome = kickWarm(lab, kick); // the target's core is awake

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(lab.at("waiter runs")).isEqualTo(taskRuns + 800_000 + lab.ns(HOST_SWITCH, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 1, 0);
    assertThat(Lab.halts(outcome).wakeup()).isEqualTo(1);
    assertThat(Lab.spent(outcome, 1, VcpuState.RUNNABLE)).isEqualTo(800_000 - 50_021);
  }

  // --- SCHEDULING_OUT ---

  @Test
  void aVcpuOnItsWayOutGivesUpItsSleep() {
    Lab lab = Lab.bare(2);
    long kick = halted(lab) + lab.ns(SCHEDULE_OUT) - 7;
    Outcome outcome = kickWarm(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(SCHEDULE_ABORT, POLL_RETURN, INJECT_WARM));
    assertExits(outcome, 1, 1, 0);
    assertThat(Lab.halts(outcome).wakeup()).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isZero();
  }

  // --- EXIT ---

  @Test
  void anInterruptPendingAtHltGoesStraightBackIn() {
    Lab lab = Lab.bare(2).poll(500_000).price(HLT_HANDLER, 5_003);
    long kick = halted(lab) - 5;
    Outcome outcome = kickWarm(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs")).isEqualTo(halted(lab) + lab.ns(INJECT_WARM));
    assertExits(outcome, 1, 1, 0);
    assertThat(Lab.halts(outcome)).isEqualTo(new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, -1));
  }

  @Test
  void aVcpuInAnExitOfItsOwnFindsTheInterruptWhenItIsBack() {
    Lab lab = Lab.bare(3).price(ICR_HANDLER_COLD, 40_009);
    // on vCPU 1 a long-running task wakes vCPU 2; meanwhile vCPU 0 wakes the waiter, which has the better claim
    long hogComputes = 3_000_000;
    long exitEnds = lab.bootNs() + hogComputes + lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD, TRY_TO_WAKE_UP, VM_ENTRY);
    long kick = exitEnds - 20_011;
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          Event other = guest.event("other", true);
          long computeNs = kick - lab.bootNs() - lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM);
          guest.task("sender", 0, lab.sender(computeNs, event));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
          guest.task(
              "hog", 1, Lab.once(c -> c.compute(hogComputes), c -> c.signal(other), c -> c.compute(Lab.FOREVER_NS)));
          guest.task("third", 2, Lab.once(c -> c.await(other), c -> c.compute(Lab.FOREVER_NS)));
        });
    Outcome outcome = lab.run(4 * RUN_NS);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs")).isEqualTo(exitEnds);
    assertExits(outcome, 1, 2, 0);
    assertThat(Lab.halts(outcome).wakeup()).as("the third vCPU's").isEqualTo(1);
  }

  // --- GUEST ---

  /** A task computes on vCPU 1 while another one, which has slept and has the better claim, is woken there. */
  private static Outcome kickRunning(Lab lab, long kick) {
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          long computeNs = kick - lab.bootNs() - lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM);
          guest.task("sender", 0, lab.sender(computeNs, event));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
          guest.task("hog", 1, Lab.once(c -> c.compute(Lab.FOREVER_NS)));
        });
    return lab.run(4 * RUN_NS);
  }

  @Test
  void aRunningVcpuTakesAPostedInterruptWithoutExit() {
    Lab lab = Lab.bare(2);
    long kick = 3 * RUN_NS;
    Outcome outcome = kickRunning(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(POSTED_NOTIFICATION));
    assertExits(outcome, 0, 1, 0);
    assertThat(Lab.halts(outcome).wakeup()).isZero();
  }

  @Test
  void aRunningVcpuWithoutPostedInterruptsIsForcedOutByAHostIpi() {
    Lab lab = Lab.bare(2).without(Feature.POSTED_INTERRUPTS);
    long kick = 3 * RUN_NS;
    Outcome outcome = kickRunning(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick)
        .isEqualTo(lab.ns(HOST_IPI, VM_EXIT, INTERRUPT_EXIT_HANDLER, INJECT_WARM));
    assertExits(outcome, 0, 1, 1);
    assertThat(outcome.vms().get(0).exits().get(ExitReason.EXTERNAL_INTERRUPT).timeNs())
        .isEqualTo(lab.ns(VM_EXIT, INTERRUPT_EXIT_HANDLER, INJECT_WARM));
    assertThat(Lab.halts(outcome).wakeup()).isZero();
    assertThat(outcome.stepsCharged()).doesNotContain(POSTED_NOTIFICATION);
  }

  @Test
  void anEoiThatExitsComesAfterTheHandlersFirstInstruction() {
    Lab lab = Lab.bare(2).without(Feature.VIRTUAL_EOI);
    long kick = 3 * RUN_NS;
    Outcome outcome = kickRunning(lab, kick);

    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(POSTED_NOTIFICATION));
    assertThat(Lab.writes(outcome, MsrRegister.EOI)).isEqualTo(1);
    assertThat(outcome.vms().get(0).msrWrites().get(MsrRegister.EOI).timeNs())
        .isEqualTo(lab.ns(VM_EXIT, EOI_HANDLER, VM_ENTRY));
  }

  @Test
  void aKickThatFindsInterruptsOffIsTakenWhenTheyAreOnAgain() {
    Lab posted = Lab.linux(2).price(TIMER_ISR, 30_011);
    Outcome outcome = kickInHandler(posted);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
    assertThat(Lab.halts(outcome).wakeup()).as("the timer's").isEqualTo(1);

    Lab unposted = Lab.linux(2).price(TIMER_ISR, 30_011).without(Feature.POSTED_INTERRUPTS);
    outcome = kickInHandler(unposted);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(1);
    // the handler is interrupted by the exit, and cannot be by the guest's interrupt: nothing is injected
    assertThat(unposted.at("waiter runs") - posted.at("waiter runs"))
        .isEqualTo(unposted.ns(VM_EXIT, INTERRUPT_EXIT_HANDLER, VM_ENTRY));
  }

  /** Kicks vCPU 1 while it runs the handler of its timer, which has not yet woken the task that sleeps. */
  private static Outcome kickInHandler(Lab lab) {
    long handler = TIMER_NS + lab.ns(HOST_TIMER, WAKE_THREAD, SCHED_IN, INJECT_COLD, COLD_WAKE);
    long kick = handler + 10_007;
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          long computeNs =
              kick - lab.bootNs() - lab.ns(SIGNAL, GUEST_WAKE_UP, ICR_EXIT_WARM, ICR_HANDLER_WARM);
          guest.task("sender", 0, lab.sender(computeNs, event));
          guest.task("sleeper", 1, Lab.once(c -> c.sleepUntil(TIMER_NS)));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    Outcome outcome = lab.run(RUN_NS);
    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY, SIGNAL_RETURN));
    assertThat(lab.at("waiter runs")).isGreaterThan(handler + lab.ns(TIMER_ISR, RESCHEDULE_ISR));
    return outcome;
  }

  // --- WAKING, ENTERING: a second interrupt for a vCPU that its timer has woken ---

  private static final long TIMER_NS = 200_003;
  private static final long WAITER_NS = 1_009;

  /** On vCPU 1 one task sleeps until {@link #TIMER_NS}, another one waits and is kicked {@code afterTimerNs} later. */
  private static Outcome kickWoken(Lab lab, long afterTimerNs) {
    // the ICR write comes before the timer: its target's core still sleeps
    assertThat(afterTimerNs).isLessThan(lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD));
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          long computeNs = TIMER_NS + afterTimerNs - lab.bootNs() - lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD);
          guest.task("sender", 0, lab.sender(computeNs, event));
          guest.task(
              "sleeper", 1, Lab.once(c -> c.sleepUntil(TIMER_NS), lab.mark("sleeper runs", c -> c.exit())));
          guest.task(
              "waiter", 1,
              Lab.once(c -> c.await(event), lab.mark("waiter runs", c -> c.compute(WAITER_NS)), c -> c.exit()));
        });
    return lab.run(RUN_NS);
  }

  @ParameterizedTest
  @EnumSource(names = {"HOST_TIMER", "WAKE_THREAD", "SCHED_IN"})
  void aSecondInterruptForAWakingVcpuSetsABitOnly(Step during) {
    Lab lab = Lab.bare(2).price(ICR_HANDLER_COLD, 20_011);
    long handler = TIMER_NS + lab.ns(HOST_TIMER, WAKE_THREAD, SCHED_IN, INJECT_COLD);
    long afterTimerNs =
        switch (during) {
          case HOST_TIMER -> 3;
          case WAKE_THREAD -> lab.ns(HOST_TIMER) + 3;
          default -> lab.ns(HOST_TIMER, WAKE_THREAD) + 3;
        };
    Outcome outcome = kickWoken(lab, afterTimerNs);

    assertThat(lab.at("sender is free") - TIMER_NS - afterTimerNs).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs")).isEqualTo(handler);
    assertThat(lab.at("sleeper runs")).isEqualTo(handler + WAITER_NS);
    assertExits(outcome, 1, 1, 0);
    assertThat(Lab.halts(outcome).wakeup()).as("the timer's").isEqualTo(1);
  }

  @Test
  void aSecondInterruptTooLateForTheEntryMakesAnExitAtOnce() {
    Lab lab = Lab.bare(2).price(ICR_HANDLER_COLD, 20_011);
    long entering = lab.ns(HOST_TIMER, WAKE_THREAD, SCHED_IN);
    Outcome outcome = kickWoken(lab, entering + 7);

    assertThat(lab.at("sender is free") - TIMER_NS - entering - 7).isEqualTo(lab.ns(VM_ENTRY));
    long handler =
        TIMER_NS + entering + lab.ns(INJECT_COLD) + lab.ns(VM_EXIT, INTERRUPT_EXIT_HANDLER, INJECT_WARM);
    assertThat(lab.at("waiter runs")).isEqualTo(handler);
    assertThat(lab.at("sleeper runs")).isEqualTo(handler + WAITER_NS);
    assertExits(outcome, 1, 1, 1);
    assertThat(Lab.halts(outcome).wakeup()).as("the timer's").isEqualTo(1);
  }

  // --- RUNNABLE ---

  @Test
  void aWokenVcpuThatWaitsForItsPcpuGetsABitOnly() {
    Lab lab = Lab.bare(2).hostTask("burst", 1, Lab.FOREVER_NS, 800_000);
    // the timer fires under the host task, which loses the interrupt's time to it
    long done = lab.bootNs() + lab.ns(VM_EXIT, TIMER_HANDLER, VM_ENTRY) + lab.ns(VM_EXIT, HLT_HANDLER)
        + lab.ns(SCHEDULE_OUT, HOST_SWITCH) + 800_000 + lab.ns(HOST_TIMER);
    long kick = TIMER_NS + 50_021;
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          // the timer has woken the vCPU, so the guest's waker meets one that is neither running nor asleep
          long computeNs = kick - lab.bootNs() - lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM);
          guest.task("sender", 0, lab.sender(computeNs, event));
          guest.task(
              "sleeper", 1, Lab.once(c -> c.sleepUntil(TIMER_NS), lab.mark("sleeper runs", c -> c.exit())));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    Outcome outcome = lab.run(2 * RUN_NS);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs")).isEqualTo(done + lab.ns(HOST_SWITCH, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 1, 0);
    assertThat(Lab.halts(outcome).wakeup()).as("the timer's").isEqualTo(1);
  }

  @Test
  void aPreemptedVcpuGetsABitOnly() {
    Lab undisturbed = Lab.bare(2);
    Outcome control = kickPreempted(undisturbed, 2 * RUN_NS, false);
    long preempted = longestGap(undisturbed.allOf("hog goes on"));
    long back = undisturbed.allOf("hog goes on").stream().filter(ns -> ns > preempted).findFirst().orElseThrow();
    assertThat(back - preempted).as("while the host task ran").isGreaterThan(2 * RUN_NS);

    Lab lab = Lab.bare(2);
    Outcome outcome = kickPreempted(lab, preempted + RUN_NS, true);
    long kick = lab.at("sender signals") + lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM);
    assertThat(kick).isBetween(preempted + 2_000, back - 2_000);
    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs")).isBetween(back - 1_000, back + lab.ns(INJECT_WARM));
    assertExits(outcome, 0, 1, Lab.exits(control, ExitReason.EXTERNAL_INTERRUPT));
    assertThat(Lab.halts(outcome).wakeup()).isZero();
  }

  /** The host's tick gives vCPU 1's pCPU to a host task once; vCPU 0 kicks vCPU 1 some time after {@code computeNs}. */
  private static Outcome kickPreempted(Lab lab, long computeNs, boolean signals) {
    lab.hostHz(1_000).hostTask("burst", 1, Lab.FOREVER_NS, 5 * RUN_NS / 2);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task(
              "sender", 0,
              Lab.once(
                  c -> c.compute(computeNs),
                  lab.mark("sender signals", c -> {
                    if (signals) {
                      c.signal(event);
                    } else {
                      c.compute(Lab.FOREVER_NS);
                    }
                  }),
                  lab.markAndStay("sender is free")));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
          guest.task("hog", 1, Lab.forever(lab.mark("hog goes on", c -> c.compute(1_000))));
        });
    return lab.run(8 * RUN_NS);
  }

  private static long longestGap(List<Long> instants) {
    int longest = 1;
    for (int i = 2; i < instants.size(); i++) {
      if (instants.get(i) - instants.get(i - 1) > instants.get(longest) - instants.get(longest - 1)) {
        longest = i;
      }
    }
    return instants.get(longest - 1);
  }

  // --- a bound: POLLING or BLOCKED, as it turns out ---

  @ParameterizedTest
  @ValueSource(longs = {1, 50_021, 100_000})
  void aBoundKickedWithinItsHorizonHasPolled(long afterNs) {
    Lab lab = Lab.bare(2).haltPoll(seat -> (HaltPoll.Hindsight) now -> 100_000).price(HLT_HANDLER, 5_003);
    long kick = halted(lab) + afterNs;
    Outcome outcome = kickWarm(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(POLL_NOTICE, POLL_RETURN, INJECT_WARM));
    assertThat(Lab.halts(outcome)).isEqualTo(new Outcome.Halts(1, 1, 0, 0, afterNs, 0, 0, 1, 0, 0, 0, -1));
    assertThat(Lab.spent(outcome, 1, VcpuState.POLLING)).isEqualTo(afterNs + lab.ns(POLL_NOTICE));
  }

  @ParameterizedTest
  @ValueSource(longs = {100_001, 150_001})
  void aBoundKickedBeyondItsHorizonHasSleptAllAlong(long afterNs) {
    Lab lab = Lab.bare(2).haltPoll(seat -> (HaltPoll.Hindsight) now -> 100_000);
    long kick = halted(lab) + afterNs;
    // at the ICR write the bound is still undecided in one case, asleep in the other
    Outcome outcome = afterNs == 100_001 ? kickWarm(lab, kick) : kickCold(lab, kick);

    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertThat(Lab.halts(outcome))
        .isEqualTo(new Outcome.Halts(0, 0, 0, 1, 0, 0, afterNs + lab.ns(WAKE_THREAD), 1, 0, 0, 0, -1));
    assertThat(Lab.spent(outcome, 1, VcpuState.POLLING)).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isEqualTo(afterNs - lab.ns(SCHEDULE_OUT));
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.IDLE)).isEqualTo(afterNs - lab.ns(SCHEDULE_OUT));
  }
}
