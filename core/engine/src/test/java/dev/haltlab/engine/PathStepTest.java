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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pins that the parts of a critical path name the prices charged there: reports derive from it what a part is founded on,
 * and how much of a latency hangs on a price at most.
 */
final class PathStepTest {
  private static final long US = 1_000;
  private static final long MS = 1_000_000;
  private static final KernelVersion LINUX = KernelVersion.parse("3.16");

  /** Machines that between them meet what steps can meet. */
  private static final List<Setup> SETUPS =
      List.of(
          new Setup("halting"),
          new Setup("native").natively(),
          new Setup("polling").strategy(now -> 50 * US),
          new Setup("bound").strategy(new Bound()),
          new Setup("interrupts by exit").features(),
          new Setup("preemption timer").features(Feature.VIRTUAL_EOI, Feature.PREEMPTION_TIMER),
          new Setup("IPI virtualisation").features(Feature.POSTED_INTERRUPTS, Feature.IPI_VIRTUALIZATION),
          new Setup("IPI virtualisation, busy host").features(Feature.POSTED_INTERRUPTS, Feature.IPI_VIRTUALIZATION)
              .hostTasks(new SimulationSpec.HostTask("hog", 0, 3 * MS, 2 * MS)),
          new Setup("AVIC").features(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS, Feature.AVIC),
          new Setup("deadlines").features(Feature.PREEMPTION_TIMER).deadlines(),
          new Setup("posted timer").features(Feature.POSTED_INTERRUPTS, Feature.POSTED_TIMER).host("5.4"),
          new Setup("idle=poll").idle(IdleState.Kind.POLL),
          new Setup("native, idle=poll").natively().idle(IdleState.Kind.POLL),
          new Setup("busy host").hostTasks(new SimulationSpec.HostTask("hog", 0, 3 * MS, 2 * MS)),
          new Setup("busy host, polling").strategy(new Unyielding()).hostTasks(
              new SimulationSpec.HostTask("hog", 0, 3 * MS, 2 * MS)),
          new Setup("one pCPU").pcpus(1),
          new Setup("unpinned").pins(List.of()),
          new Setup("ring 0").kernel(null),
          new Setup("ring 0, interrupts by exit").kernel(null).features());

  /** Only one step takes time, besides the work of the tasks and what they wait for. */
  @ParameterizedTest
  @EnumSource(Step.class)
  void aPriceIsChargedWhereItIsListed(Step step) throws InterruptedException {
    List<String> elsewhere = new ArrayList<>();
    for (Setup setup : SETUPS) {
      Outcome outcome = Simulation.run(setup.spec(step), 0);
      outcome.vms().get(0).probes().forEach(
          (probe, measured) ->
              measured.path().forEach(
                  (part, ns) -> {
                    if (ns > 0 && !part.priced().isEmpty() && !part.priced().contains(step)) {
                      elsewhere.add(setup.name + ", " + probe + ": " + part + " " + ns / measured.count() + " ns");
                    }
                  }));
    }
    assertThat(elsewhere).isEmpty();
  }

  private static void populate(Guest guest) {
    int last = guest.vcpus() - 1;
    var request = guest.socket("request");
    var reply = guest.socket("reply");
    var roundTrip = guest.probe("round trip");
    guest.task(
        "client", 0, Script.forever().start(roundTrip).send(request, 4096).receive(reply).stop(roundTrip).compute(70 * US));
    guest.task("server", last, Script.forever().receive(request).compute(5 * US).send(reply, 1));
    var ping = guest.event("ping", true);
    var signal = guest.probe("signal");
    guest.task("signaller", 0, Script.forever().sleep(130 * US).start(signal).signal(ping));
    guest.task("waiter", last, Script.forever().await(ping).stop(signal).compute(3 * US));
    var nap = guest.probe("nap");
    guest.task("sleeper", last, Script.forever().start(nap).sleep(90 * US).stop(nap).compute(10 * US));
    var work = guest.probe("work");
    guest.task("worker", 0, Script.forever().sleep(MS).start(work).compute(300 * US).stop(work));
  }

  private static final class Setup {
    final String name;
    private boolean nativeRun;
    private HaltPoll strategy = now -> 0;
    private Set<Feature> features = Set.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS);
    private IdleState.Kind idle = IdleState.Kind.HLT;
    private List<SimulationSpec.HostTask> hostTasks = List.of();
    private int pcpus = 2;
    private List<Integer> pins = List.of(0, 1);
    private @Nullable KernelVersion kernel = LINUX;
    private KernelVersion host = KernelVersion.parse("6.11");
    private ApicTimer timer = ApicTimer.ONE_SHOT;

    Setup(String name) {
      this.name = name;
    }

    Setup natively() {
      nativeRun = true;
      return this;
    }

    Setup strategy(HaltPoll newStrategy) {
      strategy = newStrategy;
      return this;
    }

    Setup features(Feature... newFeatures) {
      features = Set.of(newFeatures);
      return this;
    }

    Setup idle(IdleState.Kind kind) {
      idle = kind;
      return this;
    }

    Setup hostTasks(SimulationSpec.HostTask... tasks) {
      hostTasks = List.of(tasks);
      return this;
    }

    Setup pcpus(int count) {
      pcpus = count;
      pins = List.of(0, 0);
      return this;
    }

    Setup pins(List<Integer> newPins) {
      pins = newPins;
      return this;
    }

    Setup host(String version) {
      host = KernelVersion.parse(version);
      return this;
    }

    Setup deadlines() {
      timer = ApicTimer.TSC_DEADLINE;
      return this;
    }

    Setup kernel(@Nullable KernelVersion version) {
      kernel = version;
      return this;
    }

    SimulationSpec spec(Step priced) {
      HostProfile profile =
          new HostProfile(
              "test", new Hertz(1_000_000_000), Map.of(priced, Cost.ofNs(US, Basis.ASSUMED, "test")),
              List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1)), features);
      SimulationSpec.Host machine =
          new SimulationSpec.Host(profile, host, 1000, pcpus, 0, hostTasks);
      Consumer<Guest> workload = PathStepTest::populate;
      SimulationSpec.Vm vm =
          new SimulationSpec.Vm(
              "vm", kernel, 250, true, 2, pins, false, timer, Set.of(), seat -> strategy, seat -> new Idle(idle), workload);
      return new SimulationSpec(1, nativeRun, machine, List.of(vm), 0, 0, 20 * MS);
    }
  }

  private record Bound() implements HaltPoll.Hindsight {
    @Override
    public long budget(long nowNs) {
      return 50 * US;
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
  }
}
