package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins the guest's idle loop: while its polling flag stands a waker sends no interrupt, what arrives before HLT
 * needs no HLT, and the idle policy is asked and told once a pass. Source: kernel/sched/idle.c, Linux 4.19.
 */
final class IdleLoopTest {
  private static final long RUN_NS = 1_000_000;
  /** The waiter computes first, so that the sender can be ahead of it. */
  private static final long FIRST_NS = 100_003;

  /** The waiter has found nothing to take: its CPU begins to switch to the idle task, the flag is set. */
  private static long idleFrom(Lab lab) {
    return lab.bootNs() + FIRST_NS + lab.ns(AWAIT_WAIT);
  }

  /** A task waits on vCPU 1 and is woken at {@code wakeNs} by one on vCPU 0. */
  private static Outcome wake(Lab lab, long wakeNs) {
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          // beyond the next tick, before the watchdog: the stopped tick is moved there, two writes on entering idle
          guest.wheelTimers(1, Dist.fixed(Duration.ofMillis(2_500)));
          guest.task("sender", 0, lab.sender(wakeNs - lab.bootNs() - lab.ns(SIGNAL, GUEST_WAKE_UP), event));
          guest.task(
              "waiter", 1, Lab.once(c -> c.compute(FIRST_NS), c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    return lab.run(RUN_NS);
  }

  // --- the flag stands from the start of the loop to just before HLT ---

  @Test
  void aWakeUpLandingInIdleEntryNeedsNeitherAnInterruptNorHlt() {
    Lab lab = Lab.linux(2);
    long firstPass = idleFrom(lab) + lab.ns(GUEST_SWITCH, IDLE_ENTER);
    long halt = firstPass + 2 * lab.timerWrite();
    for (long wakeNs = idleFrom(lab) + 1; wakeNs < halt; wakeNs += 83) {
      lab = Lab.linux(2).poll(HaltPoll.FOREVER).price(GUEST_WAKE_UP, 0); // not paid before the waiter waits
      Outcome outcome = wake(lab, wakeNs);

      assertThat(Lab.writes(outcome, MsrRegister.ICR)).isZero();
      assertThat(Lab.exits(outcome, ExitReason.HLT)).isZero();
      assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
      assertThat(Lab.halts(outcome)).isEqualTo(new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1));
      assertThat(lab.at("sender is free")).isEqualTo(wakeNs + lab.ns(SIGNAL_RETURN));
      // both vCPUs arm their tick at boot; what the loop's first pass has stopped is started again all the same
      boolean stopped = wakeNs > firstPass;
      assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(stopped ? 2 + 4 : 2);
      long left = stopped ? halt : firstPass;
      assertThat(lab.at("waiter runs"))
          .isEqualTo(left + lab.ns(IDLE_EXIT) + (stopped ? 2 * lab.timerWrite() : 0) + lab.ns(GUEST_SWITCH, AWAIT));
    }
  }

  @Test
  void aWakeUpInTheNanosecondOfHltOrLaterNeedsBoth() {
    Lab lab = Lab.linux(2).poll(HaltPoll.FOREVER);
    long halt = idleFrom(lab) + lab.ns(GUEST_SWITCH, IDLE_ENTER) + 2 * lab.timerWrite();
    Outcome outcome = wake(lab, halt + 1);

    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(1);
    assertThat(Lab.exits(outcome, ExitReason.HLT)).isEqualTo(1);
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(2 + 4);
  }

  @Test
  void aWakeUpJustBeforeTheWaiterLooksFindsItRunning() {
    Lab lab = Lab.linux(2);
    Outcome outcome = wake(lab, idleFrom(lab) - 1);

    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isZero();
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).as("at boot").isEqualTo(2);
    assertThat(lab.at("waiter runs")).isEqualTo(idleFrom(lab) + lab.ns(AWAIT));
  }

  @Test
  void aSecondWakerOfACpuOnItsWayOutOfIdleSendsNoInterrupt() {
    Lab lab = Lab.linux(3);
    long first = 300_007;
    // while the first sender's interrupt is on its way, and the vCPU wakes up
    long second = first + lab.ns(ICR_EXIT_COLD) + 11;
    lab.workload(
        guest -> {
          Event a = guest.event("a", true);
          Event b = guest.event("b", true);
          guest.task("first", 0, lab.sender(first - lab.bootNs() - lab.ns(SIGNAL, GUEST_WAKE_UP), a));
          guest.task(
              "second", 2,
              Lab.once(
                  c -> c.compute(second - lab.bootNs() - lab.ns(SIGNAL, GUEST_WAKE_UP)), c -> c.signal(b),
                  lab.markAndStay("second is free")));
          guest.task("waits for a", 1, Lab.once(c -> c.await(a), lab.mark("a", c -> c.exit())));
          guest.task("waits for b", 1, Lab.once(c -> c.await(b), lab.mark("b", c -> c.compute(Lab.FOREVER_NS))));
        });
    Outcome outcome = lab.run(RUN_NS);

    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(1);
    assertThat(lab.at("second is free")).isEqualTo(second + lab.ns(SIGNAL_RETURN));
    assertThat(lab.at("b")).isGreaterThan(lab.at("a"));
  }

  // --- states that spin ---

  @ParameterizedTest
  @EnumSource(value = IdleState.Kind.class, names = {"POLL", "MWAIT"})
  void aWaiterThatSpinsOnTheFlagNeedsNoInterruptAndMakesNoExit(IdleState.Kind kind) {
    Lab lab = Lab.linux(2).passThrough(PassThrough.MWAIT).idle(seat -> new Lab.Staying(kind, HaltPoll.FOREVER));
    long wakeNs = 500_009;
    Outcome outcome = wake(lab, wakeNs);

    assertThat(lab.at("sender is free")).isEqualTo(wakeNs + lab.ns(SIGNAL_RETURN));
    // the tick is not stopped: nothing to restart
    assertThat(lab.at("waiter runs"))
        .isEqualTo(wakeNs + lab.ns(GUEST_POLL_NOTICE, IDLE_EXIT, GUEST_SWITCH, AWAIT));
    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).as("at boot").isEqualTo(2);
    assertThat(outcome.vms().get(0).exits().values().stream().mapToLong(Outcome.Count::count).sum()).isEqualTo(2);
    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isZero();
  }

  @Test
  void aSpinThatAHostInterruptBreaksGoesOnAndStillSeesTheFlag() {
    for (int offset = 0; offset < 40; offset++) {
      // ticks often enough that some fall between the flag and its notice, and into the exits of others
      Lab lab = Lab.linux(2).hostHz(10_000).price(GUEST_POLL_NOTICE, 20_011);
      lab.idle(seat -> new Lab.Staying(IdleState.Kind.POLL, HaltPoll.FOREVER));
      long wakeNs = 500_009 + offset * 2_503;
      Outcome outcome = wake(lab, wakeNs);

      assertThat(Lab.writes(outcome, MsrRegister.ICR)).isZero();
      assertThat(lab.at("waiter runs") - lab.at("sender is free")).isBetween(20_000L, 30_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInterruptOnItsWayToASpinningVcpuIsNotLostWhenTheFlagIsSeen(boolean posted) {
    // an interrupt that is to preempt a task comes when that task is done and the vCPU spins; while it is being
    // delivered, a second waker sets the flag
    Lab lab = Lab.linux(3).price(ICR_HANDLER_WARM, 200_003).price(POSTED_NOTIFICATION, 20_011).price(HOST_IPI, 20_011);
    if (!posted) {
      lab.without(Feature.POSTED_INTERRUPTS);
    }
    lab.idle(seat -> new Lab.Staying(IdleState.Kind.POLL, HaltPoll.FOREVER));
    long hogEnds = 3_000_000;
    long first = hogEnds - 1_000;
    long second = first + lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM) + 10_007;
    lab.workload(
        guest -> {
          Event a = guest.event("a", true);
          Event b = guest.event("b", true);
          guest.task("first", 0, lab.sender(first - lab.bootNs() - lab.ns(SIGNAL, GUEST_WAKE_UP), a));
          guest.task(
              "second", 2,
              Lab.once(
                  c -> c.compute(second - lab.bootNs() - lab.ns(SIGNAL, GUEST_WAKE_UP)), c -> c.signal(b),
                  c -> c.compute(Lab.FOREVER_NS)));
          guest.task("waits for a", 1, Lab.once(c -> c.await(a), lab.mark("a", c -> c.exit())));
          guest.task("waits for b", 1, Lab.once(c -> c.await(b), lab.mark("b", c -> c.exit())));
          guest.task("hog", 1, Lab.once(c -> c.compute(hogEnds - c.nowNs())));
        });
    Outcome outcome = lab.run(4_000_000);

    assertThat(lab.at("a")).isLessThan(second - 100_000);
    assertThat(lab.at("b")).isGreaterThan(second);
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(1);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(posted ? 0 : 1);
    assertThat(outcome.stepsCharged()).contains(RESCHEDULE_ISR);
  }

  // --- the tick: stopped before or after the choice ---

  /** Asks for the tick to be kept, in a guest that is tickless. */
  private record Keeping(IdleState.Kind kind) implements IdlePolicy {
    @Override
    public List<IdleState> states() {
      return List.of(new IdleState(kind.name(), kind, 0, 0));
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }

    @Override
    public boolean stopsTick() {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({"POLL, 3.16, 4", "POLL, 4.16, 4", "POLL, 4.17, 0", "HLT, 4.16, 4", "HLT, 4.17, 0"})
  void before417TheTickIsStoppedWhateverIsSelected(IdleState.Kind kind, String kernel, long writes) {
    Lab lab = Lab.linux(2).guestKernel(kernel).idle(seat -> new Keeping(kind));
    Outcome outcome = wake(lab, 500_009);

    assertThat(Lab.writes(outcome, MsrRegister.TMICT)).isEqualTo(2 + writes);
  }

  // --- the conversation with the idle policy ---

  /** Polls for a while, then halts; writes down what it is asked and told. */
  private static final class Recorded implements IdlePolicy {
    private static final long POLL_NS = 50_021;

    private final List<String> lines = new ArrayList<>();
    private int last = 1;

    @Override
    public List<IdleState> states() {
      lines.add("states");
      return List.of(
          new IdleState("POLL", IdleState.Kind.POLL, 0, 0), new IdleState("HLT", IdleState.Kind.HLT, 1_000, 1_000));
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      last = 1 - last;
      lines.add("select " + nowNs + " sleep " + sleepNs + (tickStopped ? " stopped" : "") + " -> " + last);
      return last;
    }

    @Override
    public boolean stopsTick() {
      return last == 1;
    }

    @Override
    public long pollNs() {
      return POLL_NS;
    }

    @Override
    public void reflect(int state, long residencyNs, boolean pollTimedOut) {
      lines.add("reflect " + state + " after " + residencyNs + (pollTimedOut ? " timed out" : ""));
    }
  }

  private static Recorded converse(Lab lab, long wakeNs) {
    List<Recorded> policies = new ArrayList<>();
    lab.guestKernel("4.19").idle(
        seat -> {
          policies.add(new Recorded());
          return policies.get(policies.size() - 1);
        });
    wake(lab, wakeNs);
    assertThat(policies.get(0).lines).as("of the vCPU that is never idle").containsExactly("states");
    return policies.get(1);
  }

  /** When vCPU 1's wheel timer is due, the earliest but the tick: on a tick of the guest, wherever those are. */
  private static long nextTimer(Recorded policy) {
    String[] firstSelect = policy.lines.get(1).split(" ");
    long due = Long.parseLong(firstSelect[1]) + Long.parseLong(firstSelect[3]);
    assertThat(due).isBetween(2_500_000_000L, 3_500_000_000L);
    return due;
  }

  @Test
  void aPolicyIsAskedBeforeEachStateAndToldAfterIt() {
    Lab lab = Lab.linux(2);
    long polled = idleFrom(lab) + lab.ns(GUEST_SWITCH, IDLE_ENTER);
    long halts = polled + Recorded.POLL_NS + 2 * lab.timerWrite(); // the tick is stopped for HLT only
    long wakeNs = halts + 200_003;
    Recorded policy = converse(lab, wakeNs);

    long handled = wakeNs + lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD, WAKE_THREAD, SCHED_IN, INJECT_COLD, COLD_WAKE)
        + lab.ns(RESCHEDULE_ISR);
    long again = polled + Recorded.POLL_NS;
    assertThat(policy.lines)
        .containsExactly(
            "states",
            "select " + polled + " sleep " + (nextTimer(policy) - polled) + " -> 0",
            "reflect 0 after " + Recorded.POLL_NS + " timed out",
            "select " + again + " sleep " + (nextTimer(policy) - again) + " -> 1",
            "reflect 1 after " + (handled - halts));
  }

  @Test
  void aPollThatIsLeftForATaskHasNotTimedOut() {
    Lab lab = Lab.linux(2);
    long polled = idleFrom(lab) + lab.ns(GUEST_SWITCH, IDLE_ENTER);
    long wakeNs = polled + 10_007;
    Recorded policy = converse(lab, wakeNs);

    assertThat(policy.lines)
        .containsExactly(
            "states",
            "select " + polled + " sleep " + (nextTimer(policy) - polled) + " -> 0",
            "reflect 0 after " + (10_007 + lab.ns(GUEST_POLL_NOTICE)));
  }

  @Test
  void aWakeUpBeforeTheFirstPassLeavesThePolicyUnasked() {
    Lab lab = Lab.linux(2);
    long polled = idleFrom(lab) + lab.ns(GUEST_SWITCH, IDLE_ENTER);
    Recorded policy = converse(lab, polled - 11);

    assertThat(policy.lines).containsExactly("states");
  }

  @Test
  void aWakeUpBeforeTheStateIsEnteredIsNotReflected() {
    Lab lab = Lab.linux(2);
    long polled = idleFrom(lab) + lab.ns(GUEST_SWITCH, IDLE_ENTER);
    long halts = polled + Recorded.POLL_NS + 2 * lab.timerWrite();
    Recorded policy = converse(lab, halts - 11);

    long again = polled + Recorded.POLL_NS;
    assertThat(policy.lines)
        .containsExactly(
            "states",
            "select " + polled + " sleep " + (nextTimer(policy) - polled) + " -> 0",
            "reflect 0 after " + Recorded.POLL_NS + " timed out",
            "select " + again + " sleep " + (nextTimer(policy) - again) + " -> 1");
  }
}
