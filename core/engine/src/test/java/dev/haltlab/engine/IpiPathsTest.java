package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins what an IPI costs its sender and its target where hardware or a newer host sends it in another way than
 * {@link KickTableTest} has it, one test a cell.
 *
 * <p>vCPU 0 computes, then signals what a task on vCPU 1 waits for, in a ring-0 guest. Source of the cells: vmx_vcpu_pi_put()
 * and pi_wakeup_handler() for IPI virtualisation, avic_incomplete_ipi_interception() and avic_vcpu_put() for AVIC.
 */
final class IpiPathsTest {
  private static final long RUN_NS = 1_000_000;
  private static final long FIRST_NS = 10_007;
  private static final long LATER_NS = 50_021;

  private static Lab ipiVirtualization() {
    return Lab.bare(2).with(Feature.IPI_VIRTUALIZATION);
  }

  private static Lab avic(String hostKernel) {
    return Lab.bare(2).with(Feature.AVIC).hostKernel(hostKernel);
  }

  /** The waiter's block function is entered: polling or leaving the pCPU starts. */
  private static long halted(Lab lab) {
    return lab.bootNs() + FIRST_NS + lab.ns(VM_EXIT, HLT_HANDLER);
  }

  /** The sender writes its ICR at exactly {@code writeNs}. */
  private static Outcome write(Lab lab, long writeNs) {
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(writeNs - lab.bootNs(), event));
          guest.task(
              "waiter", 1,
              Lab.once(c -> c.compute(FIRST_NS), c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    return lab.run(RUN_NS);
  }

  /** A task computes on vCPU 1 while another one, which has the better claim, is woken there. */
  private static Outcome writeToRunning(Lab lab, long writeNs) {
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(writeNs - lab.bootNs(), event));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
          guest.task("hog", 1, Lab.once(c -> c.compute(Lab.FOREVER_NS)));
        });
    return lab.run(4 * RUN_NS);
  }

  private static void assertExits(Outcome outcome, long hlt, long icr, long externalInterrupt, long incompleteIpi) {
    assertThat(Lab.exits(outcome, ExitReason.HLT)).as("HLT").isEqualTo(hlt);
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).as("ICR").isEqualTo(icr);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).as("EXTERNAL_INTERRUPT").isEqualTo(externalInterrupt);
    assertThat(Lab.exits(outcome, ExitReason.AVIC_INCOMPLETE_IPI)).as("avic_incomplete_ipi").isEqualTo(incompleteIpi);
  }

  /** The sender has written, and that is all it has to do. */
  private static void assertSenderStaysInGuestMode(Lab lab, Outcome outcome, long writeNs) {
    assertThat(lab.at("sender is free") - writeNs).isEqualTo(lab.ns(VIRTUAL_ICR_WRITE));
    assertThat(outcome.stepsCharged())
        .doesNotContain(TRY_TO_WAKE_UP, ICR_EXIT_COLD, ICR_EXIT_WARM, ICR_HANDLER_COLD, ICR_HANDLER_WARM);
  }

  // --- IPI virtualisation ---

  @Test
  void aRunningTargetTakesTheInterruptWithoutAnyExit() {
    Lab lab = ipiVirtualization();
    long write = 3 * RUN_NS;
    Outcome outcome = writeToRunning(lab, write);

    assertSenderStaysInGuestMode(lab, outcome, write);
    assertThat(lab.at("waiter runs") - write).isEqualTo(lab.ns(POSTED_NOTIFICATION));
    assertExits(outcome, 0, 0, 0, 0);
  }

  @Test
  void aPollingTargetSeesTheBit() {
    Lab lab = ipiVirtualization().poll(500_000);
    long write = halted(lab) + LATER_NS;
    Outcome outcome = write(lab, write);

    assertSenderStaysInGuestMode(lab, outcome, write);
    assertThat(lab.at("waiter runs") - write).isEqualTo(lab.ns(POLL_NOTICE, POLL_RETURN, INJECT_WARM));
    assertExits(outcome, 1, 0, 0, 0);
    assertThat(Lab.halts(outcome).wakeup()).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.POLLING)).isEqualTo(LATER_NS + lab.ns(POLL_NOTICE));
    assertThat(outcome.stepsCharged()).doesNotContain(HOST_IPI, WAKE_UP_VECTOR);
  }

  @Test
  void aBoundWithinItsHorizonHasPolled() {
    Lab lab = ipiVirtualization().haltPoll(seat -> (HaltPoll.Hindsight) now -> 100_000);
    long write = halted(lab) + LATER_NS;
    Outcome outcome = write(lab, write);

    assertThat(lab.at("waiter runs") - write).isEqualTo(lab.ns(POLL_NOTICE, POLL_RETURN, INJECT_WARM));
    assertThat(Lab.halts(outcome)).isEqualTo(new Outcome.Halts(1, 1, 0, 0, LATER_NS, 0, 0, 1, 0, 0, 0, -1));
  }

  @Test
  void aBlockedTargetIsWokenByTheHostsInterruptWhereItBlocked() {
    Lab lab = ipiVirtualization();
    long write = halted(lab) + lab.ns(SCHEDULE_OUT) + LATER_NS;
    Outcome outcome = write(lab, write);

    assertSenderStaysInGuestMode(lab, outcome, write);
    assertThat(lab.at("waiter runs") - write)
        .isEqualTo(lab.ns(HOST_IPI, WAKE_UP_VECTOR, WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 0, 0, 0);
    assertThat(Lab.halts(outcome).wakeup()).isEqualTo(1);
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isEqualTo(LATER_NS + lab.ns(HOST_IPI));
    // 0 on the sender's side but for booting
    assertThat(Lab.spent(outcome, 0, VcpuState.EXIT)).isEqualTo(lab.ns(SCHED_IN, VM_ENTRY));
  }

  @Test
  void theNotificationTakesTheIdlePcpuOutOfItsCstate() {
    CState shallow = new CState("C1", Duration.ofNanos(2_003), Duration.ZERO, -1);
    CState deep = new CState("C6", Duration.ofNanos(90_001), Duration.ZERO, -1);
    Lab lab = ipiVirtualization().cstates(shallow, deep);
    write(lab, halted(lab) + lab.ns(SCHEDULE_OUT) + LATER_NS);

    assertThat(lab.at("waiter runs") - lab.at("sender is free") + lab.ns(VIRTUAL_ICR_WRITE))
        .isEqualTo(90_001 - 2_003 + lab.ns(HOST_IPI, WAKE_UP_VECTOR, WAKE_THREAD, SCHED_IN, INJECT_COLD));
  }

  @Test
  void aBusyPcpuLosesTheHandlersTimeToIt() {
    Lab lab = ipiVirtualization().hostTask("burst", 1, Lab.FOREVER_NS, 800_000);
    long taskRuns = halted(lab) + lab.ns(SCHEDULE_OUT, HOST_SWITCH);
    long write = taskRuns + LATER_NS;
    Outcome outcome = write(lab, write);

    assertSenderStaysInGuestMode(lab, outcome, write);
    assertThat(lab.at("waiter runs"))
        .isEqualTo(taskRuns + 800_000 + lab.ns(WAKE_UP_VECTOR, HOST_SWITCH, SCHED_IN, INJECT_COLD));
    assertThat(Lab.spent(outcome, 1, VcpuState.RUNNABLE))
        .isEqualTo(800_000 - LATER_NS - lab.ns(HOST_IPI) + lab.ns(WAKE_UP_VECTOR));
    assertThat(Lab.halts(outcome).wakeup()).isEqualTo(1);
  }

  @Test
  void aTargetOnItsWayOutSleepsAndIsWokenAtOnceByItsOwnPcpu() {
    // no kick comes to abort the sleep; putting the vCPU finds the bit, and the pCPU has not entered its C-state
    CState shallow = new CState("C1", Duration.ZERO, Duration.ZERO, -1);
    CState deep = new CState("C6", Duration.ofNanos(90_001), Duration.ZERO, -1);
    Lab lab = ipiVirtualization().cstates(shallow, deep);
    Outcome outcome = write(lab, halted(lab) + lab.ns(SCHEDULE_OUT) - 7);

    long write = lab.at("sender is free") - lab.ns(VIRTUAL_ICR_WRITE);
    assertThat(lab.at("waiter runs") - write)
        .isEqualTo(7 + lab.ns(WAKE_UP_VECTOR, WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 0, 0, 0);
    assertThat(Lab.halts(outcome).wakeup()).isEqualTo(1);
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.C_EXIT)).as("no C-state was entered").isZero();
    assertThat(outcome.stepsCharged()).doesNotContain(SCHEDULE_ABORT, HOST_IPI);
  }

  @Test
  void aTargetInItsHltExitGoesStraightBackIn() {
    Lab lab = ipiVirtualization().poll(500_000).price(HLT_HANDLER, 5_003);
    long write = halted(lab) - 5;
    Outcome outcome = write(lab, write);

    assertSenderStaysInGuestMode(lab, outcome, write);
    assertThat(lab.at("waiter runs")).isEqualTo(halted(lab) + lab.ns(INJECT_WARM));
    assertExits(outcome, 1, 0, 0, 0);
    assertThat(Lab.halts(outcome)).isEqualTo(new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, -1));
  }

  private static final long TIMER_NS = 200_003;
  private static final long WAITER_NS = 1_009;

  /** On vCPU 1 one task sleeps until {@link #TIMER_NS}, another one waits and is sent an IPI {@code afterTimerNs} later. */
  private static Outcome writeToWoken(Lab lab, long writeNs) {
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(writeNs - lab.bootNs(), event));
          guest.task("sleeper", 1, Lab.once(c -> c.sleepUntil(TIMER_NS), lab.mark("sleeper runs", c -> c.exit())));
          guest.task(
              "waiter", 1,
              Lab.once(c -> c.await(event), lab.mark("waiter runs", c -> c.compute(WAITER_NS)), c -> c.exit()));
        });
    return lab.run(RUN_NS);
  }

  @ParameterizedTest
  @EnumSource(names = {"HOST_TIMER", "WAKE_THREAD", "SCHED_IN", "INJECT_COLD"})
  void aTargetThatIsWakingOrEnteringFindsTheBitWithoutAnExit(Step during) {
    // written while the target slept, the IPI is under way for so long that its timer wakes it first
    Lab lab = ipiVirtualization().price(HOST_IPI, 40_009);
    long handler = TIMER_NS + lab.ns(HOST_TIMER, WAKE_THREAD, SCHED_IN, INJECT_COLD);
    long write = TIMER_NS - 40_009 + switch (during) {
      case HOST_TIMER -> 3;
      case WAKE_THREAD -> lab.ns(HOST_TIMER) + 3;
      case SCHED_IN -> lab.ns(HOST_TIMER, WAKE_THREAD) + 3;
      default -> lab.ns(HOST_TIMER, WAKE_THREAD, SCHED_IN) + 3;
    };
    Outcome outcome = writeToWoken(lab, write);

    assertThat(lab.at("sender is free") - write).isEqualTo(lab.ns(VIRTUAL_ICR_WRITE));
    assertThat(lab.at("waiter runs")).isEqualTo(handler);
    assertThat(lab.at("sleeper runs")).isEqualTo(handler + WAITER_NS);
    assertExits(outcome, 1, 0, 0, 0);
    assertThat(Lab.halts(outcome).wakeup()).as("the timer's").isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"5.19, 1", "6.0, 0", "6.11, 0"})
  void aKernelThatDoesNotKnowItHasItsExits(String kernel, long icr) {
    Lab lab = ipiVirtualization().hostKernel(kernel);
    assertExits(write(lab, halted(lab) + RUN_NS / 4), 1, icr, 0, 0);
  }

  @Test
  void withoutPostedInterruptsThereIsNone() {
    Lab lab = ipiVirtualization().without(Feature.POSTED_INTERRUPTS);
    assertExits(write(lab, halted(lab) + RUN_NS / 4), 1, 1, 0, 0);
  }

  /** From the ICR write to the waiter: at whatever moment it comes, and no dearer than an exit and its handler. */
  @ParameterizedTest
  @ValueSource(longs = {0, 3_001, HaltPoll.FOREVER})
  void itIsNeverSlowerThanAnExitThatCostsAsMuch(long windowNs) {
    int faster = 0;
    for (long afterNs = -1_500; afterNs < 6_000; afterNs += 31) {
      Lab exits = Lab.bare(2).poll(windowNs);
      long write = exits.bootNs() + FIRST_NS + afterNs;
      write(exits, write);
      Lab none = Lab.bare(2).with(Feature.IPI_VIRTUALIZATION).poll(windowNs)
          .price(HOST_IPI, exits.ns(ICR_EXIT_WARM)).price(WAKE_UP_VECTOR, 0);
      assertThat(none.ns(HOST_IPI)).isLessThan(exits.ns(ICR_EXIT_COLD) + exits.ns(ICR_HANDLER_COLD));
      write(none, write);
      // a target on its way out sleeps first, as no kick aborts it: see above
      long out = windowNs == HaltPoll.FOREVER ? Long.MAX_VALUE : halted(none) + windowNs;
      if (write < out || write - out >= none.ns(SCHEDULE_OUT)) {
        assertThat(none.at("waiter runs")).as("written %d ns after", afterNs).isLessThanOrEqualTo(exits.at("waiter runs"));
        faster += none.at("waiter runs") < exits.at("waiter runs") ? 1 : 0;
      }
    }
    assertThat(faster).isGreaterThan(50);
  }

  // --- AVIC ---

  @Test
  void avicRingsARunningTarget() {
    Lab lab = avic("6.1");
    long write = 3 * RUN_NS;
    Outcome outcome = writeToRunning(lab, write);

    assertSenderStaysInGuestMode(lab, outcome, write);
    assertThat(lab.at("waiter runs") - write).isEqualTo(lab.ns(POSTED_NOTIFICATION));
    assertExits(outcome, 0, 0, 0, 0);
  }

  @Test
  void avicExitsForABlockedTargetWhichTheSenderWakes() {
    Lab lab = avic("6.1");
    long write = halted(lab) + lab.ns(SCHEDULE_OUT) + LATER_NS;
    Outcome outcome = write(lab, write);

    long kick = write + lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD);
    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 0, 0, 1);
    assertThat(Lab.exits(outcome, ExitReason.MSR_WRITE)).isZero();
    assertThat(outcome.vms().get(0).exits().get(ExitReason.AVIC_INCOMPLETE_IPI).timeNs())
        .isEqualTo(lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD, TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(Lab.halts(outcome).wakeup()).isEqualTo(1);
  }

  @Test
  void avicExitsForATargetOnItsWayOut() {
    Lab lab = avic("6.1").price(SCHEDULE_OUT, 9_001);
    long write = halted(lab) + 7;
    Outcome outcome = write(lab, write);

    long kick = write + lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM);
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(SCHEDULE_ABORT, POLL_RETURN, INJECT_WARM));
    assertExits(outcome, 1, 0, 0, 1);
    assertThat(Lab.halts(outcome).wakeup()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"5.16, 1", "5.17, 0", "6.1, 0"})
  void avicPutsAPollingVcpuOnlyInOlderKernels(String kernel, long incompleteIpi) {
    Lab lab = avic(kernel).poll(500_000);
    long write = halted(lab) + LATER_NS;
    Outcome outcome = write(lab, write);

    long kick = incompleteIpi == 0 ? write : write + lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM);
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(POLL_NOTICE, POLL_RETURN, INJECT_WARM));
    assertExits(outcome, 1, 0, 0, incompleteIpi);
    assertThat(outcome.stepsCharged()).doesNotContain(TRY_TO_WAKE_UP);
  }

  // --- the ICR fast path ---

  @ParameterizedTest
  @CsvSource({"5.5, false", "5.6, true", "6.1, true"})
  void theFastPathReplacesTheHandlerWhereKernelAndPriceAllow(String kernel, boolean fast) {
    Lab lab = Lab.bare(2).hostKernel(kernel).price(ICR_FAST_PATH, 101);
    long write = halted(lab) + lab.ns(SCHEDULE_OUT) + LATER_NS;
    Outcome outcome = write(lab, write);

    long kick = write + lab.ns(ICR_EXIT_COLD, fast ? ICR_FAST_PATH : ICR_HANDLER_COLD);
    assertThat(lab.at("sender is free") - kick).isEqualTo(lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertExits(outcome, 1, 1, 0, 0);
  }

  // --- Idle HLT ---

  @Test
  void idleHltSparesTheHltExitThatWouldGoStraightBackIn() {
    int spared = 0;
    for (long afterNs = 0; afterNs < 6_000; afterNs += 53) {
      Outcome exits = timerNearHlt(Lab.linux(1), afterNs);
      Outcome idle = timerNearHlt(Lab.linux(1).with(Feature.IDLE_HLT).hostKernel("6.15"), afterNs);
      Outcome old = timerNearHlt(Lab.linux(1).with(Feature.IDLE_HLT).hostKernel("6.14"), afterNs);
      assertThat(old.vms()).isEqualTo(exits.vms());
      long less = Lab.exits(exits, ExitReason.HLT) - Lab.exits(idle, ExitReason.HLT);
      assertThat(less).isBetween(0L, 1L);
      if (less == 1) {
        spared++;
        assertThat(Lab.halts(idle).exits()).isEqualTo(Lab.halts(exits).exits() - 1);
        assertThat(Lab.halts(idle).waitNs()).as("never slept").isEqualTo(Lab.halts(exits).waitNs());
      }
    }
    assertThat(spared).isPositive();
  }

  /** A sleeper's timer fires about when its vCPU halts. */
  private static Outcome timerNearHlt(Lab lab, long afterNs) {
    long computed = lab.bootNs() + FIRST_NS;
    lab.workload(
        guest -> {
          Event never = guest.event("never", true);
          guest.task("sleeper", 0, Lab.once(c -> c.sleepUntil(computed + lab.ns(SLEEP) + afterNs), c -> c.exit()));
          guest.task("worker", 0, Lab.once(c -> c.compute(FIRST_NS), c -> c.await(never)));
        });
    return lab.run(RUN_NS);
  }
}
