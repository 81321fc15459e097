package dev.haltlab.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.trace.AllocationProbe;
import dev.haltlab.trace.PluginFault;
import dev.haltlab.trace.replay.WakeLatency.Estimate;
import dev.haltlab.trace.replay.WhatIf.Row;
import dev.haltlab.trace.replay.WhatIf.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pins: polling counted as caught or paid that a host with that strategy would not have had. */
class WhatIfTest {
  private static final long UNKNOWN = HaltListener.UNKNOWN;
  private static final long FORBIDDEN = HaltListener.FORBIDDEN;
  private static final Trial OFF = new Trial("off", vcpu -> now -> 0);
  private static final Trial ALWAYS = new Trial("always", vcpu -> new Stubborn());

  private static Trial fixed(long ns) {
    return new Trial("fixed " + ns, vcpu -> now -> ns);
  }

  private static Trial bound(long ns) {
    HaltPoll.Hindsight horizon = now -> ns;
    return new Trial("bound " + ns, vcpu -> horizon);
  }

  private static final class Stubborn implements HaltPoll {
    @Override
    public long budget(long nowNs) {
      return FOREVER;
    }

    @Override
    public boolean yields() {
      return false;
    }
  }

  private static WhatIf whatIf(long latencyNs, Trial... trials) {
    return new WhatIf(Estimate.said(latencyNs), List.of(trials));
  }

  private static Row row(Row row) {
    return new Row("", false, row.caught(), row.slept(), row.addedNs(), row.vainNs(), row.polledNs());
  }

  @Test
  void aHaltThatSleptIsTakenToHaveBeenWokenTheLatencyBeforeItsEnd() {
    WhatIf whatIf = whatIf(40, fixed(99), fixed(100), OFF, ALWAYS, bound(100), bound(99));
    whatIf.halt(0, 0, 140, true, true, 10, UNKNOWN);
    WhatIf.Outcome outcome = whatIf.outcome();
    assertThat(row(outcome.recorded())).isEqualTo(new Row("", false, 0, 1, 40, 10, 10));
    assertThat(outcome.trials()).extracting(WhatIfTest::row).containsExactly(
        new Row("", false, 0, 1, 40, 99, 99), new Row("", false, 1, 0, 0, 0, 100), new Row("", false, 0, 1, 40, 0, 0),
        new Row("", false, 1, 0, 0, 0, 100), new Row("", false, 1, 0, 0, 0, 100), new Row("", false, 0, 1, 40, 0, 0));
    assertThat(outcome.trials()).extracting(Row::bound).containsExactly(false, false, false, false, true, true);
  }

  @Test
  void aHaltThatWasPolledToItsEndContainsNoLatency() {
    WhatIf whatIf = whatIf(40, fixed(100), fixed(99));
    whatIf.halt(0, 0, 100, false, true, 200, UNKNOWN);
    WhatIf.Outcome outcome = whatIf.outcome();
    assertThat(row(outcome.recorded())).isEqualTo(new Row("", false, 1, 0, 0, 0, 100));
    assertThat(outcome.trials()).extracting(WhatIfTest::row).containsExactly(
        new Row("", false, 1, 0, 0, 0, 100), new Row("", false, 0, 1, 40, 99, 99));
  }

  @Test
  void theLatencyThatWasSeenWinsOverTheEstimate() {
    WhatIf whatIf = whatIf(40, fixed(130), fixed(129));
    whatIf.halt(0, 0, 140, true, true, 0, 10);
    assertThat(whatIf.outcome().trials()).extracting(WhatIfTest::row).containsExactly(
        new Row("", false, 1, 0, 0, 0, 130), new Row("", false, 0, 1, 10, 129, 129));
  }

  @Test
  void aWakeUpDidNotComeWhileTheRecordingPolled() {
    WhatIf whatIf = whatIf(40, fixed(115));
    whatIf.halt(0, 0, 150, true, true, 120, UNKNOWN); // at 110 the recording's own poll would have caught it
    assertThat(whatIf.outcome().trials()).extracting(WhatIfTest::row)
        .containsExactly(new Row("", false, 0, 1, 40, 115, 115));
  }

  @Test
  void whoYieldsGivesUpWhereTheRecordingDid() {
    WhatIf whatIf = whatIf(40, fixed(200), ALWAYS, bound(200));
    whatIf.halt(0, 0, 100, true, true, 150, UNKNOWN);
    WhatIf.Outcome outcome = whatIf.outcome();
    assertThat(outcome.givenUp()).isEqualTo(1);
    assertThat(row(outcome.recorded())).isEqualTo(new Row("", false, 0, 1, 40, 0, 0));
    assertThat(outcome.trials()).extracting(WhatIfTest::row).containsExactly(
        new Row("", false, 0, 1, 40, 0, 0), new Row("", false, 1, 0, 0, 0, 60), new Row("", false, 1, 0, 0, 0, 60));
  }

  @Test
  void haltsWhoseGuestForbadeToPollAreCounted() {
    WhatIf whatIf = whatIf(40, fixed(200));
    whatIf.halt(0, 0, 100, true, true, FORBIDDEN, UNKNOWN);
    whatIf.halt(0, 0, 100, true, true, 0, UNKNOWN);
    WhatIf.Outcome outcome = whatIf.outcome();
    assertThat(outcome.forbidden()).as("of the two that slept at once").isEqualTo(1);
    assertThat(row(outcome.recorded())).as("nothing was polled").isEqualTo(new Row("", false, 0, 2, 80, 0, 0));
  }

  /** Remembers what it was told. */
  private static final class Diary implements HaltPoll {
    final List<String> told = new ArrayList<>();

    @Override
    public long budget(long nowNs) {
      told.add("budget at " + nowNs);
      return 50;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      told.add("woken at " + nowNs + " after " + haltNs + " polled " + polledNs + (slept ? " slept" : ""));
    }
  }

  @Test
  void aStrategyIsToldWhatItWouldHaveSeen() {
    Diary diary = new Diary();
    WhatIf whatIf = whatIf(40, new Trial("diary", vcpu -> diary));
    diary.told.clear();
    whatIf.halt(0, 1_000, 45, false, true, 200, UNKNOWN);
    whatIf.halt(0, 1_050, 100, false, true, 200, UNKNOWN); // it would have slept, and so been later
    whatIf.halt(0, 1_160, 65, true, true, 0, UNKNOWN);
    assertThat(diary.told).containsExactly(
        "budget at 1000", "woken at 1045 after 45 polled 45", "budget at 1050",
        "woken at 1190 after 140 polled 50 slept", "budget at 1190", "woken at 1215 after 25 polled 25");
  }

  @Test
  void eachVcpuHasAnInstanceOfItsOwn() {
    List<Integer> made = new ArrayList<>();
    WhatIf whatIf = whatIf(0, new Trial("counted", vcpu -> {
      made.add(vcpu);
      return now -> 0;
    }));
    made.clear();
    whatIf.halt(2, 0, 1, true, true, 0, UNKNOWN);
    whatIf.halt(0, 0, 1, true, true, 0, UNKNOWN);
    whatIf.halt(2, 0, 1, true, true, 0, UNKNOWN);
    assertThat(made).containsExactly(0, 1, 2);
  }

  @Test
  void lawsHoldForAnyRecording() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 50; round++) {
      long window = random.nextLong(1, 300);
      WhatIf whatIf = whatIf(random.nextLong(100), OFF, ALWAYS, fixed(window), bound(window));
      long now = 0;
      for (int i = 0; i < 500; i++) {
        boolean slept = random.nextBoolean();
        long halt = random.nextLong(1, 1_000);
        whatIf.halt(random.nextInt(3), now, halt, slept, true, random.nextLong(400), UNKNOWN);
        now += halt + random.nextLong(100);
      }
      WhatIf.Outcome outcome = whatIf.outcome();
      Row off = outcome.trials().get(0);
      Row always = outcome.trials().get(1);
      Row fixed = outcome.trials().get(2);
      Row bound = outcome.trials().get(3);
      assertThat(outcome.trials()).allSatisfy(row -> {
        assertThat(row.caught() + row.slept()).isEqualTo(500);
        assertThat(row.vainNs()).isBetween(0L, row.polledNs());
      });
      assertThat(off.polledNs()).isZero();
      assertThat(off.caught()).isZero();
      assertThat(always.slept()).isZero();
      assertThat(bound.vainNs()).isZero();
      assertThat(bound.caught()).as("no window as long catches more").isGreaterThanOrEqualTo(fixed.caught());
      assertThat(bound.polledNs()).as("nor costs less").isLessThanOrEqualTo(always.polledNs());
      assertThat(fixed.addedNs()).isLessThanOrEqualTo(off.addedNs());
    }
  }

  @Test
  void aStrategyThatBreaksItsContractIsNamed() {
    WhatIf negative = whatIf(0, new Trial("mine", vcpu -> now -> -1));
    assertThatThrownBy(() -> negative.halt(0, 0, 1, true, true, 0, UNKNOWN))
        .isInstanceOf(PluginFault.class).hasMessageContaining("mine").hasMessageContaining("negative budget: -1");
    WhatIf throwing = whatIf(0, new Trial("mine", vcpu -> now -> {
      throw new IllegalStateException("no idea");
    }));
    assertThatThrownBy(() -> throwing.halt(0, 0, 1, true, true, 0, UNKNOWN))
        .isInstanceOf(PluginFault.class).hasMessageContaining("mine threw in budget").hasMessageContaining("no idea");
  }

  @Test
  void tryingAStrategyOnAHaltAllocatesNothing() {
    WhatIf whatIf = whatIf(40, OFF, fixed(50), bound(50), ALWAYS);
    AllocationProbe probe = new AllocationProbe();
    long before = 0;
    for (int round = 0; round < 3; round++) {
      before = probe.bytes();
      for (int i = 0; i < 10_000; i++) {
        whatIf.halt(0, i * 1_000L, i % 200, i % 3 == 0, true, 60, UNKNOWN);
      }
    }
    assertThat(probe.bytes() - before).isLessThan(1_000);
  }
}
