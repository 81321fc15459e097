package dev.haltlab.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Pins fairness across sleep and migration: one that brings an old or a foreign clock must not starve others for long. */
final class FairQueueTest {
  private static final long MS = 1_000_000;
  private static final long TICK_NS = MS;
  /** Half of the scheduler's latency, and two ticks until it is noticed. */
  private static final long LONGEST_LEAD_NS = 3 * MS + 2 * TICK_NS;

  private static final class Member extends FairQueue.Entity {}

  private final FairQueue<Member> queue = new FairQueue<>();
  private final Member busy = new Member();
  private long nowNs;

  @Test
  void oneThatSleptLongAndWakesOnAnIdleCpuGetsNoMoreCreditThanOnABusyOne() {
    Member sleeper = new Member();
    runAlone(queue, sleeper, MS);
    runAlone(queue, busy, 10_000 * MS);
    queue.startWoken(sleeper, nowNs);
    queue.addWoken(busy);

    assertThat(ranBeforeItsTurn(queue, sleeper, busy)).isLessThanOrEqualTo(LONGEST_LEAD_NS);
  }

  @Test
  void oneThatComesFromABusierCpuDoesNotWaitForThatCpusClock() {
    FairQueue<Member> elsewhere = new FairQueue<>();
    Member migrant = new Member();
    runAlone(elsewhere, migrant, 10_000 * MS);
    runAlone(queue, busy, MS);
    queue.startWoken(busy, nowNs);
    queue.addWoken(migrant);

    assertThat(ranBeforeItsTurn(queue, busy, migrant)).isLessThanOrEqualTo(LONGEST_LEAD_NS);
  }

  @Test
  void oneThatComesFromAnIdlerCpuDoesNotKeepTheCpuUntilTheClocksAreEqual() {
    FairQueue<Member> elsewhere = new FairQueue<>();
    Member migrant = new Member();
    runAlone(elsewhere, migrant, MS);
    runAlone(queue, busy, 10_000 * MS);
    queue.startWoken(migrant, nowNs);
    queue.addWoken(busy);

    assertThat(ranBeforeItsTurn(queue, migrant, busy)).isLessThanOrEqualTo(LONGEST_LEAD_NS);
  }

  private void runAlone(FairQueue<Member> where, Member thread, long ns) {
    where.startWoken(thread, nowNs);
    nowNs += ns;
    where.charge(thread, nowNs);
  }

  /** How long {@code running} gets the CPU, tick by tick, before {@code waiting} does for the first time. */
  private long ranBeforeItsTurn(FairQueue<Member> where, Member running, Member waiting) {
    long sinceNs = nowNs;
    while (nowNs - sinceNs < 1_000 * MS) {
      nowNs += TICK_NS;
      where.charge(running, nowNs);
      if (where.sliceOver(running, nowNs)) {
        where.addPreempted(running);
        Member next = where.take();
        if (next == waiting) {
          return nowNs - sinceNs;
        }
        where.started(running, nowNs);
      }
    }
    return nowNs - sinceNs;
  }
}
