package dev.haltlab.platform.scenario;

import dev.haltlab.engine.HostFeatures;
import dev.haltlab.engine.PassThrough;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Binder;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.config.Words;
import dev.haltlab.platform.config.Yaml;
import dev.haltlab.platform.scenario.Resolver.Resolved;
import dev.haltlab.platform.scenario.Settings.Setting;
import dev.haltlab.platform.scenario.model.HostConfig;
import dev.haltlab.platform.scenario.model.ScenarioConfig;
import dev.haltlab.platform.scenario.model.TaskConfig;
import dev.haltlab.platform.scenario.model.Slot;
import dev.haltlab.platform.scenario.model.Types;
import dev.haltlab.platform.scenario.model.Variants;
import dev.haltlab.platform.scenario.model.VmConfig;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Feature;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.WorkloadProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a scenario file and resolves it against the installed plugins.
 *
 * <p>A variant is the file, the settings of the command line and the variant's own keys, bound together in one go: each
 * value keeps its place, and nothing has to be valid that does not run.
 */
public final class Planner {
  private static final String BASE = "base";
  private static final int MAX_PCPUS = 1024;

  private final Catalog catalog;
  private final List<Path> hostDirs;

  /** @param catalog the plugins a scenario may use */
  public Planner(Catalog catalog) {
    this(catalog, List.of());
  }

  /**
   * @param catalog the plugins a scenario may use
   * @param hostDirs folders with named host profiles, NAME.yaml; {@code ../hosts} beside the scenario's folder
   *     comes first; C-state tables are in {@code cstates} beside each
   */
  public Planner(Catalog catalog, List<Path> hostDirs) {
    this.catalog = catalog;
    this.hostDirs = List.copyOf(hostDirs);
  }

  /**
   * Resolves a scenario.
   *
   * @throws ProblemsException with every problem found, each with its place
   */
  public Plan plan(PlanRequest request) throws ProblemsException {
    Problems problems = new Problems();
    Plan plan = new Planning(request, problems).plan();
    problems.throwIfAny();
    if (plan == null) {
      throw new IllegalStateException("neither a plan nor a problem");
    }
    return plan;
  }

  /** One call of {@link #plan}. */
  private final class Planning {
    private final PlanRequest request;
    private final Problems problems;
    private final Binder binder = Types.binder(catalog);
    private final Resolver resolver;
    private final Problems warnings = new Problems();

    Planning(PlanRequest request, Problems problems) {
      this.request = request;
      this.problems = problems;
      Path folder = request.file().getParent();
      List<Path> dirs = new ArrayList<>();
      dirs.add((folder == null ? Path.of("") : folder).resolve("..").resolve("hosts").normalize());
      dirs.addAll(hostDirs);
      this.resolver = new Resolver(catalog, binder, dirs);
    }

    @Nullable Plan plan() {
      Node top = Yaml.read(request.file(), request.file().toString(), problems);
      if (top == null) {
        return null;
      }
      if (!(top instanceof Node.Mapping file)) {
        if (!(top instanceof Node.Broken)) {
          problems.add(top.place(), "not a scenario: expected a mapping, found " + top.describe(),
              "start from one of the shipped scenarios: haltlab init");
        }
        return null;
      }
      Node compareNode = file.get("compare");
      Variants variants = Variants.NONE;
      if (compareNode != null && !(compareNode instanceof Node.Broken)) {
        variants = binder.value(Variants.class, compareNode, problems);
      }
      Map<String, Node.Mapping> overlays = variants == null ? Map.of() : variants.byName();
      List<Setting> settings = Settings.read(request.settings(), overlays.keySet(), problems);
      Node.Mapping base = file.without("compare");
      checkNames(base);
      settings.forEach(setting -> checkHidden(setting, base, overlays));
      Map<String, Node.Mapping> runs =
          overlays.isEmpty() ? Map.of(BASE, new Node.Mapping(file.place(), Map.of())) : overlays;
      List<Plan.Variant> planned = new ArrayList<>();
      Set<String> sharedPoll = new HashSet<>();
      for (Map.Entry<String, Node.Mapping> run : runs.entrySet()) {
        List<Node.Mapping> layers = new ArrayList<>();
        layers.add(base);
        settings.stream().filter(s -> s.variant() == null).forEach(s -> layers.add(known(s.layer(), base, false)));
        request.seed().ifPresent(seed -> layers.add(option("--seed", seed, "seed")));
        request.replications().ifPresent(n -> layers.add(option("--replications", n, "run", "replications")));
        layers.add(known(run.getValue(), base, true));
        settings.stream().filter(s -> run.getKey().equals(s.variant()))
            .forEach(s -> layers.add(known(s.layer(), base, true)));
        VariantPlanning variant = new VariantPlanning(run.getKey(), new Layers(layers));
        Plan.Variant done = variant.plan();
        problems.addAll(variant.problems);
        if (variant.config == null || variant.config.vms().values().stream().anyMatch(vm -> vm.haltPoll().isEmpty())) {
          sharedPoll.add(run.getKey());
        }
        if (done != null) {
          planned.add(done);
        }
      }
      settings.stream()
          .filter(s -> s.path().get(0).equals(Kind.HALT_POLL.key()))
          .filter(s -> s.variant() == null ? sharedPoll.isEmpty() : !sharedPoll.contains(s.variant()))
          .forEach(s -> problems.add(
              s.place(), "has no effect: every VM has a haltPoll of its own", "set vms.NAME.haltPoll instead"));
      if (!problems.isEmpty()) {
        return null;
      }
      Map<String, Object> first = planned.get(0).resolved();
      @SuppressWarnings("unchecked")
      Map<String, Object> run = (Map<String, Object>) java.util.Objects.requireNonNull(first.get("run"));
      return new Plan(
          (String) java.util.Objects.requireNonNull(first.get("scenario")), planned.get(0).spec().seed(),
          Math.toIntExact((Long) java.util.Objects.requireNonNull(run.get("replications"))), planned, warnings.all());
    }

    /** An option of its own as a layer. */
    private static Node.Mapping option(String option, long value, String... path) {
      Place place = new Place(option, 0, 0, "");
      Node node = new Node.Scalar(place, Long.toString(value), true);
      for (int i = path.length - 1; i >= 0; i--) {
        node = new Node.Mapping(place, Map.of(path[i], new Node.Field(place, node)));
      }
      return (Node.Mapping) node;
    }

    private void checkNames(Node.Mapping base) {
      checkNamesIn(base.get("vms"));
      if (base.get("host") instanceof Node.Mapping host) {
        checkNamesIn(host.get("tasks"));
      }
    }

    private void checkNamesIn(@Nullable Node names) {
      if (names instanceof Node.Mapping mapping) {
        mapping.fields().forEach((name, field) -> Types.checkName(name, field.key(), problems));
      }
    }

    private void checkHidden(Setting setting, Node.Mapping base, Map<String, Node.Mapping> overlays) {
      if (setting.variant() == null && !overlays.isEmpty()
          && overlays.values().stream().allMatch(over -> Settings.hides(over, setting.layer(), base, ""))) {
        problems.add(
            setting.place(), "has no effect: every variant sets it itself",
            "write --set compare.VARIANT." + String.join(".", setting.path()) + "=...");
      }
    }

    /** A higher layer without what cannot be in it, after saying so. */
    private Node.Mapping known(Node.Mapping layer, Node.Mapping base, boolean variant) {
      Node.Mapping result = layer;
      if (variant) {
        for (String key : List.of("scenario", "seed", "compare")) {
          result = refused(result, key);
        }
        if (result.get("run") instanceof Node.Mapping run && run.get("replications") != null) {
          result = with(result, "run", refused(run, "replications"));
        }
      }
      if (result.get("vms") instanceof Node.Mapping vms && base.get("vms") instanceof Node.Mapping baseVms) {
        Node.Mapping rest = vms;
        for (Map.Entry<String, Node.Field> vm : vms.fields().entrySet()) {
          boolean known = baseVms.get(vm.getKey()) != null;
          boolean whole = vm.getValue().value() instanceof Node.Mapping keys && keys.get("workload") != null;
          if (!known && !whole) {
            problems.add(vm.getValue().key(), "there is no VM " + Words.quote(vm.getKey()),
                Words.suggest(vm.getKey(), baseVms.fields().keySet()));
            rest = rest.without(vm.getKey());
          } else if (!known) {
            Types.checkName(vm.getKey(), vm.getValue().key(), problems);
          }
        }
        result = with(result, "vms", rest);
      }
      return result;
    }

    private Node.Mapping refused(Node.Mapping layer, String key) {
      Node.Field field = layer.fields().get(key);
      if (field == null) {
        return layer;
      }
      problems.add(field.key(), "cannot differ between variants", "set it once for the scenario");
      return layer.without(key);
    }

    private static Node.Mapping with(Node.Mapping mapping, String key, Node value) {
      Map<String, Node.Field> fields = new LinkedHashMap<>(mapping.fields());
      fields.computeIfPresent(key, (k, old) -> new Node.Field(old.key(), value));
      return new Node.Mapping(mapping.place(), fields);
    }

    /** One variant. */
    private final class VariantPlanning {
      private final String name;
      private final Layers layers;
      /** Its own, as a problem met before in another variant still stops this one. */
      private final Problems problems = new Problems();
      private @Nullable ScenarioConfig config;

      VariantPlanning(String name, Layers layers) {
        this.name = name;
        this.layers = layers;
      }

      Plan.@Nullable Variant plan() {
        ScenarioConfig bound = binder.bind(ScenarioConfig.defaults(), layers.all(), problems);
        config = bound;
        if (bound == null) {
          checkSlots();
          return null;
        }
        if (!bound.scenario().matches("[A-Za-z0-9_.-]+")) {
          problems.add(
              layers.place("scenario"), "the name " + Words.quote(bound.scenario()) + " cannot be used",
              "names are letters, digits, - and _");
          return null;
        }
        if (bound.vms().isEmpty()) {
          problems.add(layers.place("vms"), "names no VM", "a scenario needs at least one");
          return null;
        }
        Resolved<HostProfileProvider> cpu = resolve(Kind.CPU, bound.host().cpu(), "host", "cpu");
        Resolved<HaltPollProvider> poll = resolve(Kind.HALT_POLL, bound.haltPoll(), "haltPoll");
        Map<String, Vm> vms = new LinkedHashMap<>();
        bound.vms().forEach((vm, c) -> {
          Resolved<HaltPollProvider> own = c.haltPoll().isEmpty() ? poll
              : resolve(Kind.HALT_POLL, c.haltPoll().get(), "vms", vm, "haltPoll");
          Resolved<IdlePolicyProvider> idle = resolve(Kind.IDLE, c.idle(), "vms", vm, "idle");
          Resolved<WorkloadProvider> workload = resolve(Kind.WORKLOAD, c.workload(), "vms", vm, "workload");
          if (own != null && idle != null && workload != null) {
            vms.put(vm, new Vm(vm, c, own, idle, workload));
          }
        });
        int primary = primary(bound);
        int pcpus = bound.host().pcpus().orElseGet(() -> enough(bound));
        checkPlaces(bound, pcpus);
        if (bound.native_()) {
          checkNative(bound);
        }
        int deepest = cpu == null ? 0 : deepest(bound.host(), (HostProfile) cpu.config());
        if (cpu == null || poll == null || vms.size() < bound.vms().size() || !problems.isEmpty()) {
          return null;
        }
        List<CState> allowed = ((HostProfile) cpu.config()).cstates().subList(0, deepest + 1);
        List<Boolean> hindsight = new ArrayList<>();
        vms.values().forEach(vm -> {
          hindsight.add(vm.tryOutStrategy(problems));
          vm.tryOutPolicy(vm.mwaitStates(bound.native_(), allowed), problems);
          vm.tryOutWorkload(problems);
        });
        if (problems.isEmpty()) {
          cpu.advise(warnings, problems);
          if (!bound.native_()) {
            adviseOnFeatures(bound.host().kernel(), (HostProfile) cpu.config());
          }
          vms.values().forEach(vm -> vm.advise(bound.native_(), allowed, layers, warnings, problems));
        }
        if (!problems.isEmpty()) {
          return null;
        }
        HostProfile profile = (HostProfile) cpu.config();
        String cstate = profile.cstates().get(deepest).name();
        ScenarioConfig resolved = resolved(bound, cpu, poll, vms, primary, pcpus, cstate);
        Map<String, Object> tree = new LinkedHashMap<>(binder.tree(resolved));
        tree.remove("compare");
        return variant(resolved, tree, profile, vms, primary, pcpus, deepest, hindsight.get(primary));
      }

      /** Slots of a scenario that is broken elsewhere: their problems are to be reported all the same. */
      private void checkSlots() {
        ScenarioConfig defaults = ScenarioConfig.defaults();
        checkSlot(Kind.CPU, null, "host", "cpu");
        checkSlot(Kind.HALT_POLL, defaults.haltPoll(), "haltPoll");
        for (String vm : layers.keys("vms")) {
          checkSlot(Kind.HALT_POLL, null, "vms", vm, "haltPoll");
          checkSlot(Kind.IDLE, VmConfig.defaults().idle(), "vms", vm, "idle");
          checkSlot(Kind.WORKLOAD, null, "vms", vm, "workload");
        }
      }

      private void checkSlot(Kind<?> kind, @Nullable Slot defaults, String... path) {
        List<Node> nodes = layers.at(path);
        Slot slot = nodes.isEmpty() ? defaults : binder.value(Slot.class, defaults, nodes, problems);
        if (slot != null) {
          resolve(kind, slot, path);
        }
      }

      private <P> @Nullable Resolved<P> resolve(Kind<P> kind, Slot slot, String... path) {
        return resolver.resolve(kind, slot, layers.place(path), problems);
      }

      private Plan.@Nullable Variant variant(
          ScenarioConfig c, Map<String, Object> tree, HostProfile profile, Map<String, Vm> vms, int primary, int pcpus,
          int deepest, boolean hindsight) {
        List<SimulationSpec.HostTask> tasks = new ArrayList<>();
        c.host().tasks().forEach((task, t) -> tasks.add(
            new SimulationSpec.HostTask(task, t.pcpu().orElse(-1), t.period().toNanos(), t.burst().toNanos())));
        try {
          SimulationSpec spec = new SimulationSpec(
              c.seed(), c.native_(),
              new SimulationSpec.Host(
                  profile, c.host().kernel(), c.host().hz(), pcpus, deepest, c.host().idleGovernor(),
                  c.host().lazySwitch().toNanos(), c.host().tpause().toNanos(), tasks),
              vms.values().stream().map(Vm::spec).toList(), primary, c.run().warmup().toNanos(),
              c.run().for_().toNanos());
          return new Plan.Variant(name, c.native_(), hindsight && !c.native_(), tree, spec);
        } catch (IllegalArgumentException e) {
          problems.add(layers.place(), Words.oneLine(String.valueOf(e.getMessage()), 300), "");
          return null;
        }
      }

      private ScenarioConfig resolved(
          ScenarioConfig c, Resolved<?> cpu, Resolved<?> poll, Map<String, Vm> vms, int primary, int pcpus,
          String cstate) {
        Map<String, VmConfig> resolvedVms = new LinkedHashMap<>();
        vms.forEach((vm, v) -> resolvedVms.put(vm, new VmConfig(
            v.config.kernel(), v.config.hz(), v.config.watchdog(), v.config.vcpus(), v.config.pin(),
            v.config.forbidHostPoll(), v.config.apicTimer(), v.config.passThrough(), Optional.of(v.haltPoll.slot()),
            v.idle.slot(), v.workload.slot())));
        HostConfig host = new HostConfig(
            cpu.slot(), c.host().kernel(), c.host().hz(), Optional.of(pcpus), Optional.of(cstate),
            c.host().idleGovernor(), c.host().lazySwitch(), c.host().tpause(), c.host().tasks());
        return new ScenarioConfig(
            c.scenario(), c.seed(), host, poll.slot(),
            Optional.of(List.copyOf(vms.keySet()).get(primary)), c.native_(), resolvedVms, c.run(), Variants.NONE);
      }

      private int primary(ScenarioConfig c) {
        if (c.measure().isEmpty()) {
          return 0;
        }
        int index = List.copyOf(c.vms().keySet()).indexOf(c.measure().get());
        if (index < 0) {
          problems.add(layers.place("measure"), "there is no VM " + Words.quote(c.measure().get()),
              Words.suggest(c.measure().get(), c.vms().keySet()));
        }
        return index;
      }

      private static int enough(ScenarioConfig c) {
        Set<Integer> pinned = new HashSet<>();
        int free = 0;
        for (VmConfig vm : c.vms().values()) {
          pinned.addAll(vm.pin());
          free += vm.pin().isEmpty() ? vm.vcpus() : 0;
        }
        int highest = pinned.stream().mapToInt(p -> p).max().orElse(-1);
        return Math.max(1, Math.min(MAX_PCPUS, Math.max(Math.min(highest, MAX_PCPUS) + 1, pinned.size() + free)));
      }

      private void checkPlaces(ScenarioConfig c, int pcpus) {
        String range = pcpus == 1 ? "the host has pCPU 0 only" : "the host has pCPUs 0 to " + (pcpus - 1);
        c.vms().forEach((vm, v) -> {
          for (int i = 0; i < v.pin().size(); i++) {
            int pcpu = v.pin().get(i);
            if (pcpu < 0 || pcpu >= pcpus) {
              problems.add(layers.place("vms", vm, "pin", "[" + i + "]"), "there is no pCPU " + pcpu, range);
            }
          }
        });
        for (Map.Entry<String, TaskConfig> task : c.host().tasks().entrySet()) {
          task.getValue().pcpu().filter(p -> p < 0 || p >= pcpus).ifPresent(p -> problems.add(
              layers.place("host", "tasks", task.getKey(), "pcpu"), "there is no pCPU " + p,
              range + (c.host().pcpus().isEmpty() ? ", as many as the VMs need; give host.pcpus for more" : "")));
        }
      }

      private void checkNative(ScenarioConfig c) {
        if (c.vms().size() != 1) {
          problems.add(layers.place("native"), "native needs exactly one VM, there are " + c.vms().size(), "");
          return;
        }
        String vm = c.vms().keySet().iterator().next();
        List<Integer> pin = c.vms().values().iterator().next().pin();
        if (pin.isEmpty() || new HashSet<>(pin).size() != pin.size()) {
          problems.add(
              layers.place("native"), "native needs each vCPU of '" + vm + "' pinned to a pCPU of its own",
              "give vms." + vm + ".pin, as [0, 1]");
        }
      }

      /** Features that are given, or the profile's, and that this host does not use. */
      private void adviseOnFeatures(KernelVersion kernel, HostProfile profile) {
        for (Feature feature : profile.features()) {
          String why = HostFeatures.whyUnused(feature, profile.features(), kernel);
          if (why != null) {
            warnings.add(
                layers.place("host", "cpu", "features"), Words.camelCase(feature.name()) + " has no effect: it " + why,
                "give host.kernel a version that uses it, or leave it out of host.cpu.features");
          }
        }
      }

      private int deepest(HostConfig host, HostProfile profile) {
        if (host.deepestCState().isEmpty()) {
          return 0;
        }
        List<String> names = profile.cstates().stream().map(CState::name).toList();
        int index = names.indexOf(host.deepestCState().get());
        if (index < 0) {
          problems.add(
              layers.place("host", "deepestCState"),
              "this CPU has no idle state " + Words.quote(host.deepestCState().get()),
              Words.suggest(host.deepestCState().get(), new TreeSet<>(names)));
        }
        return Math.max(0, index);
      }
    }
  }

  /** A VM with its plugins. */
  private record Vm(
      String name, VmConfig config, Resolved<HaltPollProvider> haltPoll, Resolved<IdlePolicyProvider> idle,
      Resolved<WorkloadProvider> workload) {
    private static final int SHORT_HALTS = 64;
    private static final long SHORT_HALT_NS = 5_000;

    /** Makes it once for each vCPU; whether one is a bound. */
    boolean tryOutStrategy(Problems problems) {
      boolean hindsight = false;
      for (int i = 0; i < config.vcpus(); i++) {
        Seat seat = DryGuest.seat(name, i, config.vcpus(), GuestView.QUIET);
        try {
          hindsight |= strategy(seat) instanceof HaltPoll.Hindsight;
        } catch (RuntimeException | LinkageError e) {
          haltPoll.failed(e, "to start", problems);
          break;
        }
      }
      return hindsight;
    }

    /** The idle states that its MWAIT reaches, of those the host allows. */
    List<CState> mwaitStates(boolean native_, List<CState> allowed) {
      return native_ || config.passThrough().contains(PassThrough.MWAIT) ? allowed : List.of();
    }

    private Seat idleSeat(int vcpu, List<CState> mwaitStates) {
      return DryGuest.seat(name, vcpu, config.vcpus(), DryGuest.view(config, mwaitStates));
    }

    /** Makes it once for each vCPU. */
    void tryOutPolicy(List<CState> mwaitStates, Problems problems) {
      for (int i = 0; i < config.vcpus(); i++) {
        try {
          List<IdleState> states = policy(idleSeat(i, mwaitStates)).states();
          if (states.isEmpty()) {
            throw new IllegalStateException("it has no idle states");
          }
          Optional<IdleState> mwait = states.stream().filter(s -> s.kind() == IdleState.Kind.MWAIT).findFirst();
          if (mwait.isPresent() && mwaitStates.isEmpty()) {
            problems.add(
                idle.place(),
                "the idle policy '" + idle.entry().id() + "' has the MWAIT state " + mwait.get().name()
                    + ", and MWAIT is not passed through to VM '" + name + "'",
                "set vms." + name + ".passThrough: [hlt, mwait], which is QEMU's -overcommit cpu-pm=on");
            return;
          }
        } catch (RuntimeException | LinkageError e) {
          idle.failed(e, "to start", problems);
          return;
        }
      }
    }

    /** Has it define its tasks once. */
    void tryOutWorkload(Problems problems) {
      try {
        populate(new DryGuest(config.vcpus()));
      } catch (RuntimeException | LinkageError e) {
        workload.failed(e, "to define its tasks", problems);
      }
    }

    /** What is probably not meant, by its plugins and by what they are to each other. */
    void advise(
        boolean native_, List<CState> allowed, Layers layers, Problems warnings, Problems problems) {
      workload.advise(warnings, problems);
      idle.advise(warnings, problems);
      if (native_) {
        return;
      }
      haltPoll.advise(warnings, problems);
      if (config.passThrough().contains(PassThrough.HLT)) {
        if (config.haltPoll().isPresent()) {
          warnings.add(
              layers.place("vms", name, "haltPoll"),
              "is never asked: HLT is passed through, so the host does not see this VM halt",
              "leave it out, or take hlt out of vms." + name + ".passThrough");
        }
        return;
      }
      if (!config.forbidHostPoll() && bothSidesPoll(mwaitStates(false, allowed))) {
        warnings.add(
            layers.place("vms", name, "idle"),
            "both sides poll: the guest spins before it halts, and when nothing came the host polls for the same"
                + " wake-up again",
            "set vms." + name + ".forbidHostPoll: true, as Linux's cpuidle-haltpoll driver does (MSR 0x4b564d05), or"
                + " haltPoll: off");
      }
    }

    private boolean bothSidesPoll(List<CState> mwaitStates) {
      try {
        return guestPollsBeforeItHalts(mwaitStates) && hostPolls();
      } catch (RuntimeException | LinkageError e) {
        return false; // the run will tell which plugin failed at what
      }
    }

    /** Whether the guest polls where it is idle for short times, found out by a few of them; and halts otherwise. */
    private boolean guestPollsBeforeItHalts(List<CState> mwaitStates) {
      IdlePolicy tried = policy(idleSeat(0, mwaitStates));
      List<IdleState> states = tried.states();
      if (states.stream().noneMatch(s -> s.kind() == IdleState.Kind.HLT)) {
        return false;
      }
      for (long nowNs = 0; nowNs < SHORT_HALTS * SHORT_HALT_NS; nowNs += SHORT_HALT_NS) {
        int chosen = tried.select(nowNs, Long.MAX_VALUE, false);
        if (states.get(chosen).kind() == IdleState.Kind.POLL) {
          return true;
        }
        tried.reflect(chosen, SHORT_HALT_NS, false);
      }
      return false;
    }

    /** Whether the host polls for a vCPU that halts for short times, found out by a few such halts. */
    private boolean hostPolls() {
      HaltPoll tried = strategy(DryGuest.seat(name, 0, config.vcpus(), GuestView.QUIET));
      long nowNs = 0;
      for (int i = 0; i < SHORT_HALTS; i++) {
        if (tried.budget(nowNs) > 0) {
          return true;
        }
        nowNs += SHORT_HALT_NS;
        tried.woken(nowNs, SHORT_HALT_NS, 0, true, true);
      }
      return false;
    }

    SimulationSpec.Vm spec() {
      return new SimulationSpec.Vm(
          name, config.kernel().version().orElse(null), config.hz(), config.watchdog(), config.vcpus(), config.pin(),
          config.forbidHostPoll(), config.apicTimer(), config.passThrough(), this::strategy, this::policy, this::populate);
    }

    @SuppressWarnings("unchecked") // the configuration was bound over this provider's own defaults
    private HaltPoll strategy(Seat seat) {
      return ((HaltPollProvider<Record>) haltPoll.entry().provider()).create(haltPoll.config(), seat);
    }

    @SuppressWarnings("unchecked")
    private IdlePolicy policy(Seat seat) {
      return ((IdlePolicyProvider<Record>) idle.entry().provider()).create(idle.config(), seat);
    }

    @SuppressWarnings("unchecked")
    private void populate(Guest guest) {
      ((WorkloadProvider<Record>) workload.entry().provider()).define(workload.config(), guest);
    }
  }
}
