package dev.haltlab.platform.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.IdleState;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.Step;
import dev.haltlab.spi.WorkloadProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins how the parts of a scenario are laid over each other, and what a plan makes of them. */
public final class PlannerTest {
  private static final String GOOD = """
      scenario: s
      host: {cpu: ivy-bridge}
      haltPoll: {use: fixed, window: 50us}
      vms: {rr: {vcpus: 2, pin: [0, 1], workload: tcp-rr}}
      """;

  @TempDir private Path folder;

  // ------------------------------------------------------------------ defaults

  @Test
  void whatTheFileDoesNotSayHasItsDefault() throws Exception {
    Plan plan = plan("scenario: s\nhost: {cpu: ivy-bridge}\nvms: {a: {workload: idle}}\n");
    assertThat(plan.seed()).isEqualTo(1);
    assertThat(plan.replications()).isEqualTo(5);
    Plan.Variant base = plan.variants().get(0);
    assertThat(base.name()).isEqualTo("base");
    assertThat(base.nativeRun()).isFalse();
    assertThat(at(base, "haltPoll.use")).isEqualTo("adaptive");
    assertThat(at(base, "vms.a.haltPoll.use")).isEqualTo("adaptive");
    assertThat(at(base, "vms.a.idle.use")).isEqualTo("nohz");
    assertThat(at(base, "vms.a.kernel")).isEqualTo("3.16");
    assertThat(at(base, "host.kernel")).isEqualTo("6.11");
    assertThat(at(base, "host.deepestCState")).isEqualTo("C1");
    assertThat(at(base, "measure")).isEqualTo("a");
    assertThat(at(base, "run")).isEqualTo(Map.of("for", "1s", "warmup", "100ms", "replications", 5L));
    assertThat(base.spec().forNs()).isEqualTo(1_000_000_000);
    assertThat(base.spec().warmupNs()).isEqualTo(100_000_000);
    assertThat(base.spec().vms().get(0).hz()).isEqualTo(250);
    assertThat(base.spec().host().hz()).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "{a: {workload: idle}}|1",
    "{a: {vcpus: 3, workload: idle}}|3",
    "{a: {vcpus: 2, pin: [0, 3], workload: idle}}|4",
    "{a: {vcpus: 2, pin: [1, 1], workload: idle}}|2",
    "{a: {pin: [0], workload: idle}, b: {vcpus: 2, workload: idle}}|3",
    "{a: {pin: [0], workload: idle}, b: {pin: [0], workload: idle}}|1",
  })
  void thereAreAsManyPcpusAsTheVmsNeed(String vms, int pcpus) throws Exception {
    assertThat(plan("scenario: s\nhost: {cpu: ivy-bridge}\nvms: " + vms + "\n").variants().get(0).spec().host().pcpus())
        .isEqualTo(pcpus);
  }

  @Test
  void aDefaultThatDependsOnAnotherKeyIsFilledInFromWhatWasGiven() throws Exception {
    Plan plan = plan(GOOD.replace("{use: fixed, window: 50us}", "{use: adaptive, kernel: \"4.19.0-26-amd64\"}")
        + "compare: {old: {}, new: {haltPoll: {kernel: \"6.11\", max: 1us}}, arm: {haltPoll: {arch: arm64}}}\n");
    assertThat(at(plan.variants().get(0), "haltPoll")).hasToString(
        "{use=adaptive, kernel=4.19, arch=x86, max=200us, grow=2, growStart=10us, shrink=0, changes=[]}");
    assertThat(at(plan.variants().get(1), "haltPoll")).hasToString(
        "{use=adaptive, kernel=6.11, arch=x86, max=1us, grow=2, growStart=10us, shrink=2, changes=[]}");
    assertThat(at(plan.variants().get(2), "haltPoll.max")).isEqualTo("500us");
  }

  @Test
  void aBareGuestHasNoKernel() throws Exception {
    Plan plan = plan("scenario: s\nhost: {cpu: ivy-bridge}\nvms: {a: {kernel: none, workload: idle}}\n");
    assertThat(plan.variants().get(0).spec().vms().get(0).kernel()).isNull();
    assertThat(at(plan.variants().get(0), "vms.a.kernel")).isEqualTo("none");
  }

  @Test
  void aVmsOwnHaltPollWinsOverTheScenarios() throws Exception {
    Plan.Variant v = plan("""
        scenario: s
        host: {cpu: ivy-bridge}
        haltPoll: off
        vms: {a: {workload: idle}, b: {haltPoll: oracle, workload: idle}}
        measure: b
        """).variants().get(0);
    assertThat(at(v, "vms.a.haltPoll.use")).isEqualTo("off");
    assertThat(at(v, "vms.b.haltPoll.use")).isEqualTo("oracle");
    assertThat(v.bound()).isTrue();
    assertThat(v.spec().primaryVm()).isEqualTo(1);
    assertThat(v.spec().vms().get(1).haltPoll().apply(DryGuest.seat("b", 0, 1, GuestView.QUIET)))
        .isInstanceOf(HaltPoll.Hindsight.class);
  }

  // ------------------------------------------------------------------ variants

  @Test
  void variantsRunInTheOrderOfTheFileAndNothingElseRuns() throws Exception {
    Plan plan = plan(GOOD + "compare: {z: {}, native: {native: true}, a: {haltPoll: off}}\n");
    assertThat(plan.variants()).extracting(Plan.Variant::name).containsExactly("z", "native", "a");
    assertThat(plan.variants()).extracting(Plan.Variant::nativeRun).containsExactly(false, true, false);
    assertThat(plan.variants()).allSatisfy(v -> assertThat(v.resolved()).doesNotContainKey("compare"));
  }

  @Test
  void theSameUseMergesKeysAndAnotherUseReplacesTheSlot() throws Exception {
    Plan plan = plan("""
        scenario: s
        host: {cpu: ivy-bridge}
        haltPoll: {use: adaptive, max: 100us, grow: 3}
        vms: {a: {workload: idle}}
        compare:
          merged: {haltPoll: {max: 7us}}
          named: {haltPoll: {use: adaptive, max: 8us}}
          bare: {haltPoll: adaptive}
          other: {haltPoll: {use: fixed}}
        """);
    assertThat(plan.variants().stream().map(v -> at(v, "haltPoll.max"))).containsExactly("7us", "8us", "100us", null);
    assertThat(plan.variants().stream().map(v -> at(v, "haltPoll.grow"))).containsExactly(3L, 3L, 3L, null);
    assertThat(at(plan.variants().get(3), "haltPoll.window")).isEqualTo("200us");
  }

  @Test
  void mapsMergeAndListsCostsAndDistributionsAreReplacedWhole() throws Exception {
    Plan.Variant v = plan("""
        scenario: s
        host:
          cpu:
            use: ivy-bridge
            steps: {coldWake: {min: 1us, p50: 1us, p90: 1us, p99: 1us, max: 1us, basis: fitted, source: x}, send: 5us}
          tasks: {t: {pcpu: 0, period: 1ms, burst: 1us}, u: {period: 1ms, burst: 1us}}
        vms: {a: {vcpus: 2, pin: [0, 1], workload: {use: tcp-rr, clientWork: {exponential: 1us}, serverWork: 2us}}}
        compare:
          v:
            host: {cpu: {steps: {coldWake: 0ns}}, tasks: {t: {burst: 2us}}}
            vms: {a: {pin: [1, 0], workload: {clientWork: {uniform: [1us, 2us]}}}}
        """).variants().get(0);
    assertThat(at(v, "host.cpu.steps.coldWake")).isEqualTo("0ns");
    assertThat(at(v, "host.cpu.steps.send")).isEqualTo("5us");
    assertThat(at(v, "host.tasks.t")).isEqualTo(Map.of("pcpu", 0L, "period", "1ms", "burst", "2us"));
    assertThat(at(v, "host.tasks.u.burst")).isEqualTo("1us");
    assertThat(at(v, "vms.a.pin")).isEqualTo(List.of(1L, 0L));
    assertThat(at(v, "vms.a.workload.clientWork")).isEqualTo(Map.of("uniform", List.of("1us", "2us")));
    assertThat(at(v, "vms.a.workload.serverWork")).isEqualTo("2us");
    assertThat(v.spec().host().profile().steps().get(Step.COLD_WAKE)).isNotNull()
        .satisfies(cost -> assertThat(cost.maxPs()).isZero());
  }

  @Test
  void whatEveryVariantGivesTheBaseNeedNotGive() throws Exception {
    Plan plan = plan("""
        scenario: s
        vms: {a: {vcpus: 1}}
        compare:
          x: {host: {cpu: ivy-bridge}, vms: {a: {workload: idle}}}
          y: {host: {cpu: haswell}, vms: {a: {workload: tcp-rr}, extra: {workload: background}}}
        """);
    assertThat(plan.variants().get(1).spec().vms()).hasSize(2);
  }

  // ------------------------------------------------------------------ --set, --seed, --replications

  @Test
  void aSettingChangesEveryVariantThatDoesNotSayOtherwise() throws Exception {
    String yaml = GOOD + "compare: {a: {}, b: {haltPoll: {window: 9us}}, c: {haltPoll: off}}\n";
    Plan plan = plan(yaml, "haltPoll.window=3us", "vms.rr.kernel=4.10", "host.cpu.steps.coldWake=0ns");
    assertThat(plan.variants().stream().map(v -> at(v, "haltPoll.window"))).containsExactly("3us", "9us", null);
    assertThat(plan.variants()).allSatisfy(v -> {
      assertThat(at(v, "vms.rr.kernel")).isEqualTo("4.10");
      assertThat(at(v, "host.cpu.steps.coldWake")).isEqualTo("0ns");
    });
  }

  @Test
  void aSettingReachesOneVariantByItsName() throws Exception {
    Plan plan = plan(GOOD + "compare: {a: {}, b: {}}\n", "compare.b.haltPoll.window=3us");
    assertThat(plan.variants().stream().map(v -> at(v, "haltPoll.window"))).containsExactly("50us", "3us");
  }

  @Test
  void aSettingMayBeAListAMappingABareIdOrAKeyOfADefaultPlugin() throws Exception {
    String yaml = "scenario: s\nhost: {cpu: ivy-bridge}\nvms: {a: {vcpus: 2, workload: tcp-rr}}\n";
    Plan.Variant v = plan(yaml, "vms.a.pin=[1, 0]", "vms.a.workload.clientWork={exponential: 1us}", "haltPoll.max=1us",
        "vms.a.idle=poll", "measure=a").variants().get(0);
    assertThat(at(v, "vms.a.pin")).isEqualTo(List.of(1L, 0L));
    assertThat(at(v, "vms.a.workload.clientWork")).isEqualTo(Map.of("exponential", "1us"));
    assertThat(at(v, "haltPoll.use")).isEqualTo("adaptive");
    assertThat(at(v, "haltPoll.max")).isEqualTo("1us");
    assertThat(at(v, "vms.a.idle.use")).isEqualTo("poll");
  }

  @Test
  void laterSettingsWinOverEarlierOnes() throws Exception {
    assertThat(at(plan(GOOD, "haltPoll.window=3us", "haltPoll.window=4us").variants().get(0), "haltPoll.window"))
        .isEqualTo("4us");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "haltPol.window=1us|--set: haltPol: unknown key (did you mean haltPoll?)",
    "haltPoll.windw=1us|--set: haltPoll.windw: unknown key (did you mean window?)",
    "vms.rx.vcpus=2|--set: vms.rx: there is no VM 'rx' (did you mean rr?)",
    "vms.rr.vcpus=two|--set: vms.rr.vcpus: expected a whole number, found 'two' (write a number such as 4)",
    "vms.rr.vcpus=|--set: vms.rr.vcpus: has no value",
    "vms.rr.vcpus=null|--set: vms.rr.vcpus: has no value (give it a value or leave the key out)",
    "vms.rr.pin=[0|--set: vms.rr.pin: not YAML: expected ',' or ']', but got <stream end> "
        + "(while parsing a flow sequence that starts in line 1)",
    "vms.rr.pin=[0, 7]|--set: vms.rr.pin[1]: there is no pCPU 7 (the host has pCPUs 0 to 3)",
    "haltPoll.window|--set: 'haltPoll.window' is not path=value (write --set haltPoll.window=50us)",
    "=5|--set: '=5' is not path=value (write --set haltPoll.window=50us)",
    "haltPoll..window=5us|--set: haltPoll..window: is not a path (write keys joined by points, as vms.rr.vcpus)",
    "compare.c.haltPoll.window=5us|--set: compare.c: there is no variant 'c' (there are: fixed, long)",
    "compare.fixed=5us|--set: compare.fixed: sets no key of a variant "
        + "(write --set compare.VARIANT.haltPoll.window=50us)",
    "compare.fixed.seed=5|--set: compare.fixed.seed: cannot differ between variants (set it once for the scenario)",
    "host.hz=1|--set: host.hz: has no effect: every variant sets it itself (write --set compare.VARIANT.host.hz=...)",
    "haltPoll=off|--set: haltPoll: has no effect: every variant sets it itself "
        + "(write --set compare.VARIANT.haltPoll=...)",
    "haltPoll.use=off|--set: haltPoll.use: has no effect: every variant sets it itself "
        + "(write --set compare.VARIANT.haltPoll.use=...)",
  })
  void aSettingThatCannotBeIsAProblem(String setting, String problem) throws IOException {
    String yaml = GOOD.replace("{cpu: ivy-bridge}", "{cpu: ivy-bridge, pcpus: 4}")
        + "compare: {fixed: {host: {hz: 100}, haltPoll: {use: fixed}}, long: {host: {hz: 100}, haltPoll: fixed}}\n";
    assertThat(problems(yaml, setting)).containsExactly(problem);
  }

  @Test
  void aSettingOfTheSharedHaltPollThatNoVmUsesIsAProblem() throws IOException {
    String yaml = "scenario: s\nhost: {cpu: ivy-bridge}\nvms: {a: {haltPoll: off, workload: idle}}\n";
    assertThat(problems(yaml, "haltPoll.max=1us")).containsExactly(
        "--set: haltPoll.max: has no effect: every VM has a haltPoll of its own (set vms.NAME.haltPoll instead)");
  }

  @Test
  void seedAndReplicationsOfTheCommandLineWin() throws Exception {
    Plan plan = new Planner(Plugins.builtIn()).plan(
        new PlanRequest(file(GOOD), List.of(), OptionalLong.of(-9), OptionalInt.of(2)));
    assertThat(plan.seed()).isEqualTo(-9);
    assertThat(plan.replications()).isEqualTo(2);
    assertThat(plan.variants().get(0).spec().seed()).isEqualTo(-9);
    assertThat(at(plan.variants().get(0), "seed")).isEqualTo(-9L);
    assertThat(at(plan.variants().get(0), "run.replications")).isEqualTo(2L);
    ProblemsException none = catchThrowableOfType(ProblemsException.class, () -> new Planner(Plugins.builtIn()).plan(
        new PlanRequest(file(GOOD), List.of(), OptionalLong.empty(), OptionalInt.of(0))));
    assertThat(none.problems()).extracting(Problem::toString)
        .containsExactly("--replications: must be 1 to 100000, was 0");
  }

  // ------------------------------------------------------------------ named host profiles

  @Test
  void aFileInTheHostsFolderIsAProfile() throws Exception {
    host("mine", "use: ivy-bridge\ntitle: mine\nsteps: {coldWake: 1us, send: 2us}\n");
    host("yours", "use: mine\nsteps: {coldWake: 3us}\n");
    String yaml = GOOD.replace("{cpu: ivy-bridge}", "{cpu: {use: yours, steps: {vmExit: 4us}}}");
    Plan.Variant v = plan(yaml).variants().get(0);
    assertThat(at(v, "host.cpu.use")).isEqualTo("ivy-bridge");
    assertThat(at(v, "host.cpu.title")).isEqualTo("mine");
    assertThat(at(v, "host.cpu.steps.coldWake")).isEqualTo("3us");
    assertThat(at(v, "host.cpu.steps.send")).isEqualTo("2us");
    assertThat(at(v, "host.cpu.steps.vmExit")).isEqualTo("4us");
  }

  @Test
  void profilesAreAlsoFoundInTheFoldersThePlannerIsGiven() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("far.yaml"), "use: haswell\ntitle: far\n");
    Plan plan = new Planner(Plugins.builtIn(), List.of(other)).plan(new PlanRequest(
        file(GOOD.replace("ivy-bridge", "far")), List.of(), OptionalLong.empty(), OptionalInt.empty()));
    assertThat(plan.variants().get(0).spec().host().profile().title()).isEqualTo("far");
  }

  @Test
  void whatIsWrongInAProfileIsReportedThere() throws Exception {
    Path profile = host("mine", "use: ivy-bridge\nsteps: {coldWalk: 1us}\n");
    assertThat(problems(GOOD.replace("cpu: ivy-bridge", "cpu: mine"))).containsExactly(
        profile + ":2:9: steps.coldWalk: unknown key (did you mean coldWake?)");
    host("mine", "- a\n");
    assertThat(problems(GOOD.replace("cpu: ivy-bridge", "cpu: mine"))).containsExactly(
        profile + ":1:1: expected a mapping, found a list (write use: and an id)");
    host("mine", "use: nothing\n");
    assertThat(problems(GOOD.replace("cpu: ivy-bridge", "cpu: mine"))).containsExactly(
        profile + ":1:6: use: there is no host CPU profile 'nothing' "
            + "(there are: haswell, ivy-bridge, mine, sandy-bridge, skylake-sp)");
  }

  @Test
  void profilesThatGoInACircleAreAProblem() throws Exception {
    host("a", "use: b\n");
    Path b = host("b", "use: a\n");
    assertThat(problems(GOOD.replace("cpu: ivy-bridge", "cpu: a"))).containsExactly(
        b + ":1:6: use: host profiles go in a circle: a -> b -> a (end it at a plugin's id)");
  }

  @Test
  void aProfileNamedLikeAPluginIsAProblemBecauseNobodyKnowsWhichIsMeant() throws Exception {
    host("ivy-bridge", "use: haswell\n");
    assertThat(problems(GOOD)).singleElement().asString().contains("both a plugin and a file named 'ivy-bridge'");
  }

  // ------------------------------------------------------------------ plugins that fail

  /** Its configuration says where it fails. */
  public record When(boolean atStart, boolean states, boolean atDefine, int vcpu, Duration time) {
    public When {
      if (vcpu > 90) {
        throw new IllegalArgumentException("vcpu must be at most 90");
      }
    }

    static When never() {
      return new When(false, false, false, 0, Duration.ZERO);
    }
  }

  /** A strategy that fails when told to. */
  public static final class BadPoll implements HaltPollProvider<When> {
    @Override
    public String id() {
      return "bad-poll";
    }

    @Override
    public When complete(When config) {
      if (config.vcpu() == 89) {
        throw new IllegalArgumentException("vcpu must not be 89 today");
      }
      if (config.vcpu() == 88) {
        throw new IllegalStateException("cannot");
      }
      return config;
    }

    @Override
    public When defaults() {
      return When.never();
    }

    @Override
    public HaltPoll create(When config, Seat seat) {
      if (config.atStart()) {
        throw new IllegalArgumentException("time must not be " + config.time());
      }
      if (config.states()) {
        throw new NoSuchMethodError("gone");
      }
      return now -> {
        if (config.atDefine()) {
          throw new IllegalStateException("asked");
        }
        return 0;
      };
    }
  }

  /** An idle policy that spins for a while before it halts. */
  public static final class SpinFirst implements IdlePolicyProvider<When> {
    @Override
    public String id() {
      return "spin-first";
    }

    @Override
    public When defaults() {
      return When.never();
    }

    @Override
    public List<String> advice(When config) {
      if (config.vcpu() == 88) {
        throw new IllegalStateException("no idea");
      }
      return List.of();
    }

    @Override
    public IdlePolicy create(When config, Seat seat) {
      return new IdlePolicy() {
        @Override
        public List<IdleState> states() {
          return List.of(
              new IdleState("POLL", IdleState.Kind.POLL, 0, 0), new IdleState("HLT", IdleState.Kind.HLT, 0, 0));
        }

        @Override
        public int select(long nowNs, long sleepNs, boolean tickStopped) {
          return 0;
        }
      };
    }
  }

  /** An idle policy that fails when told to. */
  public static final class BadIdle implements IdlePolicyProvider<When> {
    @Override
    public String id() {
      return "bad-idle";
    }

    @Override
    public When defaults() {
      return When.never();
    }

    @Override
    public IdlePolicy create(When config, Seat seat) {
      return new IdlePolicy() {
        @Override
        public List<IdleState> states() {
          return config.states() ? List.of() : List.of(new IdleState("HLT", IdleState.Kind.HLT, 0, 0));
        }

        @Override
        public int select(long nowNs, long sleepNs, boolean tickStopped) {
          return 0;
        }
      };
    }
  }

  /** A workload that fails when told to. */
  public static final class BadWork implements WorkloadProvider<When> {
    @Override
    public String id() {
      return "bad-work";
    }

    @Override
    public When defaults() {
      return When.never();
    }

    @Override
    public void define(When config, Guest guest) {
      if (config.atDefine()) {
        throw new IllegalStateException("two\nlines");
      }
      if (config.atStart()) {
        throw new IllegalArgumentException("needs more of everything");
      }
      guest.task("t", config.vcpu(), Script.forever().compute(1000));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "haltPoll={use: bad-poll, atStart: true}|--set: haltPoll.use: time must not be PT0S",
    "haltPoll={use: bad-poll, atStart: true, time: 1us}|--set: haltPoll.time: must not be PT0.000001S",
    "haltPoll={use: bad-poll, vcpu: 91}|--set: haltPoll.vcpu: must be at most 90",
    "haltPoll={use: bad-poll, vcpu: 89}|--set: haltPoll.vcpu: must not be 89 today",
    "haltPoll={use: bad-poll, vcpu: 88}|--set: haltPoll.use: the halt-poll strategy 'bad-poll' failed to complete its "
        + "configuration: java.lang.IllegalStateException: cannot (this is a defect of the plugin (plugins/test.jar))",
    "haltPoll={use: bad-poll, states: true}|--set: haltPoll.use: the halt-poll strategy 'bad-poll' failed to start: "
        + "java.lang.NoSuchMethodError: gone (this is a defect of the plugin (plugins/test.jar))",
    "vms.rr.idle={use: bad-idle, states: true}|--set: vms.rr.idle.use: the guest idle policy 'bad-idle' failed to "
        + "start: java.lang.IllegalStateException: it has no idle states (this is a defect of the plugin (plugins/test.jar))",
    "vms.rr.workload={use: bad-work, atDefine: true}|--set: vms.rr.workload.use: the guest workload 'bad-work' failed "
        + "to define its tasks: java.lang.IllegalStateException: two lines "
        + "(this is a defect of the plugin (plugins/test.jar))",
    "vms.rr.workload={use: bad-work, atStart: true}|--set: vms.rr.workload.use: needs more of everything",
    "vms.rr.workload={use: bad-work, vcpu: 2}|--set: vms.rr.workload.use: task 't' is on vCPU 2, the VM has 0 to 1",
  })
  void aPluginThatFailsIsAProblemOfTheSlotThatNamesIt(String setting, String problem) throws IOException {
    ProblemsException e = catchThrowableOfType(ProblemsException.class, () ->
        new Planner(Plugins.with(new BadPoll(), new BadIdle(), new BadWork())).plan(
            new PlanRequest(file(GOOD), List.of(setting), OptionalLong.empty(), OptionalInt.empty())));
    assertThat(e.problems()).extracting(Problem::toString).containsExactly(problem);
  }

  @Test
  void aPluginThatCannotBeUsedSaysWhyWhenItIsNamed() throws IOException {
    Catalog catalog = Plugins.withUnusable(new Catalog.Unusable("plugins/x.jar", List.of("x-poll"), "it is too new"));
    ProblemsException e = catchThrowableOfType(ProblemsException.class, () -> new Planner(catalog).plan(new PlanRequest(
        file(GOOD), List.of("haltPoll=x-poll"), OptionalLong.empty(), OptionalInt.empty())));
    assertThat(e.problems()).extracting(Problem::toString).containsExactly(
        "--set: haltPoll: the halt-poll strategy 'x-poll' cannot be used: it is too new (it comes from plugins/x.jar)");
  }

  // ------------------------------------------------------------------ warnings

  @Test
  void whatAPluginAdvisesIsAWarningAtThePlaceOfTheKey() throws Exception {
    Plan plan = plan("""
        scenario: s
        host: {cpu: ivy-bridge}
        haltPoll:
          use: adaptive
          kernel: "5.15"
          changes:
            - at: 1ms
              cap: 100us
            - at: 2ms
              max: 0ns
        vms: {a: {workload: idle}, b: {haltPoll: {use: adaptive, growStart: 0}, workload: idle}}
        compare:
          same: {}
          off: {haltPoll: off}
          again: {haltPoll: {kernel: "5.15"}}
        """);
    Path file = folder.resolve("scenarios/s.yaml");
    assertThat(plan.warnings()).extracting(Problem::asWarning).satisfiesExactly(
        first -> assertThat(first).startsWith(
            file + ":10:12: warning: haltPoll.changes[1].max: has no effect on a running VM: that of Linux 5.15 keeps"),
        second -> assertThat(second).startsWith(
            file + ":11:69: warning: vms.b.haltPoll.growStart: is 0, and 0 times grow is 0: "));
  }

  @Test
  void adviceOnAKeyNobodyGaveStandsAtThePlugin() throws Exception {
    Plan plan = plan(GOOD.replace("{use: fixed, window: 50us}", "linux-4.0"));
    assertThat(plan.warnings()).singleElement().asString()
        .contains(":3:11: haltPoll: max is 0 in Linux 4.0 unless it is set");
  }

  @Test
  void aHaltPollThatDoesNotCountIsNotTalkedAbout() throws Exception {
    String adaptive = "{use: adaptive, growStart: 0}";
    assertThat(plan(GOOD.replace("{use: fixed, window: 50us}", adaptive) + "native: true\n").warnings()).isEmpty();
    assertThat(plan("scenario: s\nhost: {cpu: ivy-bridge}\nhaltPoll: " + adaptive
        + "\nvms: {a: {haltPoll: off, workload: idle}}\n").warnings()).isEmpty();
    assertThat(plan(GOOD.replace("{use: fixed, window: 50us}", adaptive)).warnings()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "spin-first|adaptive|false|true", "spin-first|fixed|false|true", "spin-first|toggle|false|true",
    "spin-first|off|false|false", "spin-first|{use: adaptive, max: 0}|false|false", "spin-first|adaptive|true|false",
    "nohz|adaptive|false|false", "poll|adaptive|false|false", "haltpoll|adaptive|false|true",
    "menu|adaptive|false|false", "teo|adaptive|false|false", "spin-first|{use: bad-poll, atDefine: true}|false|false",
  })
  void bothSidesPollingIsWarnedOf(String idle, String haltPoll, boolean forbidden, boolean warned) throws Exception {
    Plan plan = new Planner(Plugins.with(new SpinFirst(), new BadPoll())).plan(new PlanRequest(
        file("scenario: s\nhost: {cpu: ivy-bridge}\nhaltPoll: " + haltPoll + "\nvms:\n  a:\n    idle: " + idle
            + "\n    forbidHostPoll: " + forbidden + "\n    workload: idle\n"),
        List.of(), OptionalLong.empty(), OptionalInt.empty()));
    assertThat(plan.warnings().stream().map(Problem::toString).map(w -> w.replaceFirst("(?s)^.*s.yaml:", "")).toList())
        .isEqualTo(!warned ? List.of() : List.of(
            "6:11: vms.a.idle: both sides poll: the guest spins before it halts, and when nothing came the host polls "
                + "for the same wake-up again (set vms.a.forbidHostPoll: true, as Linux's cpuidle-haltpoll driver does "
                + "(MSR 0x4b564d05), or haltPoll: off)"));
  }

  @ParameterizedTest
  @CsvSource({"[hlt], true", "'[hlt, mwait]', true", "[mwait], false", "[], false"})
  void aStrategyThatIsNeverAskedIsWarnedOf(String passThrough, boolean warned) throws Exception {
    Plan plan = new Planner(Plugins.builtIn()).plan(new PlanRequest(
        file("scenario: s\nhost: {cpu: ivy-bridge}\nvms:\n  a:\n    passThrough: " + passThrough
            + "\n    haltPoll: fixed\n    workload: idle\n"),
        List.of(), OptionalLong.empty(), OptionalInt.empty()));
    assertThat(plan.warnings().stream().map(Problem::toString).map(w -> w.replaceFirst("(?s)^.*s.yaml:", "")).toList())
        .isEqualTo(!warned ? List.of() : List.of(
            "6:15: vms.a.haltPoll: is never asked: HLT is passed through, so the host does not see this VM halt "
                + "(leave it out, or take hlt out of vms.a.passThrough)"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "none", value = {
    "5.15|postedInterrupts, ipiVirtualization|"
        + "ipiVirtualization has no effect: it is used since Linux 6.0, and the host has 5.15",
    "6.11|ipiVirtualization|ipiVirtualization has no effect: it needs postedInterrupts",
    "6.11|postedInterrupts, avic, ipiVirtualization|"
        + "ipiVirtualization has no effect: it is Intel's, and avic AMD's",
    "3.11|preemptionTimer|preemptionTimer has no effect: it is used since Linux 4.7, and the host has 3.11",
    "6.14|idleHlt|idleHlt has no effect: it is used since Linux 6.15, and the host has 6.14",
    "6.11|postedInterrupts, ipiVirtualization, preemptionTimer|none",
    "6.15|postedInterrupts, avic, idleHlt|none",
  })
  void aFeatureThatTheHostDoesNotUseIsWarnedOf(String kernel, String features, String warning) throws Exception {
    Plan plan = plan("scenario: s\nhost:\n  cpu: {use: ivy-bridge, features: [" + features + "]}\n  kernel: \"" + kernel
        + "\"\nvms: {a: {workload: idle}}\n");
    assertThat(plan.warnings().stream().map(Problem::toString).map(w -> w.replaceFirst("(?s)^.*s.yaml:", "")).toList())
        .isEqualTo(warning == null ? List.of() : List.of(
            "3:36: host.cpu.features: " + warning
                + " (give host.kernel a version that uses it, or leave it out of host.cpu.features)"));
  }

  @Test
  void aPluginThatFailsToGiveAdviceIsAProblem() throws IOException {
    ProblemsException e = catchThrowableOfType(ProblemsException.class, () ->
        new Planner(Plugins.with(new SpinFirst())).plan(new PlanRequest(
            file(GOOD), List.of("vms.rr.idle={use: spin-first, vcpu: 88}"), OptionalLong.empty(),
            OptionalInt.empty())));
    assertThat(e.problems()).singleElement().asString().contains("'spin-first' failed to give advice");
  }

  @Test
  void anUnknownPluginMayBeInAFileThatCannotBeUsedAndDoesNotTell() throws IOException {
    Catalog catalog = Plugins.withUnusable(
        new Catalog.Unusable("plugins/acme.jar", List.of("acme"), "made for SPI level 2.0.0; this haltlab has 1.0.0"),
        new Catalog.Unusable("plugins/b.jar", List.of("b"), "not a jar"));
    ProblemsException e = catchThrowableOfType(ProblemsException.class, () -> new Planner(catalog).plan(new PlanRequest(
        file(GOOD), List.of("haltPoll=quantum-poll"), OptionalLong.empty(), OptionalInt.empty())));
    assertThat(e.problems()).extracting(Problem::toString).containsExactly(
        "--set: haltPoll: there is no halt-poll strategy 'quantum-poll' (it may be in a plugin that cannot be used:"
            + " plugins/acme.jar: made for SPI level 2.0.0; this haltlab has 1.0.0; and 1 more, see haltlab plugins"
            + " list)");
  }

  // ------------------------------------------------------------------ helpers

  private Path file(String yaml) throws IOException {
    return Files.writeString(Files.createDirectories(folder.resolve("scenarios")).resolve("s.yaml"), yaml);
  }

  private Path host(String name, String yaml) throws IOException {
    return Files.writeString(Files.createDirectories(folder.resolve("hosts")).resolve(name + ".yaml"), yaml);
  }

  private Plan plan(String yaml, String... settings) throws IOException, ProblemsException {
    return new Planner(Plugins.builtIn()).plan(
        new PlanRequest(file(yaml), Arrays.asList(settings), OptionalLong.empty(), OptionalInt.empty()));
  }

  private List<String> problems(String yaml, String... settings) throws IOException {
    Path file = file(yaml);
    ProblemsException e = catchThrowableOfType(ProblemsException.class, () -> new Planner(Plugins.builtIn()).plan(
        new PlanRequest(file, Arrays.asList(settings), OptionalLong.empty(), OptionalInt.empty())));
    return e == null ? List.of() : e.problems().stream().map(Problem::toString).toList();
  }

  private static Object at(Plan.Variant variant, String path) {
    Object node = variant.resolved();
    for (String key : path.split("\\.")) {
      node = node instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return node;
  }
}
