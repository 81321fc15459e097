package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins how often the guest writes its APIC timer, each an exit: two writes to stop the tick and two to start it again
 * as long as another timer is queued behind it, fewer by the rules below. Source: kernel/time/tick-sched.c and
 * hrtimer.c, Linux 3.10 and 4.19.
 */
final class TimerWriteRulesTest {
  private static final int EPISODES = 7;
  private static final long PERIOD_NS = 200_003;
  private static final long RUN_NS = 2_000_000;
  /** Each vCPU arms its tick. */
  private static final long AT_BOOT = 2;

  /** A task on vCPU 1 waits and is woken some times by one on vCPU 0, which is never idle. */
  private static Consumer<Guest> episodes(Consumer<Guest> more) {
    return guest -> {
      more.accept(guest);
      Event event = guest.event("event", true);
      Script sender = Script.once();
      for (int i = 0; i < EPISODES; i++) {
        sender.compute(PERIOD_NS).signal(event);
      }
      guest.task("sender", 0, sender.compute(Lab.FOREVER_NS));
      guest.task("waiter", 1, Script.forever().await(event));
    };
  }

  private static Consumer<Guest> wheel(Duration interval) {
    return guest -> guest.wheelTimers(1, Dist.fixed(interval));
  }

  private static final Duration BEYOND_THE_TICK = Duration.ofMillis(2_500);

  /** Of the {@link #EPISODES} that are over; the one that follows them has only been entered. */
  private static void assertWritesPerEpisode(Lab lab, long entering, long leaving) {
    Outcome outcome = lab.run(RUN_NS);
    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(EPISODES);
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(EPISODES);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(AT_BOOT + EPISODES * (entering + leaving) + entering);
  }

  // --- one idle episode ---

  @Test
  void stoppingTheTickTakesTwoWritesAndStartingItTwoMore() {
    assertWritesPerEpisode(Lab.linux(2).workload(episodes(wheel(BEYOND_THE_TICK))), 2, 2);
  }

  @ParameterizedTest
  @CsvSource({"3.10, 2, 2", "5.14, 2, 2", "5.15, 1, 2", "7.0, 1, 2", "7.1, 1, 1"})
  void newerKernelsMoveTheTickInOneStep(String kernel, long entering, long leaving) {
    assertWritesPerEpisode(
        Lab.linux(2).guestKernel(kernel).workload(episodes(wheel(BEYOND_THE_TICK))), entering, leaving);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.10", "5.15", "7.1"})
  void aTickThatIsCancelledIsStartedAnewInAnyKernel(String kernel) {
    assertWritesPerEpisode(Lab.linux(2).guestKernel(kernel).workload(episodes(guest -> {})), 1, 1);
  }

  @Test
  void pollingOnTheHostChangesNothingInTheGuest() {
    assertWritesPerEpisode(Lab.linux(2).poll(HaltPoll.FOREVER).workload(episodes(wheel(BEYOND_THE_TICK))), 2, 2);
  }

  @Test
  void withoutAnotherTimerBehindItRemovingTheTickWritesNothing() {
    assertWritesPerEpisode(Lab.linux(2).noWatchdog().workload(episodes(wheel(BEYOND_THE_TICK))), 1, 1);
  }

  @Test
  void aTickWithNothingToWaitForIsCancelledAndNotMoved() {
    assertWritesPerEpisode(Lab.linux(2).workload(episodes(guest -> {})), 1, 1);
  }

  @Test
  void theOnlyTimerCancelledWritesNothingUntilItIsBack() {
    assertWritesPerEpisode(Lab.linux(2).noWatchdog().workload(episodes(guest -> {})), 0, 1);
  }

  @Test
  void aTickThatIsKeptWritesNothing() {
    assertWritesPerEpisode(
        Lab.linux(2).idle(seat -> new Lab.Halting(false)).workload(episodes(wheel(BEYOND_THE_TICK))), 0, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 100, 400})
  void aTickWhoseNextEventIsWithinOneTickIsKept(long wheelMs) {
    // the guest's first tick is some 500 ms away: a timer set at boot for before is rounded up to it
    assertWritesPerEpisode(Lab.linux(2).workload(episodes(wheel(Duration.ofMillis(wheelMs)))), 0, 0);
  }

  @Test
  void aTickWhoseNextEventIsTwoTicksAwayIsStopped() {
    assertWritesPerEpisode(Lab.linux(2).workload(episodes(wheel(Duration.ofMillis(1_000)))), 2, 2);
  }

  @Test
  void withAnHrtimerEarlierThanTheTickMovingTheTickWritesNothing() {
    Lab lab = Lab.linux(2);
    lab.workload(
        episodes(
            guest -> {
              wheel(BEYOND_THE_TICK).accept(guest);
              guest.task("sleeper", 1, Script.once().sleep(20_000_000).exit());
            }));
    Outcome outcome = lab.run(RUN_NS);

    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(EPISODES);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).as("at boot, and the sleeper's").isEqualTo(AT_BOOT + 1);
  }

  @Test
  void withAnHrtimerBeforeTheTicksNextEventMovingTheTickWritesThatOnce() {
    // entering idle, the sleeper's time is written as the tick goes; leaving, that of the tick as it comes back
    Lab lab = Lab.linux(2).guestHz(100);
    lab.workload(
        episodes(
            guest -> {
              wheel(BEYOND_THE_TICK).accept(guest);
              guest.task("sleeper", 1, Script.once().sleep(100_000_000).exit());
            }));
    assertWritesPerEpisode(lab, 1, 1);
  }

  @Test
  void eachWriteIsAnExitWithItsHandlerAndEntry() {
    Lab lab = Lab.linux(2).workload(episodes(wheel(BEYOND_THE_TICK)));
    Outcome outcome = lab.run(RUN_NS);

    Outcome.Count writes = outcome.vms().get(0).msrWrites().get(MsrRegister.TMICT);
    assertThat(writes.timeNs()).isEqualTo(writes.count() * lab.ns(VM_EXIT, TIMER_HANDLER, VM_ENTRY));
  }

  // --- later passes of the same episode ---

  @Test
  void theSecondPassOfAnEpisodeWritesNothing() {
    // the interrupt of a waker comes when its work is long done, because a timer has woken the vCPU first
    long timerNs = 900_001;
    long sentNs = 800_011;
    Consumer<Guest> late =
        guest -> {
          wheel(BEYOND_THE_TICK).accept(guest);
          Event event = guest.event("event", true);
          guest.task("sender", 0, Script.once().compute(sentNs).signal(event).compute(Lab.FOREVER_NS));
          guest.task("sleeper", 1, Script.once().sleep(timerNs));
          guest.task("waiter", 1, Script.forever().await(event));
        };
    long handlerNs = 300_007;
    Lab before = Lab.linux(2).price(ICR_HANDLER_COLD, handlerNs).workload(late);
    Outcome asleepAgain = before.run(timerNs + 100_000);
    Lab after = Lab.linux(2).price(ICR_HANDLER_COLD, handlerNs).workload(late);
    Outcome asleepTwice = after.run(sentNs + handlerNs + 100_000);

    assertThat(Lab.exits(asleepAgain, ExitReason.HLT)).isEqualTo(1);
    assertThat(Lab.exits(asleepTwice, ExitReason.HLT)).isEqualTo(2);
    assertThat(Lab.writes(asleepTwice, MsrRegister.TMICT)).isEqualTo(Lab.writes(asleepAgain, MsrRegister.TMICT));
  }

  @Test
  void aStoppedTickThatFiresArmsItselfAndIsMovedOn() {
    // a wheel timer ten ticks apart wakes the CPU, which writes the next tick; stopping that again takes two more
    Consumer<Guest> everyTenTicks = guest -> guest.wheelTimers(0, Dist.fixed(Duration.ofMillis(100)));
    long timers = 100;
    Outcome alone = Lab.linux(1).guestHz(100).noWatchdog().workload(everyTenTicks).run(1_000_000_000, 10_000_000_000L);
    assertThat(Lab.exits(alone, ExitReason.HLT)).isEqualTo(timers);
    assertThat(Lab.writes(alone, MsrRegister.TMICT)).as("nothing to write as it goes").isEqualTo(2 * timers);

    Outcome watched = Lab.linux(1).guestHz(100).workload(everyTenTicks).run(1_000_000_000, 10_000_000_000L);
    long watchdogs = Lab.exits(watched, ExitReason.HLT) - timers; // each 4 s
    assertThat(watchdogs).isBetween(2L, 3L);
    // its interrupt writes the tick's time, and need not move it; the pass before wrote its own time and not the tick's
    assertThat(Lab.writes(watched, MsrRegister.TMICT)).isEqualTo(3 * timers);
  }

  // --- ticks ---

  @Test
  void aBusyVcpuHasAnExitAndAWriteForEachTick() {
    Lab lab = Lab.linux(1).guestHz(250).workload(guest -> guest.task("hog", 0, Script.forever().compute(1_000_000)));
    Outcome outcome = lab.run(10_000_000, 400_000_000);

    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(100);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(100);
    assertThat(Lab.exits(outcome, ExitReason.HLT)).isZero();
    assertThat(outcome.vms().get(0).exits().get(ExitReason.EXTERNAL_INTERRUPT).timeNs())
        .isEqualTo(100 * lab.ns(VM_EXIT, INTERRUPT_EXIT_HANDLER, HOST_TIMER, INJECT_WARM));
  }

  @Test
  void aTimerThatRunsOnThePreemptionTimerExitsByThat() {
    Lab lab = Lab.linux(1).guestHz(250).with(Feature.PREEMPTION_TIMER);
    lab.workload(guest -> guest.task("hog", 0, Script.forever().compute(1_000_000)));
    Outcome outcome = lab.run(10_000_000, 400_000_000);

    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
    assertThat(Lab.exits(outcome, ExitReason.PREEMPTION_TIMER)).isEqualTo(100);
    assertThat(outcome.vms().get(0).exits().get(ExitReason.PREEMPTION_TIMER).timeNs())
        .isEqualTo(100 * lab.ns(VM_EXIT, INTERRUPT_EXIT_HANDLER, INJECT_WARM));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, HaltPoll.FOREVER})
  void anIdleVcpuThatKeepsItsTickHasAHltExitAndAWriteForEach(long windowNs) {
    Lab lab = Lab.linux(1).guestHz(250).idle(seat -> new Lab.Halting(false)).poll(windowNs);
    Outcome outcome = lab.run(10_000_000, 400_000_000);

    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(100);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(100);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).as("no exit in POLLING and BLOCKED").isZero();
  }

  @Test
  void anIdleVcpuThatSpinsHasItsTicksInGuestMode() {
    Lab lab = Lab.linux(1).guestHz(250).idle(seat -> new Lab.Staying(IdleState.Kind.POLL, HaltPoll.FOREVER));
    Outcome outcome = lab.run(10_000_000, 400_000_000);

    assertThat(Lab.exits(outcome, ExitReason.HLT)).isZero();
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(100);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(100);
  }

  // --- sleeping tasks ---

  @ParameterizedTest
  @CsvSource({"true, 4", "false, 2"})
  void aShortSleepWritesToArmAndInItsInterruptAndToStartTheTick(boolean stops, long writes) {
    // arming, 1; its interrupt arms the next timer, 1; a tick that was stopped is started again: removed, added, 2
    Lab lab = Lab.linux(1).idle(seat -> new Lab.Halting(stops));
    lab.workload(
        guest -> {
          guest.wheelTimers(0, Dist.fixed(BEYOND_THE_TICK));
          Probe probe = guest.probe("sleep");
          guest.task("sleeper", 0, Script.forever().start(probe).sleep(100_003).stop(probe));
        });
    Outcome outcome = lab.run(1_000_000, 10_000_000);

    long sleeps = outcome.vms().get(0).transactions();
    assertThat(sleeps).isGreaterThan(80);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(writes * sleeps);
    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(sleeps);
  }

  // --- TCP's wheel timers ---

  @Test
  void theTimersOfABusyConnectionAreBeyondATickAndLetItStop() {
    assertThat(writesPerTransaction(Lab.linux(2).guestHz(100))).isEqualTo(8);
    assertThat(writesPerTransaction(Lab.linux(2).guestHz(1_000))).isBetween(8.0, 8.5);
    // slower ticks: the delayed ACK, 40 ms after the last segment, is due at the next one, and the tick is kept
    assertThat(writesPerTransaction(Lab.linux(2).guestHz(1))).isZero();
  }

  private static double writesPerTransaction(Lab lab) {
    lab.workload(
        guest -> {
          Socket request = guest.socket("request");
          Socket reply = guest.socket("reply");
          Probe rtt = guest.probe("rtt");
          guest.task(
              "client", 0, Script.forever().start(rtt).send(request, 1).receive(reply).stop(rtt).compute(70_001));
          guest.task("server", 1, Script.forever().receive(request).compute(60_013).send(reply, 1));
        });
    Outcome outcome = lab.run(400_000, 1_500_000);
    return (double) Lab.writes(outcome, MsrRegister.TMICT) / outcome.vms().get(0).transactions();
  }

  @Test
  void aRing0GuestHasNoTick() {
    Lab lab = Lab.bare(2);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          Script sender = Script.once();
          for (int i = 0; i < EPISODES; i++) {
            sender.compute(PERIOD_NS).signal(event);
          }
          guest.task("sender", 0, sender.compute(Lab.FOREVER_NS));
          guest.task("waiter", 1, Script.forever().await(event));
        });
    Outcome outcome = lab.run(RUN_NS);

    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(EPISODES);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isZero();
  }
}
