package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.HaltPoll;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins what a host does beside poll windows: a sleeping vCPU's context kept on its pCPU and dropped in time, and polls
 * that look again only after a pause. Each option is compared with the same machine without it, at equal prices.
 *
 * <p>A task on vCPU 1 of a ring-0 guest waits; one on vCPU 0, which never halts, signals it.
 */
final class HostOptionsTest {
  private static final long RUN_NS = 2_000_000;
  private static final long FIRST_NS = 10_007;
  private static final long US = 1_000;

  private static Lab lab() {
    return Lab.bare(2);
  }

  private static long sleeps(Lab lab) {
    return lab.bootNs() + FIRST_NS + lab.ns(VM_EXIT, HLT_HANDLER, SCHEDULE_OUT);
  }

  private static Outcome run(Lab lab, long kickNs, HaltPoll waiters) {
    long sendNs = waiters.budget(0) > 0
        ? lab.ns(ICR_EXIT_WARM, ICR_HANDLER_WARM) : lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD);
    lab.haltPoll(seat -> seat.vcpu() == 0 ? now -> 0 : waiters);
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(kickNs - sendNs - lab.bootNs(), event));
          guest.task(
              "waiter", 1, Lab.once(c -> c.compute(FIRST_NS), c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    return lab.run(RUN_NS);
  }

  private static long wakes(Lab lab, long kickNs, long budgetNs) {
    run(lab, kickNs, now -> budgetNs);
    return lab.at("waiter runs");
  }

  // --- lazy context switching ---

  @ParameterizedTest
  @ValueSource(longs = {1, 7_001, 49_999, 50_000})
  void wokenBeforeTheDelayedSwitchAVcpuIsNotScheduledIn(long afterNs) {
    Lab lazy = lab().lazySwitch(50_000);
    long kickNs = sleeps(lazy) + afterNs;
    assertThat(wakes(lab(), kickNs, 0) - wakes(lazy, kickNs, 0)).isEqualTo(lazy.ns(SCHED_IN) - lazy.ns(POLL_RETURN));
  }

  @ParameterizedTest
  @ValueSource(longs = {50_001, 60_000, 900_000})
  void afterTheSwitchItIsScheduledInAsEver(long afterNs) {
    Lab lazy = lab().lazySwitch(50_000);
    long kickNs = sleeps(lazy) + afterNs;
    assertThat(wakes(lazy, kickNs, 0)).isEqualTo(wakes(lab(), kickNs, 0));
  }

  @Test
  void aThreadThatRanInBetweenHasTakenTheContextAway() {
    long kickNs = sleeps(lab()) + 180 * US;
    long plain = wakes(lab().hostTask("other", 1, 130 * US, 5 * US), kickNs, 0);
    assertThat(wakes(lab().hostTask("other", 1, 130 * US, 5 * US).lazySwitch(RUN_NS), kickNs, 0)).isEqualTo(plain);
  }

  @Test
  void whileTheSwitchIsDelayedThePcpuStaysInItsShallowestState() {
    CState c1 = new CState("C1", Duration.ZERO, Duration.ZERO, -1);
    CState c6 = new CState("C6", Duration.ofNanos(33_331), Duration.ZERO, -1);
    long afterNs = 100 * US;
    Lab deep = lab().cstates(c1, c6).idleGovernor(HostIdleGovernor.DEEPEST);
    Lab lazy = lab().cstates(c1, c6).idleGovernor(HostIdleGovernor.DEEPEST).lazySwitch(30 * US);
    Lab lazier = lab().cstates(c1, c6).idleGovernor(HostIdleGovernor.DEEPEST).lazySwitch(afterNs);
    long kickNs = sleeps(deep) + afterNs;
    Outcome.Pcpu switched = run(lazy, kickNs, now -> 0).pcpus().get(1);
    Outcome.Pcpu kept = run(lazier, kickNs, now -> 0).pcpus().get(1);
    run(deep, kickNs, now -> 0);

    assertThat(switched.byCState()).containsEntry("C1", 30 * US).containsEntry("C6", afterNs - 30 * US);
    assertThat(kept.byCState()).containsEntry("C1", afterNs).containsEntry("C6", 0L);
    assertThat(lazy.at("waiter runs")).isEqualTo(deep.at("waiter runs"));
    assertThat(deep.at("waiter runs") - lazier.at("waiter runs"))
        .isEqualTo(33_331 + lazier.ns(SCHED_IN) - lazier.ns(POLL_RETURN));
  }

  // --- polls that pause: the kick comes more than an IPI's send after the poll began ---

  @ParameterizedTest
  @ValueSource(longs = {1_300, 1_999, 2_000, 2_001, 5_500, 77_777})
  void aPollThatPausesNoticesAtTheEndOfThePause(long intoPollNs) {
    Lab pausing = lab().tpause(US);
    long kickNs = sleeps(pausing) - pausing.ns(SCHEDULE_OUT) + intoPollNs;
    long lateNs = wakes(pausing, kickNs, 100 * US) - wakes(lab(), kickNs, 100 * US);
    assertThat((intoPollNs + lateNs) % US).isZero();
    assertThat(lateNs).isBetween(0L, US - 1);
  }

  @Test
  void theLastPauseEndsWithTheWindow() {
    Lab pausing = lab().tpause(50 * US);
    long kickNs = sleeps(pausing) - pausing.ns(SCHEDULE_OUT) + 60 * US;
    assertThat(wakes(pausing, kickNs, 70 * US) - wakes(lab(), kickNs, 70 * US)).isEqualTo(10 * US);
  }

  @Test
  void pausesChangeNoOutcomeOfAPoll() {
    long kickNs = sleeps(lab()) + 30 * US;
    Outcome.Halts plain = Lab.halts(run(lab(), kickNs, now -> 100 * US));
    Outcome.Halts pausing = Lab.halts(run(lab().tpause(US), kickNs, now -> 100 * US));
    assertThat(pausing.successfulPoll()).isEqualTo(plain.successfulPoll()).isPositive();
    assertThat(pausing.attemptedPoll()).isEqualTo(plain.attemptedPoll());
  }
}
