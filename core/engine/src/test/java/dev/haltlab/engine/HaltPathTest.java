package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Event;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Seat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins the conversation with a halt-poll strategy, call by call with its arguments, and KVM's halt counters: what
 * kvm_vcpu_halt() decides, times and counts. Source: virt/kvm/kvm_main.c, Linux 6.1; before 5.17 where a test says so.
 *
 * <p>A task on vCPU 1 of a ring-0 guest waits; one on vCPU 0, which never halts, signals it at chosen nanoseconds.
 */
final class HaltPathTest {
  private static final long RUN_NS = 1_000_000;
  private static final long WINDOW_NS = 100_003;
  /** The waiter computes first, so that a kick can come before it halts. */
  private static final long FIRST_NS = 10_007;

  /** Answers always the same and writes down what it is asked and told. */
  private static final class Recorded implements HaltPoll {
    private final long budgetNs;
    private final boolean yields;
    private final Seat seat;
    private final List<String> lines = new ArrayList<>();
    private final List<Long> budgets = new ArrayList<>();

    Recorded(long budgetNs, boolean yields, Seat seat) {
      this.budgetNs = budgetNs;
      this.yields = yields;
      this.seat = seat;
    }

    @Override
    public long budget(long nowNs) {
      lines.add("budget " + nowNs + " others " + seat.host().otherRunnable() + " steal " + seat.host().stealNs());
      budgets.add(nowNs);
      return budgetNs;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      lines.add("woken " + nowNs + " halt " + haltNs + " polled " + polledNs + (slept ? " slept" : "")
          + (valid ? "" : " invalid") + " steal " + seat.host().stealNs());
    }

    @Override
    public long windowNs() {
      lines.add("window");
      return 1_000 * lines.size();
    }

    @Override
    public boolean yields() {
      lines.add("yields");
      return yields;
    }
  }

  /** vCPU 1's strategy; vCPU 0 has none to speak of. */
  private static final class Bench {
    final Lab lab;
    Recorded strategy;
    Outcome outcome;

    Bench(Lab lab) {
      this.lab = lab;
    }

    /** When the waiter's block function is entered. */
    long halted() {
      return lab.bootNs() + FIRST_NS + lab.ns(VM_EXIT, HLT_HANDLER);
    }

    Bench kick(long budgetNs, long kickNs, boolean targetSleepsAtTheWrite) {
      return kick(budgetNs, true, kickNs, targetSleepsAtTheWrite);
    }

    Bench kick(long budgetNs, boolean yields, long kickNs, boolean targetSleepsAtTheWrite) {
      long sendNs =
          targetSleepsAtTheWrite ? lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD) : lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM);
      lab.haltPoll(seat -> seat.vcpu() == 0 ? now -> 0 : (strategy = new Recorded(budgetNs, yields, seat)));
      lab.workload(
          guest -> {
            Event event = guest.event("event", true);
            guest.task("sender", 0, lab.sender(kickNs - sendNs - lab.bootNs(), event));
            guest.task(
                "waiter", 1,
                Lab.once(c -> c.compute(FIRST_NS), c -> c.await(event), lab.markAndStay("waiter runs")));
          });
      outcome = lab.run(RUN_NS);
      assertThat(lab.at("sender is free") - kickNs).isIn(lab.ns(VM_ENTRY), lab.ns(TRY_TO_WAKE_UP, VM_ENTRY));
      return this;
    }

    Outcome.Halts halts() {
      return Lab.halts(outcome);
    }
  }

  private static String budget(long nowNs) {
    return "budget " + nowNs + " others 0 steal 0";
  }

  private static String woken(long nowNs, long haltNs, long polledNs, String slept) {
    return "woken " + nowNs + " halt " + haltNs + " polled " + polledNs + slept + " steal 0";
  }

  // --- hit, miss, no poll ---

  @Test
  void aHitIsTimedUpToTheInterruptAndToldWhenTheLoopHasNoticed() {
    Bench b = new Bench(Lab.bare(2));
    long kick = b.halted() + 50_021;
    b.kick(WINDOW_NS, kick, false);

    assertThat(b.strategy.lines)
        .containsExactly(
            "yields", budget(b.halted()), woken(kick + b.lab.ns(POLL_NOTICE), 50_021, 50_021, ""), "window");
    assertThat(b.halts()).isEqualTo(new Outcome.Halts(1, 1, 0, 0, 50_021, 0, 0, 1, 0, 1, 4_000, 4_000));
  }

  @Test
  void aMissIsTimedUpToTheReturnFromSleep() {
    Bench b = new Bench(Lab.bare(2));
    long kick = b.halted() + WINDOW_NS + 50_021;
    b.kick(WINDOW_NS, kick, true);

    long back = kick + b.lab.ns(WAKE_THREAD);
    assertThat(b.strategy.lines)
        .containsExactly(
            "yields", budget(b.halted()), woken(back, back - b.halted(), WINDOW_NS, " slept"), "window");
    long asleep = back - b.halted() - WINDOW_NS;
    assertThat(b.halts()).isEqualTo(new Outcome.Halts(1, 0, 0, 1, 0, WINDOW_NS, asleep, 1, 0, 1, 4_000, 4_000));
    assertThat(Lab.spent(b.outcome, 1, VcpuState.POLLING)).isEqualTo(WINDOW_NS);
    assertThat(Lab.spent(b.outcome, 1, VcpuState.BLOCKED)).isEqualTo(50_021 - b.lab.ns(SCHEDULE_OUT));
  }

  @Test
  void withoutAWindowNothingIsAttemptedButTheStrategyIsTold() {
    Bench b = new Bench(Lab.bare(2));
    long kick = b.halted() + 50_021;
    b.kick(0, kick, true);

    long back = kick + b.lab.ns(WAKE_THREAD);
    assertThat(b.strategy.lines)
        .containsExactly("yields", budget(b.halted()), woken(back, back - b.halted(), 0, " slept"), "window");
    assertThat(b.halts()).isEqualTo(new Outcome.Halts(0, 0, 0, 1, 0, 0, back - b.halted(), 1, 0, 1, 4_000, 4_000));
  }

  @Test
  void aWindowWithoutEndPollsUntilTheWakeUpComes() {
    Bench b = new Bench(Lab.bare(2));
    long kick = b.halted() + 900_001;
    b.kick(HaltPoll.FOREVER, kick, false);

    assertThat(b.strategy.lines)
        .containsExactly(
            "yields", budget(b.halted()), woken(kick + b.lab.ns(POLL_NOTICE), 900_001, 900_001, ""), "window");
  }

  // --- at the edges of the window ---

  @Test
  void aWakeUpInTheNanosecondInWhichTheWindowEndsIsAHit() {
    Bench b = new Bench(Lab.bare(2));
    long kick = b.halted() + WINDOW_NS;
    b.kick(WINDOW_NS, kick, false);

    assertThat(b.strategy.lines)
        .containsExactly(
            "yields", budget(b.halted()), woken(kick + b.lab.ns(POLL_NOTICE), WINDOW_NS, WINDOW_NS, ""), "window");
    assertThat(b.halts()).isEqualTo(new Outcome.Halts(1, 1, 0, 0, WINDOW_NS, 0, 0, 1, 0, 1, 4_000, 4_000));
  }

  @Test
  void theGuestsOwnTimerInTheNanosecondInWhichTheWindowEndsIsAHit() {
    Lab lab = Lab.bare(1);
    long halted = lab.bootNs() + lab.timerWrite() + lab.ns(VM_EXIT, HLT_HANDLER);
    List<Recorded> strategies = new ArrayList<>();
    lab.haltPoll(
        seat -> {
          strategies.add(new Recorded(WINDOW_NS, true, seat));
          return strategies.get(0);
        });
    lab.workload(
        guest ->
            guest.task("sleeper", 0, Lab.once(c -> c.sleepUntil(halted + WINDOW_NS), lab.markAndStay("sleeper runs"))));
    Outcome outcome = lab.run(RUN_NS);

    // the host's timer interrupt takes the pCPU first; then the loop goes on and notices
    long noticed = halted + WINDOW_NS + lab.ns(HOST_TIMER);
    assertThat(lab.at("sleeper runs")).isEqualTo(noticed + lab.ns(POLL_NOTICE, POLL_RETURN, INJECT_WARM));
    assertThat(Lab.halts(outcome).successfulPoll()).isEqualTo(1);
    assertThat(Lab.halts(outcome).wakeup()).isZero();
    assertThat(Lab.spent(outcome, 0, VcpuState.BLOCKED)).isZero();
    assertThat(strategies.get(0).lines)
        .containsExactly(
            "yields", budget(halted),
            woken(noticed + lab.ns(POLL_NOTICE), noticed - halted, noticed - halted, ""), "window");
  }

  @ParameterizedTest
  @CsvSource({"5.16, 0", "5.17, 1", "6.1, 1", "3.11, 0"})
  void aWakeUpBetweenTheWindowsEndAndTheSwitchIsASuccessSinceLinux517(String kernel, long successful) {
    Bench b = new Bench(Lab.bare(2).hostKernel(kernel));
    long kick = b.halted() + WINDOW_NS + 1;
    b.kick(WINDOW_NS, kick, false);

    long back = kick + b.lab.ns(SCHEDULE_ABORT);
    assertThat(b.strategy.lines)
        .containsExactly("yields", budget(b.halted()), woken(back, back - b.halted(), WINDOW_NS, ""), "window");
    assertThat(b.lab.at("waiter runs")).isEqualTo(back + b.lab.ns(POLL_RETURN, INJECT_WARM));
    assertThat(b.halts())
        .isEqualTo(
            new Outcome.Halts(
                1, successful, 0, 0, successful * WINDOW_NS, (1 - successful) * WINDOW_NS, 0, 1, 0, 1, 4_000, 4_000));
  }

  @Test
  void anAbortedSleepThatNeverPolledIsNoAttempt() {
    Bench b = new Bench(Lab.bare(2));
    b.lab.price(HLT_HANDLER, 5_003); // the waiter is still on its way to HLT when the ICR is written
    long kick = b.halted() + 1;
    b.kick(0, kick, false);

    long back = kick + b.lab.ns(SCHEDULE_ABORT);
    assertThat(b.strategy.lines)
        .containsExactly("yields", budget(b.halted()), woken(back, back - b.halted(), 0, ""), "window");
    assertThat(b.halts()).isEqualTo(new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 4_000, 4_000));
  }

  // --- not asked, or not listened to ---

  @Test
  void anInterruptPendingAtHltAsksAndTellsNothing() {
    Bench b = new Bench(Lab.bare(2).price(HLT_HANDLER, 5_003));
    b.kick(WINDOW_NS, b.halted() - 1, false);

    assertThat(b.strategy.lines).containsExactly("yields");
    assertThat(b.lab.at("waiter runs")).isEqualTo(b.halted() + b.lab.ns(INJECT_WARM));
    assertThat(b.halts()).isEqualTo(new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, -1));
  }

  @Test
  void aGuestThatForbidsPollingHasTheStrategyAskedButNotTold() {
    Bench b = new Bench(Lab.bare(2).forbidHostPoll());
    long kick = b.halted() + 50_021;
    b.kick(WINDOW_NS, kick, true);

    assertThat(b.strategy.lines).containsExactly("yields", budget(b.halted()));
    assertThat(b.lab.at("waiter runs") - kick).isEqualTo(b.lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD));
    assertThat(b.halts())
        .isEqualTo(new Outcome.Halts(0, 0, 0, 1, 0, 0, 50_021 + b.lab.ns(WAKE_THREAD), 1, 0, 0, 0, -1));
  }

  @Test
  void aGuestThatForbidsPollingForbidsItToABoundToo() {
    Lab lab = Lab.bare(2).forbidHostPoll();
    Bench b = new Bench(lab);
    long kick = b.halted() + 50_021;
    long computeNs = kick - lab.bootNs() - lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD);
    lab.haltPoll(seat -> (HaltPoll.Hindsight) now -> WINDOW_NS);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, Lab.once(c -> c.compute(computeNs), c -> c.signal(event), c -> c.compute(RUN_NS)));
          guest.task(
              "waiter", 1,
              Lab.once(c -> c.compute(FIRST_NS), c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    lab.run(RUN_NS);

    assertThat(lab.at("waiter runs") - kick).isEqualTo(lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD));
  }

  // --- another thread wants the pCPU ---

  @Test
  void aPollIsCutShortWhenAnotherThreadBecomesRunnableAndAtOnceWhenOneIs() {
    Lab lab = Lab.bare(2);
    long burst = 7_001;
    long period = 400_009;
    lab.hostTask("other", 1, period, burst); // runnable at 0, 400 us, 800 us
    List<Recorded> strategies = new ArrayList<>();
    lab.haltPoll(
        seat -> {
          strategies.add(new Recorded(HaltPoll.FOREVER, true, seat));
          return strategies.get(strategies.size() - 1);
        });
    long firstHalt = lab.bootNs() + lab.ns(VM_EXIT, HLT_HANDLER);
    long firstKick = 100_003;
    long secondHalt =
        firstKick + lab.ns(WAKE_THREAD, SCHED_IN, INJECT_COLD) + lab.ns(VM_EXIT, HLT_HANDLER);
    long secondKick = 600_011;
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          long sendNs = lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD);
          guest.task(
              "sender", 0,
              Lab.once(
                  c -> c.compute(firstKick - sendNs - c.nowNs()), c -> c.signal(event),
                  c -> c.compute(secondKick - sendNs - c.nowNs()), c -> c.signal(event), c -> c.compute(RUN_NS)));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    Outcome outcome = lab.run(700_000);

    long firstBack = firstKick + lab.ns(WAKE_THREAD);
    long secondBack = secondKick + lab.ns(WAKE_THREAD);
    assertThat(strategies.get(1).lines)
        .containsExactly(
            "yields",
            "budget " + firstHalt + " others 1 steal 0",
            woken(firstBack, firstBack - firstHalt, 0, " slept"),
            "window",
            budget(secondHalt),
            woken(secondBack, secondBack - secondHalt, period - secondHalt, " slept"),
            "window");
    Outcome.Halts halts = Lab.halts(outcome);
    assertThat(halts.attemptedPoll()).isEqualTo(2);
    assertThat(halts.successfulPoll()).isZero();
    assertThat(halts.pollCutShort()).isEqualTo(2);
    assertThat(halts.pollFailNs()).isEqualTo(period - secondHalt);
    assertThat(Lab.spent(outcome, 1, VcpuState.POLLING)).isEqualTo(period - secondHalt);
    assertThat(outcome.hostTasks().get(0).cpuNs()).isEqualTo(2 * burst);
  }

  @Test
  void aPollIsCutShortOnceHoweverManyThreadsOneInterruptMakesRunnable() {
    // three vCPUs share a pCPU; two sleep until the same nanosecond, while the third one polls
    Lab lab = Lab.bare(3).pin(0, 0, 0);
    lab.haltPoll(seat -> now -> seat.vcpu() == 0 ? HaltPoll.FOREVER : 0);
    lab.workload(
        guest -> {
          guest.task(
              "poller", 0,
              Lab.once(c -> c.sleepUntil(150_001), c -> c.sleepUntil(900_001), c -> c.compute(RUN_NS)));
          guest.task("sleeper 1", 1, Lab.once(c -> c.sleepUntil(RUN_NS / 2), lab.mark("woken", c -> c.exit())));
          guest.task("sleeper 2", 2, Lab.once(c -> c.sleepUntil(RUN_NS / 2), lab.mark("woken", c -> c.exit())));
        });
    Outcome outcome = lab.run(2 * RUN_NS);

    assertThat(lab.allOf("woken")).hasSize(2);
    assertThat(Lab.spent(outcome, 0, VcpuState.POLLING)).isGreaterThan(300_000);
    // its first poll ends at once, as the others have yet to boot; its second one when their timers fire
    assertThat(Lab.halts(outcome).attemptedPoll()).isEqualTo(2);
    assertThat(Lab.halts(outcome).pollCutShort()).isEqualTo(2);
  }

  @Test
  void aStrategyThatDoesNotYieldPollsOnWhileAnotherThreadWaits() {
    Bench b = new Bench(Lab.bare(2).hostHog(1)); // no host tick comes to end a slice
    long kick = b.halted() + 50_021;
    b.kick(WINDOW_NS, false, kick, false);

    assertThat(b.strategy.lines)
        .containsExactly(
            "yields", "budget " + b.halted() + " others 1 steal 0",
            woken(kick + b.lab.ns(POLL_NOTICE), 50_021, 50_021, ""), "window");
    assertThat(b.halts().pollCutShort()).isZero();
    assertThat(b.outcome.hostTasks().get(0).cpuNs()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, true, 0.99, 1.0", "9223372036854775807, true, 0.99, 1.0", "9223372036854775807, false, 0.45, 0.55"})
  void onlyAPollThatDoesNotYieldCostsTheThreadThatWaits(
      long budgetNs, boolean yields, double least, double most) {
    Lab lab = Lab.bare(1).hostHz(1_000).hostHog(0);
    lab.haltPoll(seat -> new Recorded(budgetNs, yields, seat));
    lab.workload(guest -> guest.task("idler", 0, Lab.once())); // done at once: the vCPU halts for ever
    Outcome outcome = lab.run(300_000_000);

    double share = (double) outcome.hostTasks().get(0).cpuNs() / outcome.simulatedNs();
    assertThat(share).isBetween(least, most);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPreemptedPollGoesOnWithTheWindowItHad(boolean wokenMeanwhile) {
    // slices end at ticks: the hog and the poll share the pCPU, some milliseconds each
    Lab lab = Lab.bare(2).hostHz(1_000).hostHog(1);
    List<Recorded> strategies = new ArrayList<>();
    lab.haltPoll(
        seat -> {
          strategies.add(new Recorded(HaltPoll.FOREVER, false, seat));
          return strategies.get(strategies.size() - 1);
        });
    long signalNs = 40_000_000;
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task(
              "sender", 0,
              Lab.once(
                  c -> c.compute(wokenMeanwhile ? signalNs : Lab.FOREVER_NS), c -> c.signal(event),
                  c -> c.compute(Lab.FOREVER_NS)));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    Outcome outcome = lab.run(80_000_000);

    Recorded strategy = strategies.get(1);
    assertThat(strategy.budgets).hasSize(1);
    Outcome.Halts halts = Lab.halts(outcome);
    assertThat(halts.wakeup()).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isZero();
    assertThat(Lab.spent(outcome, 1, VcpuState.RUNNABLE)).isGreaterThan(30_000_000);
    if (wokenMeanwhile) {
      assertThat(strategy.lines).hasSize(4);
      assertThat(strategy.lines.get(2)).startsWith("woken ").doesNotContain("slept");
      assertThat(halts.successfulPoll()).isEqualTo(1);
      assertThat(lab.at("waiter runs")).isGreaterThan(signalNs);
    } else {
      assertThat(strategy.lines).hasSize(2);
    }
  }

  @Test
  void stealIsTheTimeTheThreadWaitedForItsPcpu() {
    Bench b = new Bench(Lab.bare(2).hostTask("burst", 1, Lab.FOREVER_NS, 200_000));
    long taskRuns = b.halted() + b.lab.ns(SCHEDULE_OUT, HOST_SWITCH);
    long kick = taskRuns + 50_021;
    b.kick(0, kick, false);

    long back = taskRuns + 200_000 + b.lab.ns(HOST_SWITCH);
    long steal = 200_000 - 50_021;
    assertThat(b.strategy.lines)
        .containsExactly(
            "yields", "budget " + b.halted() + " others 1 steal 0",
            "woken " + back + " halt " + (back - b.halted()) + " polled 0 slept steal " + steal, "window");
    assertThat(Lab.spent(b.outcome, 1, VcpuState.RUNNABLE)).isEqualTo(steal);
  }
}
