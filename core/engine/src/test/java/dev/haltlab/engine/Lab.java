package dev.haltlab.engine;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Body;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.Step;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A machine on the bench: one VM whose every step costs a constant prime of its own, so that each charge can be told
 * from all others, and a journal of the instants at which bodies, strategies and policies were called.
 *
 * <p>Unless a test says otherwise: vCPU i alone on pCPU i, one C-state, interrupts as on a CPU with APICv, a host that
 * never polls, an idle loop that stops the tick and halts, and ticks so rare that none disturbs.
 */
final class Lab {
  /** Longer than any run: what a task computes that shall not leave its vCPU. */
  static final long FOREVER_NS = 1_000_000_000_000L;

  private static final int QUIET = 1;

  /** A host has these only where they are priced: a test that wants them does that. */
  private static final Set<Step> IF_PRICED = EnumSet.of(Step.ICR_FAST_PATH, Step.TIMER_FAST_PATH);
  /** Priced after all others, whose primes some tests have been written with. */
  private static final Set<Step> LAST = EnumSet.of(Step.VIRTUAL_ICR_WRITE, Step.WAKE_UP_VECTOR, Step.TIMER_SWITCH);

  private final Map<Step, Long> prices = new EnumMap<>(Step.class);
  private final List<SimulationSpec.HostTask> hostTasks = new ArrayList<>();
  private final List<Stamp> journal = new ArrayList<>();
  private final int vcpus;
  private final boolean bare;

  private Set<Feature> features =
      EnumSet.of(Feature.VIRTUAL_EOI, Feature.POSTED_INTERRUPTS, Feature.HOST_MWAIT_IDLE);
  private List<CState> cstates = List.of(new CState("C1", Duration.ZERO, Duration.ZERO, -1));
  private KernelVersion hostKernel = KernelVersion.parse("6.1");
  private int hostHz = QUIET;
  private HostIdleGovernor idleGovernor = HostIdleGovernor.AVERAGE;
  private long lazySwitchNs;
  private long tpauseNs;
  private int pcpus;
  private List<Integer> pin;
  private KernelVersion guestKernel = KernelVersion.parse("3.16");
  private int guestHz = QUIET;
  private boolean watchdog = true;
  private boolean forbidHostPoll;
  private ApicTimer apicTimer = ApicTimer.ONE_SHOT;
  private Set<PassThrough> passThrough = Set.of();
  private boolean nativeRun;
  private long seed = 1;
  private Function<Seat, HaltPoll> haltPoll = seat -> now -> 0;
  private Function<Seat, IdlePolicy> idle = seat -> new Halting(true);
  private Consumer<Guest> workload = guest -> {};

  private record Stamp(String what, long ns) {}

  private Lab(int vcpus, boolean bare) {
    this.vcpus = vcpus;
    this.bare = bare;
    this.pcpus = vcpus;
    this.pin = upTo(vcpus);
    BigInteger prime = BigInteger.valueOf(200);
    Set<Step> ordered = new LinkedHashSet<>(EnumSet.complementOf(EnumSet.copyOf(LAST)));
    ordered.addAll(LAST);
    ordered.removeAll(IF_PRICED);
    for (Step step : ordered) {
      prime = prime.add(BigInteger.valueOf(30)).nextProbablePrime();
      prices.put(step, prime.longValueExact());
    }
  }

  /** A ring-0 guest: no tick, no scheduler or system call costs, idle is HLT. */
  static Lab bare(int vcpus) {
    return new Lab(vcpus, true);
  }

  /** A Linux guest with soft-lockup watchdog. */
  static Lab linux(int vcpus) {
    return new Lab(vcpus, false);
  }

  private static List<Integer> upTo(int n) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  // --- the machine ---

  Lab price(Step step, long ns) {
    prices.put(step, ns);
    return this;
  }

  Lab features(Feature... only) {
    features = EnumSet.noneOf(Feature.class);
    features.addAll(List.of(only));
    return this;
  }

  Lab without(Feature feature) {
    features.remove(feature);
    return this;
  }

  Lab with(Feature feature) {
    features.add(feature);
    return this;
  }

  Lab cstates(CState... shallowestFirst) {
    cstates = List.of(shallowestFirst);
    return this;
  }

  Lab idleGovernor(HostIdleGovernor governor) {
    idleGovernor = governor;
    return this;
  }

  Lab lazySwitch(long ns) {
    lazySwitchNs = ns;
    return this;
  }

  Lab tpause(long ns) {
    tpauseNs = ns;
    return this;
  }

  Lab hostKernel(String version) {
    hostKernel = KernelVersion.parse(version);
    return this;
  }

  Lab hostHz(int hz) {
    hostHz = hz;
    return this;
  }

  Lab pcpus(int number) {
    pcpus = number;
    return this;
  }

  Lab pin(Integer... pcpuOfEach) {
    pin = List.of(pcpuOfEach);
    return this;
  }

  /** A host thread on one pCPU that wants it for ever from time 0 on. */
  Lab hostHog(int pcpu) {
    return hostTask("hog on " + pcpu, pcpu, FOREVER_NS, FOREVER_NS);
  }

  Lab hostTask(String name, int pcpu, long periodNs, long burstNs) {
    hostTasks.add(new SimulationSpec.HostTask(name, pcpu, periodNs, burstNs));
    return this;
  }

  Lab guestKernel(String version) {
    guestKernel = KernelVersion.parse(version);
    return this;
  }

  Lab guestHz(int hz) {
    guestHz = hz;
    return this;
  }

  Lab noWatchdog() {
    watchdog = false;
    return this;
  }

  Lab forbidHostPoll() {
    forbidHostPoll = true;
    return this;
  }

  Lab tscDeadline() {
    apicTimer = ApicTimer.TSC_DEADLINE;
    return this;
  }

  Lab passThrough(PassThrough... what) {
    passThrough = Set.of(what);
    return this;
  }

  Lab onBareMetal() {
    nativeRun = true;
    return this;
  }

  Lab seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /** Every vCPU polls for this long. */
  Lab poll(long windowNs) {
    return haltPoll(seat -> now -> windowNs);
  }

  Lab haltPoll(Function<Seat, HaltPoll> factory) {
    haltPoll = factory;
    return this;
  }

  Lab idle(Function<Seat, IdlePolicy> factory) {
    idle = factory;
    return this;
  }

  Lab workload(Consumer<Guest> population) {
    workload = population;
    return this;
  }

  // --- what it costs ---

  /** The prices of these steps, summed. */
  long ns(Step... steps) {
    long sum = 0;
    for (Step step : steps) {
      sum += prices.get(step);
    }
    return sum;
  }

  /** One write of the timer register under KVM, with its exit and entry. */
  long timerWrite() {
    return ns(Step.VM_EXIT, Step.TIMER_HANDLER, Step.VM_ENTRY);
  }

  /**
   * When the first task's body is called first. The vCPU's thread is woken on an idle pCPU and enters; a Linux guest
   * arms its tick, finds its caches cold, and switches to the task.
   */
  long bootNs() {
    long entered = ns(Step.WAKE_THREAD, Step.SCHED_IN, Step.VM_ENTRY);
    return bare ? entered : entered + timerWrite() + ns(Step.COLD_WAKE, Step.GUEST_SWITCH);
  }

  HostProfile profile() {
    Map<Step, Cost> costs = new EnumMap<>(Step.class);
    prices.forEach((step, ns) -> costs.put(step, Cost.ofNs(ns, Basis.ASSUMED, "a prime")));
    return new HostProfile("bench", Hertz.parse("1GHz"), costs, cstates, features);
  }

  // --- programs ---

  /** These acts one after the other, each issuing one verb; then the task ends. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  static Body once(Consumer<Cpu>... acts) {
    List<Consumer<Cpu>> program = List.of(acts);
    int[] next = {0};
    return cpu -> {
      if (next[0] == program.size()) {
        cpu.exit();
      } else {
        program.get(next[0]++).accept(cpu);
      }
    };
  }

  /** These acts over and over. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  static Body forever(Consumer<Cpu>... acts) {
    List<Consumer<Cpu>> program = List.of(acts);
    int[] next = {0};
    return cpu -> program.get(next[0]++ % program.size()).accept(cpu);
  }

  /** Notes the instant in the journal, then does the verb. */
  Consumer<Cpu> mark(String what, Consumer<Cpu> verb) {
    return cpu -> {
      note(what, cpu.nowNs());
      verb.accept(cpu);
    };
  }

  /** Notes the instant in the journal, then computes for the rest of the run. */
  Consumer<Cpu> markAndStay(String what) {
    return mark(what, cpu -> cpu.compute(FOREVER_NS));
  }

  /** Computes, signals, notes in the journal when it "is free" again, and leaves its vCPU to nobody. */
  Body sender(long computeNs, Event event) {
    return once(c -> c.compute(computeNs), c -> c.signal(event), markAndStay("sender is free"));
  }

  void note(String what, long ns) {
    journal.add(new Stamp(what, ns));
  }

  /** The one instant of that name in the journal. */
  long at(String what) {
    List<Long> all = allOf(what);
    if (all.size() != 1) {
      throw new AssertionError("'" + what + "' is " + all.size() + " times in the journal: " + journal);
    }
    return all.get(0);
  }

  /** All instants of that name, in order. */
  List<Long> allOf(String what) {
    return journal.stream().filter(stamp -> stamp.what.equals(what)).map(Stamp::ns).toList();
  }

  // --- runs ---

  SimulationSpec spec(long warmupNs, long forNs) {
    SimulationSpec.Host host =
        new SimulationSpec.Host(
            profile(), hostKernel, hostHz, pcpus, cstates.size() - 1, idleGovernor, lazySwitchNs, tpauseNs, hostTasks);
    SimulationSpec.Vm vm =
        new SimulationSpec.Vm(
            "vm", bare ? null : guestKernel, guestHz, watchdog, vcpus, pin, forbidHostPoll, apicTimer,
            passThrough, haltPoll, idle, workload);
    return new SimulationSpec(seed, nativeRun, host, List.of(vm), 0, warmupNs, forNs);
  }

  /** Runs from time 0 and counts everything; ends at that time, or with the first transaction after it. */
  Outcome run(long forNs) {
    return run(0, forNs);
  }

  Outcome run(long warmupNs, long forNs) {
    Outcome outcome;
    try {
      outcome = Simulation.run(spec(warmupNs, forNs), 0);
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a test", e);
    }
    if (hostHz == QUIET && outcome.stepsCharged().contains(Step.HOST_TICK)) {
      throw new AssertionError("the host's one tick a second fell into this run: choose another seed");
    }
    return outcome;
  }

  static long exits(Outcome outcome, ExitReason reason) {
    return outcome.vms().get(0).exits().get(reason).count();
  }

  static long writes(Outcome outcome, MsrRegister register) {
    return outcome.vms().get(0).msrWrites().get(register).count();
  }

  static Outcome.Halts halts(Outcome outcome) {
    return outcome.vms().get(0).halts();
  }

  static long spent(Outcome outcome, int vcpu, VcpuState state) {
    return outcome.vms().get(0).vcpus().get(vcpu).byState().get(state);
  }

  // --- policies ---

  /** Halts always; stops the tick or not. */
  record Halting(boolean stopsTick) implements IdlePolicy {
    @Override
    public boolean isTickless() {
      return stopsTick;
    }

    private static final List<IdleState> STATES = List.of(new IdleState("HLT", IdleState.Kind.HLT, 0, 0));

    @Override
    public List<IdleState> states() {
      return STATES;
    }

    @Override
    public int select(long nowNs, long sleepNs, boolean tickStopped) {
      return 0;
    }
  }

  /** One state always, entered for at most so long, the tick kept. */
  record Staying(IdleState.Kind kind, long pollNs) implements IdlePolicy {
    @Override
    public boolean isTickless() {
      return false;
    }

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
}
