package dev.haltlab.engine;

import dev.haltlab.engine.guest.GuestCpu;
import dev.haltlab.engine.guest.GuestKernel;
import dev.haltlab.engine.guest.IdleView;
import dev.haltlab.engine.guest.LogicalCpu;
import dev.haltlab.engine.host.HostScheduler;
import dev.haltlab.engine.host.HostTask;
import dev.haltlab.engine.host.IdleStates;
import dev.haltlab.engine.host.PhysicalCpu;
import dev.haltlab.engine.hw.BareCpu;
import dev.haltlab.engine.kvm.ExitCounts;
import dev.haltlab.engine.kvm.Paths;
import dev.haltlab.engine.kvm.VcpuParts;
import dev.haltlab.engine.kvm.VirtualCpu;
import dev.haltlab.engine.measure.CpuTime;
import dev.haltlab.engine.measure.ProbeRecorder;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Costs;
import dev.haltlab.engine.sim.Source;
import dev.haltlab.engine.sim.Streams;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One machine with its guests, put together for one replication, run, and read out. */
final class Machine {
  /** Events between two looks at the interrupted flag of the thread. */
  private static final int INTERRUPT_CHECK = 1 << 16;

  /** Linux from which a poll counts as successful unless the thread was scheduled out. */
  private static final int[] ABORT_IS_SUCCESS_SINCE = {5, 17};

  private final SimulationSpec spec;
  private final @Nullable Recorder recorder;
  private final Streams streams;
  private final boolean[] drawn = new boolean[Step.values().length];
  private final Calendar calendar;
  private final Source[] owners;
  private final List<PhysicalCpu> pcpus = new ArrayList<>();
  private final List<HostTask> hostTasks = new ArrayList<>();
  private final List<GuestKernel> guests = new ArrayList<>();
  private final List<List<LogicalCpu>> vcpus = new ArrayList<>();
  private final Window window;

  // Slots in the order in which events of one instant are taken: interrupts before what they interrupt, a wake-up before
  // the end of the poll that waits for it, the window last.
  private final int timerSlots;
  private final int stepSlots;
  private final int pollSlots;
  private final int tickSlots;
  private final int taskSlots;
  private final int windowSlot;

  Machine(SimulationSpec spec, int replication, @Nullable Recorder recorder) {
    this.spec = spec;
    this.recorder = recorder;
    this.streams = new Streams(spec.seed(), replication);
    int cpuCount = spec.vms().stream().mapToInt(SimulationSpec.Vm::vcpus).sum();
    timerSlots = 0;
    stepSlots = timerSlots + cpuCount;
    pollSlots = stepSlots + cpuCount;
    tickSlots = pollSlots + (spec.nativeRun() ? 0 : cpuCount);
    taskSlots = tickSlots + (spec.nativeRun() ? 0 : spec.host().pcpus());
    windowSlot = taskSlots + 2 * spec.host().tasks().size();
    calendar = new Calendar(windowSlot + 1, stepSlots, cpuCount);
    owners = new Source[windowSlot + 1];

    for (SimulationSpec.Vm vm : spec.vms()) {
      guests.add(new GuestKernel(vm, streams));
    }
    long hostTickNs = 1_000_000_000L / spec.host().hz();
    for (int i = 0; i < spec.host().pcpus(); i++) {
      pcpus.add(
          new PhysicalCpu(
              i, calendar, costs("host/" + i), tickSlots + i, hostTickNs,
              new IdleStates(
                  spec.host().profile().cstates(), spec.host().deepestCState(), spec.host().idleGovernor()),
              spec.host().lazySwitchNs()));
    }
    HostScheduler scheduler = new HostScheduler(pcpus);
    List<GuestCpu> guestCpus = new ArrayList<>();
    List<HaltPoll> strategies = new ArrayList<>();
    List<View> views = new ArrayList<>();
    for (int i = 0; i < guests.size(); i++) {
      addGuestCpus(i, guestCpus, strategies, views);
    }
    for (int i = 0; i < guests.size(); i++) {
      if (recorder != null) {
        guests.get(i).recordTo(recorder, i);
      }
      guests.get(i).define();
    }
    window = new Window(transactionOf(guests.get(spec.primaryVm())), spec.warmupNs(), spec.forNs());
    int index = 0;
    for (int i = 0; i < guests.size(); i++) {
      guests.get(i).setWindow(window);
      List<LogicalCpu> ofVm = new ArrayList<>();
      for (int v = 0; v < spec.vms().get(i).vcpus(); v++) {
        ofVm.add(
            spec.nativeRun()
                ? bareCpu(i, v, index, guestCpus.get(index))
                : virtualCpu(i, v, index, guestCpus.get(index), scheduler, strategies.get(index), views.get(index)));
        index++;
      }
      vcpus.add(ofVm);
    }
    for (int i = 0; i < spec.host().tasks().size(); i++) {
      addHostTask(i, scheduler);
    }
    for (int i = 0; i < pcpus.size(); i++) {
      if (recorder != null) {
        pcpus.get(i).recordTo(recorder);
      }
      window.add(pcpus.get(i));
      if (!spec.nativeRun()) {
        owners[tickSlots + i] = pcpus.get(i);
      }
    }
    for (GuestKernel guest : guests) {
      window.add(new Probes(guest.probes()));
    }
    owners[windowSlot] =
        slot -> {
          long againNs = window.due(calendar.nowNs());
          if (againNs >= 0) {
            calendar.schedule(windowSlot, againNs);
          }
        };
  }

  private void addGuestCpus(int vmIndex, List<GuestCpu> guestCpus, List<HaltPoll> strategies, List<View> views) {
    SimulationSpec.Vm vm = spec.vms().get(vmIndex);
    GuestKernel guest = guests.get(vmIndex);
    long tickNs = 1_000_000_000L / vm.hz();
    long jiffyOffsetNs = streams.stream(vm.name() + "/jiffies").nextLong(tickNs);
    for (int v = 0; v < vm.vcpus(); v++) {
      View view = new View();
      String place = vm.name() + "/" + v;
      Seat pollSeat = new Place(vm.name(), v, vm.vcpus(), streams.stream(place + "/halt-poll"), view, GuestView.QUIET);
      IdleView idleView = new IdleView(vm.kernel(), tickNs, mwaitStates(vm));
      Seat idleSeat = new Place(vm.name(), v, vm.vcpus(), streams.stream(place + "/idle"), view, idleView);
      IdlePolicy policy = make(vm.idle(), idleSeat, PluginFailure.Kind.IDLE, "the idle policy");
      strategies.add(make(vm.haltPoll(), pollSeat, PluginFailure.Kind.HALT_POLL, "the halt-poll strategy"));
      views.add(view);
      GuestCpu cpu =
          new GuestCpu(
              guest, v, calendar, costs(place + "/guest"), vm.apicTimer(), policy, idleView, jiffyOffsetNs,
              vm.watchdog());
      guest.addCpu(cpu);
      guestCpus.add(cpu);
    }
  }

  /** The C-states that MWAIT reaches: natively, or passed through. */
  private List<CState> mwaitStates(SimulationSpec.Vm vm) {
    boolean mwait = spec.nativeRun() || vm.passThrough().contains(PassThrough.MWAIT);
    return mwait ? spec.host().profile().cstates().subList(0, spec.host().deepestCState() + 1) : List.of();
  }

  private static <T> T make(Function<Seat, T> factory, Seat seat, PluginFailure.Kind kind, String what) {
    try {
      return Objects.requireNonNull(factory.apply(seat), "null");
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new PluginFailure(
          kind, seat.vm(), what + " of VM '" + seat.vm() + "' on vCPU " + seat.vcpu() + " could not be made: " + e, e);
    }
  }

  private VirtualCpu virtualCpu(
      int vmIndex, int v, int index, GuestCpu guestCpu, HostScheduler scheduler, HaltPoll strategy, View view) {
    SimulationSpec.Vm vm = spec.vms().get(vmIndex);
    int boundTo = vm.pin().isEmpty() ? -1 : vm.pin().get(v);
    PhysicalCpu start = pcpus.get(boundTo >= 0 ? boundTo : index % pcpus.size());
    VirtualCpu cpu =
        new VirtualCpu(
            new VcpuParts(
                vm.name(), v, calendar, costs(vm.name() + "/" + v + "/kvm"), guestCpu, scheduler, start, boundTo,
                stepSlots + index, timerSlots + index, pollSlots + index, window, spec.host().profile().features(),
                Paths.of(spec.host().profile(), spec.host().kernel(), vm.apicTimer(), vm.passThrough()),
                spec.host().kernel().atLeast(ABORT_IS_SUCCESS_SINCE[0], ABORT_IS_SUCCESS_SINCE[1]),
                vm.forbidHostPoll(), !guests.get(vmIndex).isBare(), vm.passThrough(),
                spec.host().profile().cstates().get(0).exitLatency().toNanos(), spec.host().tpauseNs()),
            strategy);
    view.cpu = cpu;
    own(cpu, index, guestCpu, start);
    owners[pollSlots + index] = cpu;
    return cpu;
  }

  private BareCpu bareCpu(int vmIndex, int v, int index, GuestCpu guestCpu) {
    SimulationSpec.Vm vm = spec.vms().get(vmIndex);
    PhysicalCpu place = pcpus.get(vm.pin().get(v));
    BareCpu cpu =
        new BareCpu(
            calendar, costs(vm.name() + "/" + v + "/hardware"), guestCpu, window, place, stepSlots + index,
            timerSlots + index);
    own(cpu, index, guestCpu, place);
    return cpu;
  }

  private void own(LogicalCpu cpu, int index, GuestCpu guestCpu, PhysicalCpu place) {
    guestCpu.attach(cpu);
    if (recorder != null) {
      cpu.recordTo(recorder, index, place.id());
    }
    owners[timerSlots + index] = cpu;
    owners[stepSlots + index] = cpu;
    window.add(cpu);
  }

  private void addHostTask(int i, HostScheduler scheduler) {
    SimulationSpec.HostTask taskSpec = spec.host().tasks().get(i);
    PhysicalCpu start = pcpus.get(taskSpec.pcpu() >= 0 ? taskSpec.pcpu() : i % pcpus.size());
    int slot = taskSlots + 2 * i;
    HostTask task = new HostTask(taskSpec, calendar, costs("task/" + taskSpec.name()), scheduler, start, slot);
    owners[slot] = task;
    owners[slot + 1] = task;
    if (recorder != null) {
      task.recordTo(recorder, pollSlots - stepSlots + i);
    }
    hostTasks.add(task);
    window.add(task);
  }

  private Costs costs(String place) {
    return new Costs(spec.host().profile(), streams, place, drawn);
  }

  private static @Nullable ProbeRecorder transactionOf(GuestKernel guest) {
    return guest.probes().isEmpty() ? null : guest.probes().get(0);
  }

  long nowNs() {
    return calendar.nowNs();
  }

  Outcome run() throws InterruptedException {
    calendar.schedule(windowSlot, window.firstDueNs());
    if (!spec.nativeRun()) {
      long hostTickNs = 1_000_000_000L / spec.host().hz();
      long phaseNs = streams.stream("host/tick").nextLong(hostTickNs);
      for (PhysicalCpu pcpu : pcpus) {
        pcpu.start(phaseNs);
      }
      for (HostTask task : hostTasks) {
        task.start(0);
      }
    }
    for (List<LogicalCpu> ofVm : vcpus) {
      for (LogicalCpu cpu : ofVm) {
        cpu.boot();
      }
    }
    int untilCheck = INTERRUPT_CHECK;
    while (!window.isClosed()) {
      int slot = calendar.next();
      if (slot < 0) {
        throw new IllegalStateException("the calendar ran empty before the window closed");
      }
      owners[slot].fire(slot);
      if (--untilCheck == 0) {
        untilCheck = INTERRUPT_CHECK;
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException("replication interrupted at " + calendar.nowNs() + " ns");
        }
      }
    }
    return outcome();
  }

  // --- reading out ---

  private Outcome outcome() {
    List<Outcome.Vm> vms = new ArrayList<>();
    for (int i = 0; i < guests.size(); i++) {
      vms.add(vmOutcome(i));
    }
    List<Outcome.Pcpu> hostCpus = new ArrayList<>();
    for (PhysicalCpu pcpu : pcpus) {
      hostCpus.add(pcpuOutcome(pcpu));
    }
    List<Outcome.HostTask> tasks = new ArrayList<>();
    for (HostTask task : hostTasks) {
      tasks.add(new Outcome.HostTask(task.name(), task.ranNs(), task.wantedNs()));
    }
    Set<Step> charged = EnumSet.noneOf(Step.class);
    for (Step step : Step.values()) {
      if (drawn[step.ordinal()]) {
        charged.add(step);
      }
    }
    return new Outcome(calendar.nowNs() - window.openedNs(), vms, hostCpus, tasks, calendar.taken(), charged);
  }

  private Outcome.Vm vmOutcome(int vmIndex) {
    GuestKernel guest = guests.get(vmIndex);
    Map<String, Outcome.ProbeOutcome> probes = new LinkedHashMap<>();
    for (ProbeRecorder probe : guest.probes()) {
      probes.put(probe.name(), probe.outcome());
    }
    ProbeRecorder transaction = transactionOf(guest);
    Map<ExitReason, Outcome.Count> exits = ExitCounts.noReasons();
    Map<MsrRegister, Outcome.Count> writes = ExitCounts.noRegisters();
    Outcome.Halts halts = new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1);
    List<Outcome.Vcpu> cpus = new ArrayList<>();
    List<LogicalCpu> ofVm = vcpus.get(vmIndex);
    for (int v = 0; v < ofVm.size(); v++) {
      LogicalCpu cpu = ofVm.get(v);
      if (cpu instanceof VirtualCpu virtual) {
        virtual.exits().addReasonsTo(exits);
        virtual.exits().addRegistersTo(writes);
        halts = halts.plus(virtual.halts());
      }
      Map<VcpuState, Long> byState = new LinkedHashMap<>();
      for (VcpuState state : VcpuState.values()) {
        byState.put(state, 0L);
      }
      for (int way = 0; way < CpuTime.COUNT; way++) {
        byState.merge(CpuTime.ofVcpu(way), cpu.spentNs(way), Long::sum);
      }
      cpus.add(new Outcome.Vcpu(v, byState));
    }
    return new Outcome.Vm(
        guest.name(), transaction == null ? 0 : transaction.count(), probes, exits, writes, halts, cpus);
  }

  private Outcome.Pcpu pcpuOutcome(PhysicalCpu pcpu) {
    Map<PcpuState, Long> byState = new LinkedHashMap<>();
    for (PcpuState state : PcpuState.values()) {
      byState.put(state, 0L);
    }
    for (int way = 0; way < CpuTime.COUNT; way++) {
      PcpuState state = CpuTime.ofPcpu(way);
      if (state != null) {
        byState.merge(state, pcpu.spentNs(way), Long::sum);
      }
    }
    Map<String, Long> byCState = new LinkedHashMap<>();
    for (int i = 0; i < spec.host().profile().cstates().size(); i++) {
      byCState.merge(spec.host().profile().cstates().get(i).name(), pcpu.idleNs(i), Long::sum);
      byState.merge(PcpuState.IDLE, pcpu.idleNs(i), Long::sum);
    }
    return new Outcome.Pcpu(pcpu.id(), byState, byCState);
  }

  /** Probes of a guest as something that counts. */
  private record Probes(List<ProbeRecorder> probes) implements Window.Meter {
    @Override
    public void reset(long nowNs) {
      for (ProbeRecorder probe : probes) {
        probe.reset();
      }
    }

    @Override
    public void close(long nowNs) {}
  }

  /** The seat of a plugin instance. */
  private record Place(String vm, int vcpu, int vcpus, RandomGenerator random, HostView host, GuestView guest)
      implements Seat {}

  /** A strategy's view of the host, made before its vCPU. Natively there is nothing to see. */
  private static final class View implements HostView {
    private @Nullable HostView cpu;

    @Override
    public int otherRunnable() {
      return cpu == null ? 0 : cpu.otherRunnable();
    }

    @Override
    public long stealNs() {
      return cpu == null ? 0 : cpu.stealNs();
    }

    @Override
    public boolean siblingBusy() {
      return cpu != null && cpu.siblingBusy();
    }
  }
}
