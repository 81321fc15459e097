package dev.haltlab.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.trace.AllocationProbe;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.Troubles.Trouble;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Pins how a recording is put together to halts: which parameters a halt meets, who woke it, which vCPU it is of. That
 * the kernel's rule is reproduced is a test of the platform, which has the recordings.
 */
class HostReplayTest {
  private static final byte[] COMM = "CPU 0/KVM".getBytes(StandardCharsets.UTF_8);

  /** Writes down what it is asked and told; its window is always {@code max}. */
  private static final class Diary implements HaltPoll {
    private final List<String> told;
    private final long max;

    Diary(List<String> told, long max) {
      this.told = told;
      this.max = max;
    }

    @Override
    public long budget(long nowNs) {
      told.add("budget at " + nowNs + " max " + max);
      return max;
    }

    @Override
    public void woken(long nowNs, long haltNs, long polledNs, boolean slept, boolean valid) {
      told.add("woken at " + nowNs + " max " + max + (slept ? " slept" : "") + (valid ? "" : " invalid"));
    }

    @Override
    public long windowNs() {
      return 0;
    }
  }

  private final List<String> told = new ArrayList<>();
  private final List<String> halts = new ArrayList<>();
  private final Troubles troubles = new Troubles();
  private long line;

  private HostReplay replay() {
    HostRules rules = (vcpu, parameters, changes) -> {
      long max = parameters.host(Parameter.MAX).orElse(-1);
      for (Change change : changes) {
        max = change.value();
      }
      return new Diary(told, max);
    };
    return new HostReplay(
        new Parameters(Map.of(Parameter.MAX, 100L), null, false), rules, () -> line, troubles,
        (vcpu, start, halt, slept, valid, budget, latency) -> halts.add(
            vcpu + ": from " + start + " for " + halt + (slept ? " slept" : "") + " budget " + budget + " latency "
                + latency));
  }

  private void event(HostReplay replay, long timeNs, int pid) {
    line++;
    replay.event(timeNs, 0, pid, COMM, 0, COMM.length);
  }

  @Test
  void aParameterWrittenInTheMiddleOfAHaltCountsForItsEndOnly() {
    HostReplay replay = replay();
    event(replay, 1_000, 5);
    replay.kvmVcpuWakeup(0, false, true);
    event(replay, 1_500, 9);
    replay.changed("halt_poll_ns", "7");
    event(replay, 2_000, 5);
    replay.kvmVcpuWakeup(800, true, true); // it began at 1200
    event(replay, 3_000, 5);
    replay.kvmVcpuWakeup(10, false, false);
    assertThat(told).containsExactly(
        "budget at 0 max 100", "woken at 0 max 100", "budget at 200 max 100", "woken at 1000 max 7 slept",
        "budget at 1990 max 7", "woken at 2000 max 7 invalid");
  }

  @Test
  void aParameterWrittenBeforeAHaltCountsForAllOfIt() {
    HostReplay replay = replay();
    event(replay, 1_000, 5);
    replay.kvmVcpuWakeup(0, false, true);
    event(replay, 1_100, 9);
    replay.changed("cap", "7");
    event(replay, 2_000, 5);
    replay.kvmVcpuWakeup(800, true, true);
    assertThat(told).endsWith("budget at 200 max 7", "woken at 1000 max 7 slept");
  }

  @Test
  void whoeverMovesFirstToWakeAVcpuIsItsWaker() {
    HostReplay replay = replay();
    event(replay, 0, 5);
    replay.kvmVcpuWakeup(0, false, true);
    event(replay, 900, 8);
    replay.schedWaking(5, 0);
    event(replay, 920, 0);
    replay.schedWakeup(5, 0);
    event(replay, 1_000, 5);
    replay.kvmVcpuWakeup(800, true, true);
    event(replay, 1_950, 0);
    replay.schedWakeup(5, 0); // alone, where sched_waking is not recorded
    event(replay, 2_000, 5);
    replay.kvmVcpuWakeup(800, true, true);
    event(replay, 3_000, 5);
    replay.kvmVcpuWakeup(800, true, true); // nobody seen
    assertThat(halts).containsExactly(
        "0: from 0 for 0 budget 100 latency -1", "0: from 200 for 800 slept budget 100 latency 100",
        "0: from 1200 for 800 slept budget 100 latency 50", "0: from 2200 for 800 slept budget 100 latency -1");
  }

  @Test
  void anInterruptsArrivalIsAWakerOnlyWhereOneVcpuHasThatNumber() {
    HostReplay replay = replay();
    for (int pid : new int[] {5, 6}) {
      event(replay, 0, pid);
      replay.kvmEntry(pid - 5);
    }
    event(replay, 950, 6);
    replay.kvmApicAcceptIrq(0, 64);
    event(replay, 1_000, 5);
    replay.kvmVcpuWakeup(800, true, true);
    event(replay, 1_100, 7);
    replay.kvmEntry(0); // of another VM
    event(replay, 1_950, 6);
    replay.kvmApicAcceptIrq(0, 64);
    event(replay, 2_000, 5);
    replay.kvmVcpuWakeup(800, true, true);
    assertThat(halts).containsExactly(
        "0: from 200 for 800 slept budget 100 latency 50", "0: from 1200 for 800 slept budget 100 latency -1");
  }

  @Test
  void linesWithoutThreadsTellOneVcpuOnly() {
    HostReplay replay = replay();
    event(replay, 0, -1);
    replay.kvmHaltPollNs(0, 0, false, 0);
    event(replay, 10, -1);
    replay.kvmHaltPollNs(1, 0, false, 0);
    assertThat(troubles.first()).singleElement().extracting(Trouble::what).asString().contains("cannot be told apart");
  }

  @Test
  void aWindowWhoseWakeUpIsMissingIsAGap() {
    HostReplay replay = replay();
    for (int i = 0; i < 2; i++) {
      event(replay, i, 5);
      replay.kvmHaltPollNs(0, 0, false, 0);
    }
    event(replay, 3, 5);
    replay.kvmVcpuWakeup(1, true, true);
    assertThat(replay.outcome().unverified()).as("the rule of this test cannot be taken up").isEqualTo(1);
    assertThat(replay.outcome().decisions()).isZero();
  }

  @Test
  void anEndlessExperimentIsRefusedInsteadOfRemembered() {
    HostReplay replay = replay();
    event(replay, 0, 5);
    for (int i = 0; i <= Change.MOST; i++) {
      replay.changed("halt_poll_ns", "7");
    }
    assertThat(troubles.first()).singleElement().extracting(Trouble::what).asString().contains("split the recording");
  }

  @Test
  void parametersBehindTheFirstEventAreNotUsed() {
    HostReplay replay = replay();
    replay.parameter("name", "x");
    event(replay, 0, 5);
    replay.parameter("grow", "3");
    assertThat(troubles.first()).singleElement().extracting(Trouble::what).asString().contains("not used: grow");
    assertThat(replay.parameters().host(Parameter.GROW)).isEmpty();
  }

  @Test
  void whatTheUserSaysWinsOverTheRecording() {
    Parameters parameters = new Parameters(Map.of(Parameter.GROW, 3L), "5.15", false);
    assertThat(parameters.record("grow", "2")).isNull();
    assertThat(parameters.record("kernel", "6.1")).isNull();
    assertThat(parameters.record("shrink", "4")).isNull();
    assertThat(parameters.record("guest_halt_poll_shrink", "5")).isNull();
    assertThat(parameters.record("cap", "")).isNull();
    assertThat(parameters.host(Parameter.GROW)).hasValue(3);
    assertThat(parameters.kernel()).isEqualTo("5.15");
    assertThat(parameters.host(Parameter.SHRINK)).hasValue(4);
    assertThat(parameters.guest(Parameter.SHRINK)).hasValue(5);
    assertThat(parameters.host(Parameter.CAP)).isEmpty();
    assertThat(parameters.record("shrink", "-1")).contains("expected a number");
    assertThat(parameters.record("shrink", "4294967296")).contains("4294967295");
    assertThat(parameters.record("nopoll", "perhaps")).contains("expected 0 or 1");
  }

  @Test
  void aHaltAllocatesNothing() {
    HostReplay replay = new HostReplay(
        new Parameters(Map.of(), null, false), (vcpu, parameters, changes) -> new HaltPoll() {
          @Override
          public long budget(long nowNs) {
            return 100;
          }

          @Override
          public long windowNs() {
            return 100;
          }
        }, () -> 1, troubles, new WakeLatency());
    AllocationProbe probe = new AllocationProbe();
    long before = 0;
    for (int round = 0; round < 3; round++) {
      before = probe.bytes();
      for (int i = 0; i < 10_000; i++) {
        replay.event(i * 1_000L, 0, i % 4, COMM, 0, COMM.length);
        replay.schedWaking(i % 4, 0);
        replay.kvmHaltPollNs(0, 100, true, 100);
        replay.kvmVcpuWakeup(i % 900, i % 2 == 0, true);
      }
    }
    assertThat(probe.bytes() - before).isLessThan(1_000);
  }
}
