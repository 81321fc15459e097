package dev.haltlab.engine;

import static dev.haltlab.spi.Step.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Pins what KVM_CAP_X86_DISABLE_EXITS takes away: exits for HLT and MWAIT, the halt-poll strategy's say, and the thread's
 * wake-up; and what it puts in their place: a wait in the pCPU's own C-state, which the host takes for a running guest.
 */
final class PassThroughTest {
  private static final long C1_NS = 1_501;
  private static final long WAKE_NS = 500_009;
  private static final long RUN_NS = 1_000_000;

  /** One state of the CPU under it. */
  private record Waiting(String name, IdleState.Kind kind, long exitNs, List<Long> stays) implements IdlePolicy {
    static Function<Seat, IdlePolicy> in(IdleState.Kind kind, long exitNs, List<Long> stays) {
      return seat -> new Waiting("C", kind, exitNs, seat.vcpu() == 1 ? stays : new ArrayList<>());
    }

    @Override
    public List<IdleState> states() {
      return List.of(new IdleState(name, kind, exitNs, 0));
    }

    @Override
    public boolean isTickless() {
      return false;
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }

    @Override
    public void reflect(int state, long residencyNs, boolean pollTimedOut) {
      stays.add(residencyNs);
    }
  }

  private final List<Long> stays = new ArrayList<>();

  private Lab lab(IdleState.Kind kind, PassThrough... what) {
    return Lab.linux(2).passThrough(what)
        .cstates(new CState("C1", Duration.ofNanos(C1_NS), Duration.ZERO, -1))
        .haltPoll(
            seat -> now -> {
              throw new AssertionError("the strategy is asked");
            })
        .idle(Waiting.in(kind, C1_NS, stays));
  }

  /** A task waits on vCPU 1 and is woken by one on vCPU 0, which is never idle. */
  private static Outcome wake(Lab lab) {
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.wheelTimers(1, Dist.fixed(Duration.ofMillis(2_500)));
          guest.task("sender", 0, lab.sender(WAKE_NS - lab.bootNs() - lab.ns(SIGNAL, GUEST_WAKE_UP), event));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    return lab.run(RUN_NS);
  }

  @Test
  void aPostedInterruptEndsHltWithoutAnExitAfterTheCStatesOwnLatency() {
    Lab lab = lab(IdleState.Kind.HLT, PassThrough.HLT);
    Outcome outcome = wake(lab);

    assertThat(Lab.exits(outcome, ExitReason.HLT)).isZero();
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isZero();
    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isEqualTo(1);
    assertThat(lab.at("waiter runs"))
        .isEqualTo(
            WAKE_NS + lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD, POSTED_NOTIFICATION) + C1_NS
                + lab.ns(RESCHEDULE_ISR, IDLE_EXIT, GUEST_SWITCH, AWAIT));
    assertThat(Lab.halts(outcome).exits()).isZero();
    assertThat(Lab.halts(outcome).wakeup()).isZero();
  }

  @Test
  void withoutPostedInterruptsAHostInterruptAndAnExitEndHlt() {
    Lab lab = lab(IdleState.Kind.HLT, PassThrough.HLT).without(Feature.POSTED_INTERRUPTS);
    Outcome outcome = wake(lab);

    assertThat(Lab.exits(outcome, ExitReason.HLT)).isZero();
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(1);
    assertThat(lab.at("waiter runs"))
        .isEqualTo(
            WAKE_NS + lab.ns(ICR_EXIT_COLD, ICR_HANDLER_COLD, HOST_IPI) + C1_NS
                + lab.ns(VM_EXIT, INTERRUPT_EXIT_HANDLER, INJECT_WARM)
                + lab.ns(RESCHEDULE_ISR, IDLE_EXIT, GUEST_SWITCH, AWAIT));
  }

  @Test
  void aStoreEndsMwaitWithNeitherInterruptNorExit() {
    Lab lab = lab(IdleState.Kind.MWAIT, PassThrough.MWAIT);
    Outcome outcome = wake(lab);

    assertThat(Lab.writes(outcome, MsrRegister.ICR)).isZero();
    assertThat(outcome.vms().get(0).exits().values().stream().mapToLong(Outcome.Count::count).sum())
        .as("the ticks armed at boot").isEqualTo(2);
    assertThat(lab.at("waiter runs"))
        .isEqualTo(WAKE_NS + lab.ns(GUEST_POLL_NOTICE) + C1_NS + lab.ns(IDLE_EXIT, GUEST_SWITCH, AWAIT));
    assertThat(lab.at("sender is free")).isEqualTo(WAKE_NS + lab.ns(SIGNAL_RETURN));
  }

  @Test
  void theHostSeesAWaitingVcpuAsRunning() {
    Outcome outcome = wake(lab(IdleState.Kind.HLT, PassThrough.HLT));

    assertThat(Lab.spent(outcome, 1, VcpuState.BLOCKED)).isZero();
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.IDLE)).isZero();
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.GUEST)).isGreaterThan(RUN_NS * 98 / 100);
  }

  @Test
  void theHostsTickEndsMwaitButNotHlt() {
    // each tick is an exit; HLT goes on where it was, MWAIT is an instruction that is over
    wake(lab(IdleState.Kind.HLT, PassThrough.HLT).hostHz(10_000));
    assertThat(stays).hasSize(1);
    stays.clear();
    Outcome outcome = wake(lab(IdleState.Kind.MWAIT, PassThrough.MWAIT).hostHz(10_000));
    assertThat(stays.size()).isBetween(4, 6);
    assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isGreaterThan(stays.size());
  }

  @Test
  void thePreemptionTimerIsNotUsedWhereItWouldStop() {
    // a sleeper's timer fires while the vCPU waits: in HLT the preemption timer counts on, in MWAIT's C-states it may not
    for (PassThrough what : PassThrough.values()) {
      IdleState.Kind kind = what == PassThrough.HLT ? IdleState.Kind.HLT : IdleState.Kind.MWAIT;
      Lab lab = lab(kind, what).with(Feature.PREEMPTION_TIMER);
      lab.workload(
          guest -> guest.task("sleeper", 1, Lab.once(c -> c.sleepUntil(WAKE_NS), lab.markAndStay("sleeper runs"))));
      Outcome outcome = lab.run(RUN_NS);

      assertThat(Lab.exits(outcome, ExitReason.PREEMPTION_TIMER)).isEqualTo(what == PassThrough.HLT ? 1 : 0);
      assertThat(Lab.exits(outcome, ExitReason.EXTERNAL_INTERRUPT)).isEqualTo(what == PassThrough.HLT ? 0 : 1);
      assertThat(lab.at("sleeper runs")).isGreaterThan(WAKE_NS + C1_NS);
    }
  }

  @Test
  void mwaitWithoutPassThroughIsRefused() {
    Lab lab = Lab.linux(2).idle(seat -> new Lab.Staying(IdleState.Kind.MWAIT, HaltPoll.FOREVER));
    assertThatThrownBy(() -> wake(lab))
        .isInstanceOf(PluginFailure.class)
        .hasMessageContaining("has the MWAIT state MWAIT, and MWAIT is not passed through to this VM");
  }

  @Test
  void nativelyMwaitIsIdleTimeInTheCStateAsked() {
    Lab lab =
        Lab.linux(2).onBareMetal()
            .cstates(
                new CState("C1", Duration.ofNanos(C1_NS), Duration.ZERO, -1),
                new CState("C6", Duration.ofNanos(80_000), Duration.ofNanos(200_000), -1))
            .idle(Waiting.in(IdleState.Kind.MWAIT, 80_000, stays));
    lab.workload(
        guest -> {
          Event event = guest.event("event", true);
          guest.task("sender", 0, lab.sender(WAKE_NS, event));
          guest.task("waiter", 1, Lab.once(c -> c.await(event), lab.markAndStay("waiter runs")));
        });
    Outcome outcome = lab.run(RUN_NS);

    assertThat(outcome.pcpus().get(1).byCState().get("C6")).isBetween(WAKE_NS * 9 / 10, WAKE_NS + 5_000);
    assertThat(outcome.pcpus().get(1).byState().get(PcpuState.C_EXIT)).isEqualTo(80_000);
    assertThat(lab.at("waiter runs")).isGreaterThan(lab.at("sender is free") + 70_000);
  }
}
