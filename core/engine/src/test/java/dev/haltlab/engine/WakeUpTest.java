package dev.haltlab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Pins wake-ups whose price hangs on what came before: a step left out or paid for twice shows only where a wake-up
 * meets idle entry, a deep C-state, a preempted poll or another thread.
 */
final class WakeUpTest {
  private static final long US = 1_000;
  private static final long MS = 1_000_000;
  private static final long SECOND_NS = 1_000_000_000;

  private final Map<Step, Cost> prices = new EnumMap<>(Step.class);
  private final List<SimulationSpec.HostTask> hostTasks = new ArrayList<>();
  private final Set<Feature> features = EnumSet.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS);
  private int deepestCState;
  private boolean pinned = true;
  private IdleState.Kind idle = IdleState.Kind.HLT;
  private HaltPoll strategy = now -> 0;

  @Test
  void aWakeUpBeforeTheIdleLoopLeavesTheTickAlone() {
    price(Step.IDLE_ENTER, 10 * US);
    Outcome woken =
        run(
            100 * US,
            2,
            guest -> {
              var event = guest.event("event", true);
              guest.task("sleeper", 0, Script.once().await(event).compute(SECOND_NS));
              guest.task("waker", 1, Script.once().compute(5 * US).signal(event).compute(SECOND_NS));
            });
    Outcome neverIdle =
        run(
            100 * US,
            2,
            guest -> {
              guest.task("0", 0, Script.once().compute(SECOND_NS));
              guest.task("1", 1, Script.once().compute(SECOND_NS));
            });

    assertThat(woken.vms().get(0).exits().get(ExitReason.HLT).count()).isZero();
    assertThat(timerWrites(woken)).isEqualTo(timerWrites(neverIdle));
  }

  @Test
  void theHostTimersInterruptTakesItsTimeInEveryCState() {
    long priceNs = 50 * US;
    for (int state = 0; state < 2; state++) {
      deepestCState = state;
      price(Step.HOST_TIMER, 0);
      long freeNs = wakesAt(MS);
      price(Step.HOST_TIMER, priceNs);

      assertThat(wakesAt(MS) - freeNs).as("C-state %d", state).isEqualTo(priceNs);
    }
  }

  @Test
  void aVcpuPreemptedWhilePollingComesBackCold() {
    long priceNs = 100 * US;
    strategy = new Unyielding();
    hostTasks.add(new SimulationSpec.HostTask("hog", 0, SECOND_NS, SECOND_NS));
    long warmNs = wakesAt(20 * MS);
    price(Step.COLD_WAKE, priceNs);

    assertThat(wakesAt(20 * MS) - warmNs).isEqualTo(priceNs);
  }

  @Test
  void aBoundDoesNotLoseItsTurnForTimeItSlept() {
    // sleeps on an otherwise idle pCPU beyond the bound's horizon; then another thread runs there when it wakes
    hostTasks.add(new SimulationSpec.HostTask("other", 0, 17 * MS, 10 * MS));
    long offNs = wakesAt(11 * MS, 19 * MS);
    strategy = new Bound(5 * MS);

    assertThat(wakesAt(11 * MS, 19 * MS)).isEqualTo(offNs);
  }

  @Test
  void aHostIpiOnItsWayWhenTheVcpuExitsCausesNoSecondExit() {
    price(Step.HOST_IPI, MS); // longer than what is left of the guest's operation
    long alone = interruptExits();
    hostTasks.add(new SimulationSpec.HostTask("takes over", 0, 5 * MS, 1));

    assertThat(interruptExits()).isEqualTo(alone);
  }

  @Test
  void leavingACStateForAHostTaskIsNotBusyTime() {
    deepestCState = 1;
    hostTasks.add(new SimulationSpec.HostTask("now and then", 1, 5 * MS, 100 * US));
    Outcome.Pcpu pcpu = run(100 * MS, 2, guest -> {}).pcpus().get(1);

    assertThat(pcpu.byState().get(PcpuState.BACKGROUND)).isEqualTo(20 * 100 * US);
    assertThat(pcpu.byState().get(PcpuState.C_EXIT)).isBetween(19 * 100 * US, 22 * 100 * US);
    assertThat(pcpu.byState().get(PcpuState.SWITCH)).isZero();
  }

  @Test
  void aTimerThatFiredElsewhereKeepsNoPcpuFromDeepSleep() {
    deepestCState = 1;
    pinned = false;
    hostTasks.add(new SimulationSpec.HostTask("task", 0, 5 * MS, MS)); // at 5.5 ms it drives the vCPU from pCPU 0
    Outcome outcome = run(100 * MS, 1, guest -> guest.task("sleeper", 0, Script.once().sleep(5_500 * US)));

    assertThat(outcome.pcpus().get(0).byCState().get("C1")).isZero();
  }

  @Test
  void aPollIsCutShortOnceHoweverManyThreadsWait() {
    price(Step.HOST_TICK, 900 * US); // of each millisecond: nearly all that happens, happens meanwhile
    strategy = now -> HaltPoll.FOREVER;
    for (String name : List.of("first", "second", "third")) {
      hostTasks.add(new SimulationSpec.HostTask(name, 0, 7 * MS, 10 * US));
    }
    Outcome.Halts halts =
        run(200 * MS, 1, guest -> guest.task("sleeper", 0, Script.forever().sleep(3 * MS))).vms().get(0).halts();

    assertThat(halts.pollCutShort()).isPositive().isLessThanOrEqualTo(halts.exits());
  }

  @Test
  void aFlagSeenByASpinningVcpuDoesNotKeepTheHostFromPreemptingIt() {
    price(Step.HOST_IPI, 300 * US);
    idle = IdleState.Kind.POLL;
    hostTasks.add(new SimulationSpec.HostTask("takes over", 0, 10 * MS, 400 * US)); // wakes, and preempts, at 10 ms

    assertThat(wakesWhenSignalled(10_100 * US)).isGreaterThan(10_400 * US);
  }

  @Test
  void onlyAnIdleLoopThatDoesNotPollIsSentAHostIpi() {
    price(Step.HOST_IPI, 50 * US);
    long haltingNs = wakesWhenSignalled(MS);
    long ownTimerNs = wakesAt(MS);
    features.add(Feature.HOST_MWAIT_IDLE);

    assertThat(haltingNs - wakesWhenSignalled(MS)).isEqualTo(50 * US);
    assertThat(wakesAt(MS)).as("the timer fires where the vCPU sleeps").isEqualTo(ownTimerNs);
  }

  /** Exits by interrupt of a vCPU that computes, with a timer of its own at 5.1 ms. */
  private long interruptExits() {
    Outcome outcome =
        run(
            6 * MS,
            1,
            guest -> {
              guest.task("sleeper", 0, Script.once().sleep(5_100 * US));
              guest.task("busy", 0, Script.forever().compute(400 * US));
            });
    return outcome.vms().get(0).exits().get(ExitReason.EXTERNAL_INTERRUPT).count();
  }

  // --- a machine on which nothing but what a test prices takes time ---

  private void price(Step step, long ns) {
    prices.put(step, Cost.ofNs(ns, Basis.ASSUMED, "test"));
  }

  /** When a task that sleeps until one instant after the other runs after the last, ns. */
  private long wakesAt(long... untilNs) {
    long[] runsAgainNs = {-1};
    int[] slept = {0};
    run(
        10 * untilNs[untilNs.length - 1],
        1,
        guest ->
            guest.task(
                "sleeper",
                0,
                cpu -> {
                  if (slept[0] < untilNs.length) {
                    cpu.sleepUntil(untilNs[slept[0]++]);
                  } else {
                    runsAgainNs[0] = cpu.nowNs();
                    cpu.exit();
                  }
                }));
    return runsAgainNs[0];
  }

  /** When a task runs that another one on another vCPU has signalled at {@code atNs}, ns. */
  private long wakesWhenSignalled(long atNs) {
    long[] runsNs = {-1};
    run(
        10 * atNs,
        2,
        guest -> {
          var event = guest.event("event", true);
          boolean[] awaited = {false};
          guest.task(
              "sleeper",
              0,
              cpu -> {
                if (awaited[0]) {
                  runsNs[0] = cpu.nowNs();
                  cpu.exit();
                } else {
                  awaited[0] = true;
                  cpu.await(event);
                }
              });
          guest.task("waker", 1, Script.once().compute(atNs).signal(event));
        });
    return runsNs[0];
  }

  private static long timerWrites(Outcome outcome) {
    return outcome.vms().get(0).msrWrites().get(MsrRegister.TMICT).count();
  }

  private Outcome run(long forNs, int vcpus, Consumer<Guest> workload) {
    List<CState> cstates =
        List.of(
            new CState("C1", Duration.ZERO, Duration.ZERO, -1),
            new CState("C6", Duration.ofNanos(100 * US), Duration.ZERO, -1));
    HostProfile profile = new HostProfile("test", new Hertz(SECOND_NS), prices, cstates, features);
    SimulationSpec.Host host =
        new SimulationSpec.Host(profile, KernelVersion.parse("6.11"), 1000, 2, deepestCState, hostTasks);
    List<Integer> pins = !pinned ? List.of() : vcpus == 1 ? List.of(0) : List.of(0, 1);
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", KernelVersion.parse("3.16"), 1, true, vcpus, pins, false, seat -> strategy, seat -> new Idle(idle),
            workload);
    try {
      return Simulation.run(new SimulationSpec(1, false, host, List.of(vm), 0, 0, forNs), 0);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Bound(long horizonNs) implements HaltPoll.Hindsight {
    @Override
    public long budget(long nowNs) {
      return horizonNs;
    }
  }

  private record Unyielding() implements HaltPoll {
    @Override
    public long budget(long nowNs) {
      return FOREVER;
    }

    @Override
    public boolean yields() {
      return false;
    }
  }

  private record Idle(IdleState.Kind kind) implements IdlePolicy {
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
      return kind != IdleState.Kind.POLL;
    }
  }
}
