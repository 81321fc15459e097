package dev.haltlab.platform.run;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Step;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * Plans that need no plugin and an engine that needs no simulation: outcomes are drawn from the seed, obey every law
 * and look like a request-response workload's.
 */
public final class Synthetic {
  private Synthetic() {}

  /** What the made-up engine is told through a spec: a strategy's character. */
  public enum Flavour {
    NATIVE, OFF, POLLING, BOUND, SILENT
  }

  /** A plan of variants with these names and flavours. */
  public static Plan plan(int replications, Map<String, Flavour> variants) {
    return plan("made-up", replications, variants, 1, List.of());
  }

  /** A plan of variants with these names and flavours, a number of VMs and host tasks. */
  public static Plan plan(
      String scenario, int replications, Map<String, Flavour> variants, int vms, List<SimulationSpec.HostTask> tasks) {
    List<Plan.Variant> list = new ArrayList<>();
    variants.forEach((name, flavour) -> list.add(variant(scenario, replications, name, flavour, vms, tasks)));
    return new Plan(scenario, 42, replications, list);
  }

  private static Plan.Variant variant(
      String scenario, int replications, String name, Flavour flavour, int vms, List<SimulationSpec.HostTask> tasks) {
    boolean bare = flavour == Flavour.NATIVE;
    List<SimulationSpec.Vm> guests = new ArrayList<>();
    Map<String, Object> described = new LinkedHashMap<>();
    for (int i = 0; i < vms; i++) {
      String vm = i == 0 ? "rr" : "other" + i;
      guests.add(
          new SimulationSpec.Vm(
              vm, new KernelVersion(3, 16, 0), 250, true, 2, List.of(0, 1), false, seat -> noHaltPoll(),
              seat -> noIdle(), guest -> {}));
      Map<String, Object> guest = new LinkedHashMap<>();
      guest.put("kernel", "3.16");
      guest.put("vcpus", 2);
      guest.put("pin", List.of(0, 1));
      guest.put("workload", new LinkedHashMap<>(Map.of("use", "tcp-rr")));
      described.put(vm, guest);
    }
    Map<String, Object> resolved = new LinkedHashMap<>();
    resolved.put("scenario", scenario);
    resolved.put("seed", 42L);
    resolved.put("native", bare);
    resolved.put("haltPoll", new LinkedHashMap<>(Map.of("use", flavour == Flavour.POLLING ? "adaptive" : "off")));
    resolved.put("vms", described);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("for", "100ms");
    run.put("warmup", flavour.ordinal() + "ns");
    run.put("replications", replications);
    resolved.put("run", run);
    SimulationSpec.Host host = new SimulationSpec.Host(profile(), new KernelVersion(3, 11, 0), 1000, 2, 1, tasks);
    // The warm-up carries the flavour.
    SimulationSpec spec = new SimulationSpec(42, bare, host, guests, 0, flavour.ordinal(), 100_000_000);
    return new Plan.Variant(name, bare, flavour == Flavour.BOUND, resolved, spec);
  }

  private static HaltPoll noHaltPoll() {
    return now -> 0;
  }

  private static IdlePolicy noIdle() {
    throw new AssertionError("the made-up engine asks no plugin");
  }

  private static HostProfile profile() {
    Map<Step, Cost> steps = new EnumMap<>(Step.class);
    steps.put(Step.VM_EXIT, Cost.ofNs(300, Basis.MEASURED, "slide 15"));
    steps.put(Step.TIMER_HANDLER, Cost.ofNs(600, Basis.DERIVED, "slide 13 less the exit"));
    steps.put(Step.VM_ENTRY, Cost.ofNs(250, Basis.MEASURED, "slide 15"));
    steps.put(Step.SEND, Cost.ofNs(2_000, Basis.ASSUMED, "a plausible system call"));
    steps.put(Step.RECEIVE, Cost.ofNs(1_500, Basis.ASSUMED, "a plausible system call"));
    String target = "the talk's \"25 us slower\", jointly with \"saves 10-15 us\"";
    steps.put(Step.COLD_WAKE, Cost.ofNs(3_600, Basis.FITTED, target));
    steps.put(Step.WAKE_THREAD, Cost.ofNs(3_300, Basis.MEASURED, "slide 18"));
    steps.put(Step.POLL_NOTICE, Cost.ofNs(420, Basis.MEASURED, "slide 26"));
    steps.put(Step.HOST_TICK, Cost.ofNs(1_000, Basis.ASSUMED, "a plausible tick"));
    steps.put(Step.HARDWARE_IPI, Cost.ofNs(500, Basis.MEASURED, "slide 19"));
    List<CState> cstates =
        List.of(
            new CState("C1", Duration.ofNanos(1_000), Duration.ofNanos(2_000), 1_000),
            new CState("C6", Duration.ofNanos(50_000), Duration.ofNanos(200_000), 100));
    return new HostProfile("made-up", new Hertz(2_600_000_000L), steps, cstates, Set.of());
  }

  /** One replication, as an engine would answer. */
  public static Outcome outcome(SimulationSpec spec, int replication) {
    Flavour flavour = Flavour.values()[(int) spec.warmupNs()];
    SplittableRandom random = new SplittableRandom(spec.seed() * 31 + replication);
    long window = spec.forNs() + random.nextInt(20_000);
    List<Outcome.Vm> vms = new ArrayList<>();
    long[] guest = new long[2];
    long[] poll = new long[2];
    for (SimulationSpec.Vm vm : spec.vms()) {
      vms.add(vm(vm.name(), flavour, random, window / spec.vms().size(), window, guest, poll));
    }
    List<Outcome.HostTask> tasks = new ArrayList<>();
    long background = 0;
    for (SimulationSpec.HostTask task : spec.host().tasks()) {
      long got = 1_000_000 + random.nextInt(1_000);
      tasks.add(new Outcome.HostTask(task.name(), got, 2 * got));
      background += got;
    }
    List<Outcome.Pcpu> pcpus = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Map<PcpuState, Long> states = new EnumMap<>(PcpuState.class);
      states.put(PcpuState.GUEST, guest[i]);
      states.put(PcpuState.POLL, poll[i]);
      states.put(PcpuState.BACKGROUND, i == 0 ? background : 0L);
      states.put(PcpuState.HOST_IRQ, window / 1000);
      states.put(PcpuState.C_EXIT, i * window / 10_000);
      states.put(PcpuState.EXIT, flavour == Flavour.NATIVE ? 0 : window / 50);
      long idle = window - Figures.sum(states);
      states.put(PcpuState.IDLE, idle);
      Map<String, Long> cstates = new LinkedHashMap<>();
      cstates.put("C1", idle / 3);
      cstates.put("C6", idle - idle / 3);
      pcpus.add(new Outcome.Pcpu(i, states, cstates));
    }
    Set<Step> charged =
        flavour == Flavour.NATIVE
            ? EnumSet.of(Step.SEND, Step.RECEIVE, Step.HARDWARE_IPI, Step.HOST_TICK)
            : EnumSet.of(
                Step.VM_EXIT, Step.TIMER_HANDLER, Step.VM_ENTRY, Step.SEND, Step.RECEIVE, Step.HOST_TICK,
                flavour == Flavour.OFF ? Step.WAKE_THREAD : Step.POLL_NOTICE);
    if (flavour == Flavour.OFF) {
      charged.add(Step.COLD_WAKE);
    }
    return new Outcome(window, vms, pcpus, tasks, 1_000, charged);
  }

  private static Outcome.Vm vm(
      String name, Flavour flavour, SplittableRandom random, long share, long window, long[] guest, long[] poll) {
    boolean bare = flavour == Flavour.NATIVE;
    boolean polls = flavour == Flavour.POLLING || flavour == Flavour.BOUND;
    int count = flavour == Flavour.SILENT ? 0 : (int) (share / (bare ? 25_000 : polls ? 40_000 : 70_000));
    List<Map<PathStep, Long>> paths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<PathStep, Long> path = new EnumMap<>(PathStep.class);
      path.put(PathStep.GUEST_WORK, 1_000L);
      path.put(PathStep.SYSCALL, 7_000L + random.nextInt(500));
      path.put(PathStep.GUEST_SCHEDULER, 1_800L + random.nextInt(200));
      if (bare) {
        path.put(PathStep.HARDWARE_IPI, 1_000L + random.nextInt(40));
      } else {
        path.put(PathStep.TIMER_WRITE, 4_400L + random.nextInt(400));
        path.put(PathStep.ICR_EXIT, 300L + random.nextInt(10));
        path.put(PathStep.ICR_HANDLER, 900L + random.nextInt(100));
        path.put(polls ? PathStep.POLL_NOTICE : PathStep.WAKE_THREAD, (polls ? 840L : 6_600L) + random.nextInt(300));
        path.put(PathStep.SCHED_IN, polls ? 300L : 2_600L);
        if (!polls) {
          path.put(PathStep.COLD_WAKE, 7_200L);
        }
      }
      if (random.nextInt(40) == 0) {
        path.put(PathStep.HOST_IRQ, 1_000L + random.nextInt(40_000));
      }
      paths.add(path);
    }
    Outcome.ProbeOutcome probe = probe(paths);
    Map<ExitReason, Outcome.Count> exits = new EnumMap<>(ExitReason.class);
    Map<MsrRegister, Outcome.Count> writes = new EnumMap<>(MsrRegister.class);
    Outcome.Halts halts = new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1);
    long half = window / 20;
    if (!bare) {
      long n = Math.max(count, 1);
      writes.put(MsrRegister.TMICT, count(8 * n - n / 3, 9_000 * n));
      writes.put(MsrRegister.ICR, count(2 * n, 5_000 * n));
      exits.put(ExitReason.MSR_WRITE, count(10 * n - n / 3, 14_000 * n));
      exits.put(ExitReason.HLT, count(2 * n, 50_000 * n));
      exits.put(ExitReason.EXTERNAL_INTERRUPT, count(n / 30, 100 * n));
      long attempted = polls ? 2 * n : 0;
      halts =
          new Outcome.Halts(
              attempted, attempted - attempted / 9, 0, 2 * n - attempted + attempted / 9, 5_000 * attempted,
              100 * attempted, 20_000 * n, 2 * n, attempted / 50, attempted, 60_000 * attempted,
              polls ? 200_000 : -1);
    }
    List<Outcome.Vcpu> vcpus = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Map<VcpuState, Long> states = new EnumMap<>(VcpuState.class);
      states.put(VcpuState.GUEST, half + i);
      states.put(VcpuState.POLLING, polls ? half / 2 : 0);
      states.put(VcpuState.BLOCKED, window - Figures.sum(states));
      vcpus.add(new Outcome.Vcpu(i, states));
      guest[i] += half + i;
      poll[i] += states.get(VcpuState.POLLING);
    }
    return new Outcome.Vm(name, count, new LinkedHashMap<>(Map.of("transaction", probe)), exits, writes, halts, vcpus);
  }

  /** So many times with this sum, no two further apart than 1 ns. */
  public static Outcome.Count count(long count, long timeNs) {
    if (count == 0) {
      return new Outcome.Count(0, timeNs, Long.MAX_VALUE, 0, BigInteger.ZERO);
    }
    long least = timeNs / count;
    long more = timeNs % count;
    BigInteger squares = BigInteger.valueOf(least * least).multiply(BigInteger.valueOf(count - more))
        .add(BigInteger.valueOf((least + 1) * (least + 1)).multiply(BigInteger.valueOf(more)));
    return new Outcome.Count(count, timeNs, least, more > 0 ? least + 1 : least, squares);
  }

  /** A probe that has seen these paths. */
  public static Outcome.ProbeOutcome probe(List<Map<PathStep, Long>> paths) {
    Histogram histogram = new Histogram(3);
    long sum = 0;
    long min = Long.MAX_VALUE;
    long max = 0;
    Map<PathStep, Long> total = new EnumMap<>(PathStep.class);
    for (Map<PathStep, Long> path : paths) {
      long latency = Figures.sum(path);
      path.forEach((step, ns) -> total.merge(step, ns, Long::sum));
      histogram.recordValue(latency);
      sum += latency;
      min = Math.min(min, latency);
      max = Math.max(max, latency);
    }
    return new Outcome.ProbeOutcome(histogram, paths.size(), sum, min, max, total);
  }

  private static final class Figures {
    static long sum(Map<?, Long> parts) {
      return parts.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
