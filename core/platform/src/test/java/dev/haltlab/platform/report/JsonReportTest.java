package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.run.Summary;
import dev.haltlab.platform.run.Synthetic;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.KernelVersion;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pins: a result that is not schema 1, whose parts do not add up, or that names a figure where there is none. */
class JsonReportTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static Results run(int replications, Flavour... flavours) throws InterruptedException {
    Map<String, Flavour> variants = new LinkedHashMap<>();
    for (Flavour flavour : flavours) {
      variants.put(flavour.name().toLowerCase(Locale.ROOT), flavour);
    }
    return new Runner(Synthetic::outcome).run(Synthetic.plan(replications, variants), 2, Progress.NONE);
  }

  private static JsonNode only(Results results) {
    return JSON.readTree(JsonReport.of(results)).get("variants").get(0);
  }

  private static List<String> names(JsonNode object) {
    return new ArrayList<>(object.propertyNames());
  }

  @Test
  void the_document_has_the_fields_of_schema_1() throws Exception {
    JsonNode document = JSON.readTree(JsonReport.of(run(2, Flavour.NATIVE, Flavour.OFF)));

    assertThat(names(document)).containsExactly("schema", "scenario", "seed", "variants");
    assertThat(document.get("schema").intValue()).isEqualTo(1);
    assertThat(document.get("scenario").stringValue()).isEqualTo("made-up");
    assertThat(document.get("seed").longValue()).isEqualTo(42);
    assertThat(document.get("variants")).hasSize(2);
    JsonNode variant = document.get("variants").get(1);
    assertThat(names(variant))
        .containsExactly(
            "name", "plan", "native", "bound", "primary", "simulatedNs", "transactions", "latency", "probes", "exits",
            "criticalPath", "halts", "vms", "hostTasks", "cpu", "fitted", "unpriced", "figures", "replications");
    assertThat(names(variant.get("latency")))
        .containsExactly("unit", "count", "min", "mean", "p50", "p90", "p99", "p999", "max", "ci95");
    assertThat(names(variant.get("latency").get("ci95"))).containsExactly("mean", "p50", "p90", "p99");
    assertThat(names(variant.get("halts")))
        .contains(
            "halt_attempted_poll", "halt_successful_poll", "halt_poll_invalid", "halt_wakeup", "halt_poll_success_ns",
            "halt_poll_fail_ns", "halt_wait_ns", "halt_exits", "pollCutShort", "windowMeanNs", "windowMaxNs");
    assertThat(names(variant.get("vms").get(0)))
        .containsExactly("name", "transactions", "latency", "exits", "halts");
    assertThat(names(variant.get("cpu"))).containsExactly("pcpus", "vcpus");
    assertThat(names(variant.get("cpu").get("pcpus").get(0))).containsExactly("id", "busy", "byState", "idleEnergyUj");
    assertThat(names(variant.get("cpu").get("vcpus").get(0))).containsExactly("vm", "id", "busy", "byState");
    assertThat(names(variant.get("replications").get(0))).containsExactly("transactions", "meanNs", "p50", "p99", "figures");
  }

  @Test
  void every_figure_is_that_of_the_outcomes() throws Exception {
    Results results = run(3, Flavour.POLLING);
    Summary summary = Summary.of(results).get(0);
    Outcome.Vm vm = summary.primary();
    JsonNode variant = only(results);

    assertThat(variant.get("native").booleanValue()).isFalse();
    assertThat(variant.get("primary").get("vm").stringValue()).isEqualTo("rr");
    assertThat(variant.get("primary").get("probe").stringValue()).isEqualTo("transaction");
    assertThat(variant.get("simulatedNs").longValue()).isEqualTo(summary.pooled().simulatedNs());
    assertThat(variant.get("transactions").longValue()).isEqualTo(vm.transactions());
    Latency latency = summary.latency(vm);
    JsonNode shown = variant.get("latency");
    assertThat(shown.get("unit").stringValue()).isEqualTo("ns");
    assertThat(shown.get("count").longValue()).isEqualTo(latency.count());
    assertThat(shown.get("min").decimalValue()).isEqualByComparingTo(latency.min());
    assertThat(shown.get("mean").decimalValue()).isEqualByComparingTo(latency.mean());
    assertThat(shown.get("p50").decimalValue()).isEqualByComparingTo(latency.p50());
    assertThat(shown.get("p90").decimalValue()).isEqualByComparingTo(latency.p90());
    assertThat(shown.get("p99").decimalValue()).isEqualByComparingTo(latency.p99());
    assertThat(shown.get("p999").isNull()).isTrue();
    assertThat(shown.get("max").decimalValue()).isEqualByComparingTo(latency.max());
    JsonNode interval = shown.get("ci95").get("mean");
    assertThat(interval.get(0).decimalValue()).isLessThan(latency.mean());
    assertThat(interval.get(1).decimalValue()).isGreaterThan(latency.mean());
    assertThat(variant.get("probes").get("rr/transaction")).isEqualTo(shown);

    JsonNode writes = variant.get("exits").get("MSR_WRITE");
    Outcome.Count count = vm.exits().get(ExitReason.MSR_WRITE);
    assertThat(writes.get("count").longValue()).isEqualTo(count.count());
    assertThat(writes.get("timeNs").longValue()).isEqualTo(count.timeNs());
    assertThat(writes.get("perTransaction").decimalValue().doubleValue())
        .isCloseTo((double) count.count() / vm.transactions(), org.assertj.core.data.Offset.offset(1e-6));
    assertThat(writes.get("perTransaction").decimalValue().scale()).isEqualTo(6);
    long registers = 0;
    for (JsonNode register : writes.get("byRegister")) {
      registers += register.get("count").longValue();
    }
    assertThat(registers).isEqualTo(count.count());

    JsonNode halts = variant.get("halts");
    assertThat(halts.get("halt_attempted_poll").longValue()).isEqualTo(vm.halts().attemptedPoll());
    assertThat(halts.get("halt_poll_fail_ns").longValue()).isEqualTo(vm.halts().pollFailNs());
    assertThat(halts.get("windowMeanNs").decimalValue()).isEqualByComparingTo("60000");
    assertThat(halts.get("windowMaxNs").longValue()).isEqualTo(200_000);
    assertThat(variant.get("vms").get(0).get("halts")).isEqualTo(halts);
    assertThat(variant.get("vms").get(0).get("exits")).isEqualTo(variant.get("exits"));
    assertThat(variant.get("replications")).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(Flavour.class)
  void what_is_split_adds_up(Flavour flavour) throws Exception {
    JsonNode variant = only(run(3, flavour));

    BigDecimal path = BigDecimal.ZERO;
    for (JsonNode step : variant.get("criticalPath")) {
      assertThat(names(step)).containsExactly("step", "title", "group", "meanNs", "basis");
      path = path.add(step.get("meanNs").decimalValue());
    }
    if (!variant.get("latency").get("mean").isNull()) {
      assertThat(path).isEqualByComparingTo(variant.get("latency").get("mean").decimalValue());
    }
    long window = variant.get("simulatedNs").longValue();
    for (String kind : List.of("pcpus", "vcpus")) {
      for (JsonNode cpu : variant.get("cpu").get(kind)) {
        long sum = 0;
        for (JsonNode state : cpu.get("byState")) {
          sum += state.longValue();
        }
        assertThat(sum).isEqualTo(window);
        assertThat(cpu.get("busy").decimalValue()).isBetween(BigDecimal.ZERO, BigDecimal.ONE);
      }
    }
    long transactions = 0;
    for (JsonNode replication : variant.get("replications")) {
      transactions += replication.get("transactions").longValue();
    }
    assertThat(transactions).isEqualTo(variant.get("transactions").longValue());
  }

  @Test
  void idle_time_is_split_by_c_state_and_is_not_busy() throws Exception {
    Results results = run(1, Flavour.OFF);
    JsonNode pcpu = only(results).get("cpu").get("pcpus").get(1);
    long window = Summary.of(results).get(0).pooled().simulatedNs();

    assertThat(names(pcpu.get("byState")))
        .containsExactly("GUEST", "EXIT", "POLL", "SWITCH", "HOST_IRQ", "BACKGROUND", "C_EXIT", "C1", "C6");
    long off =
        pcpu.get("byState").get("C1").longValue() + pcpu.get("byState").get("C6").longValue()
            + pcpu.get("byState").get("C_EXIT").longValue();
    assertThat(pcpu.get("busy").decimalValue()).isEqualByComparingTo(Figures.ratio(window - off, window));
  }

  @Test
  void idle_energy_is_time_in_each_c_state_times_its_power() throws Exception {
    for (JsonNode pcpu : only(run(2, Flavour.OFF)).get("cpu").get("pcpus")) {
      long nanojoules = // 1 W and 0.1 W, as the made-up host has it
          pcpu.get("byState").get("C1").longValue() + pcpu.get("byState").get("C6").longValue() / 10;

      assertThat(pcpu.get("idleEnergyUj").decimalValue())
          .isCloseTo(BigDecimal.valueOf(nanojoules, 3), within(new BigDecimal("0.001")));
    }
  }

  @Test
  void idle_energy_is_unknown_if_the_power_of_an_allowed_state_is() throws Exception {
    int unknown = -1;
    assertThat(energy(List.of(1_000, unknown), 1)).isNull();
    assertThat(energy(List.of(unknown, 100), 1)).isNull();
    assertThat(energy(List.of(1_000, unknown), 0)).as("the unknown state is not allowed").isNotNull();
    assertThat(energy(List.of(0, 0), 1)).isEqualTo("0.000");
  }

  private static @Nullable BigDecimal energy(List<Integer> powersMw, int deepest) {
    List<CState> states = new ArrayList<>();
    for (int powerMw : powersMw) {
      states.add(new CState("C" + states.size(), Duration.ZERO, Duration.ZERO, powerMw));
    }
    HostProfile profile = new HostProfile("made-up", new Hertz(1), Map.of(), states, Set.of());
    return CpuTime.idleEnergyUj(
        new Outcome.Pcpu(0, Map.of(), Map.of("C0", 1_000L)),
        new SimulationSpec.Host(profile, new KernelVersion(6, 11, 0), 1000, 1, deepest, List.of()));
  }

  @Test
  void the_basis_of_a_step_is_its_weakest_charged_price() throws Exception {
    Map<String, String> bases = new LinkedHashMap<>();
    for (JsonNode step : only(run(1, Flavour.OFF)).get("criticalPath")) {
      bases.put(step.get("step").stringValue(), step.get("basis").stringValue());
    }

    assertThat(bases)
        .containsEntry("guestWork", "workload")
        .containsEntry("syscall", "assumed")
        .containsEntry("timerWrite", "derived")
        .containsEntry("coldWake", "fitted")
        .containsEntry("wakeThread", "measured");
  }

  @Test
  void fitted_and_assumed_prices_are_marked_with_their_share_of_the_mean() throws Exception {
    Results results = run(1, Flavour.OFF);
    JsonNode variant = only(results);
    Map<String, JsonNode> marks = new LinkedHashMap<>();
    variant.get("fitted").forEach(mark -> marks.put(mark.get("step").stringValue(), mark));

    assertThat(marks).containsOnlyKeys("coldWake", "hostTick", "send", "receive");
    JsonNode cold = marks.get("coldWake");
    assertThat(names(cold))
        .containsExactly(
            "step", "basis", "unit", "value", "usedUpBy", "sensitivity", "sensitivityIsUpperBound");
    assertThat(cold.get("basis").stringValue()).isEqualTo("fitted");
    assertThat(cold.get("value").decimalValue()).isEqualByComparingTo("3600");
    assertThat(cold.get("usedUpBy").stringValue()).contains("25 us slower");
    assertThat(cold.get("sensitivityIsUpperBound").booleanValue()).isFalse();
    double mean = variant.get("latency").get("mean").decimalValue().doubleValue();
    assertThat(cold.get("sensitivity").decimalValue().doubleValue())
        .isCloseTo(7_200 / mean, org.assertj.core.data.Offset.offset(1e-5));
    assertThat(marks.get("send").get("sensitivityIsUpperBound").booleanValue()).isTrue();
  }

  @Test
  void a_price_off_the_path_has_no_sensitivity_and_a_step_without_a_price_is_named() throws Exception {
    JsonNode variant = only(run(1, Flavour.SILENT));

    for (JsonNode mark : variant.get("fitted")) {
      assertThat(mark.get("sensitivity").isNull()).isTrue();
    }
    assertThat(variant.get("unpriced")).isEmpty();
  }

  @Test
  void bare_hardware_has_neither_exits_nor_halts() throws Exception {
    JsonNode variant = only(run(2, Flavour.NATIVE));

    assertThat(variant.get("native").booleanValue()).isTrue();
    assertThat(names(variant.get("exits"))).isEmpty();
    assertThat(names(variant.get("halts"))).isEmpty();
    assertThat(names(variant.get("vms").get(0).get("exits"))).isEmpty();
    assertThat(variant.get("latency").get("mean").isNull()).isFalse();
  }

  @Test
  void without_transactions_figures_are_null_and_counts_zero() throws Exception {
    JsonNode variant = only(run(2, Flavour.SILENT));

    assertThat(variant.get("transactions").longValue()).isZero();
    for (String figure : List.of("min", "mean", "p50", "p90", "p99", "p999", "max")) {
      assertThat(variant.get("latency").get(figure).isNull()).as(figure).isTrue();
    }
    assertThat(variant.get("latency").get("count").longValue()).isZero();
    assertThat(variant.get("latency").get("ci95").get("mean").isNull()).isTrue();
    assertThat(variant.get("criticalPath")).isEmpty();
    assertThat(variant.get("exits").get("HLT").get("perTransaction").isNull()).isTrue();
    assertThat(variant.get("exits").get("HLT").get("count").longValue()).isPositive();
    assertThat(variant.get("replications").get(0).get("meanNs").isNull()).isTrue();
  }

  @Test
  void one_replication_has_no_interval() throws Exception {
    JsonNode ci95 = only(run(1, Flavour.OFF)).get("latency").get("ci95");

    for (JsonNode interval : ci95) {
      assertThat(interval.isNull()).isTrue();
    }
  }

  @Test
  void three_reasons_stand_even_at_zero_and_others_only_when_they_happened() throws Exception {
    Plan plan = Synthetic.plan(1, Map.of("off", Flavour.OFF));
    Results results =
        new Runner(
                (spec, replication) -> {
                  Outcome o = Synthetic.outcome(spec, replication);
                  Outcome.Vm vm = o.vms().get(0);
                  Outcome.Halts none = new Outcome.Halts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1);
                  Outcome.Vm quiet =
                      new Outcome.Vm(
                          vm.name(), vm.transactions(), vm.probes(), Map.of(), Map.of(), none, vm.vcpus());
                  return new Outcome(
                      o.simulatedNs(), List.of(quiet), o.pcpus(), o.hostTasks(), 0, o.stepsCharged());
                })
            .run(plan, 1, Progress.NONE);

    JsonNode exits = only(results).get("exits");
    assertThat(names(exits)).containsExactly("EXTERNAL_INTERRUPT", "HLT", "MSR_WRITE");
    assertThat(exits.get("HLT").get("perTransaction").decimalValue()).isEqualByComparingTo(BigDecimal.ZERO);
    assertThat(names(exits.get("MSR_WRITE").get("byRegister")))
        .containsExactly("TMICT", "TSC_DEADLINE", "ICR", "EOI");
  }

  @Test
  void other_vms_and_host_tasks_are_told() throws Exception {
    List<SimulationSpec.HostTask> tasks = List.of(new SimulationSpec.HostTask("batch", 0, 1_000_000, 300_000));
    Plan plan = Synthetic.plan("overcommit", 2, Map.of("off", Flavour.OFF), 2, tasks);
    JsonNode variant = only(new Runner(Synthetic::outcome).run(plan, 2, Progress.NONE));

    assertThat(variant.get("vms")).hasSize(2);
    assertThat(names(variant.get("probes"))).containsExactly("rr/transaction", "other1/transaction");
    assertThat(variant.get("cpu").get("vcpus")).hasSize(4);
    JsonNode task = variant.get("hostTasks").get(0);
    assertThat(names(task)).containsExactly("name", "cpuNs", "share", "wantedNs");
    assertThat(task.get("share").decimalValue())
        .isEqualByComparingTo(Figures.ratio(task.get("cpuNs").longValue(), variant.get("simulatedNs").longValue()));
  }

  @Test
  void the_plan_is_the_resolved_one_in_its_order() throws Exception {
    Results results = run(1, Flavour.OFF);

    assertThat(names(only(results).get("plan"))).isEqualTo(
        List.copyOf(results.plan().variants().get(0).resolved().keySet()));
    assertThat(only(results).get("plan").get("vms").get("rr").get("pin").get(1).intValue()).isEqualTo(1);
  }

  @Test
  void a_binary_fraction_in_a_plan_is_our_bug() throws Exception {
    Results results = run(1, Flavour.OFF);
    Plan.Variant variant = results.plan().variants().get(0);
    Map<String, Object> resolved = new LinkedHashMap<>(variant.resolved());
    resolved.put("fraction", 0.1);
    Plan plan =
        new Plan("p", 1, 1, List.of(new Plan.Variant("off", false, false, resolved, variant.spec())));

    assertThatThrownBy(() -> JsonReport.of(new Results(plan, results.outcomes(), results.stats())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lines_end_alike_on_every_system_and_no_number_has_an_exponent() throws Exception {
    String text = JsonReport.of(run(2, Flavour.NATIVE, Flavour.SILENT));

    assertThat(text).endsWith("}\n").doesNotContain("\r").doesNotContain("NaN").doesNotContainPattern("[0-9]E[-+0-9]");
  }
}
