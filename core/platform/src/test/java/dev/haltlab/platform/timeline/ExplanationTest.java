package dev.haltlab.platform.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.Simulation;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.run.FailedRun;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import dev.haltlab.platform.scenario.Plugins;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pins: a transaction that is not the one it is said to be, steps that do not add up to it, lines that break. */
class ExplanationTest {
  private static Plan plan(String scenario) throws Exception {
    return new Planner(Plugins.builtIn()).plan(new PlanRequest(
        Plugins.configFolder().resolve("scenarios/" + scenario + ".yaml"), List.of("run.for=50ms"),
        OptionalLong.empty(), OptionalInt.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp-rr-2vcpu", "tcp-rr-1vcpu", "tcp-rr-halt-poll", "memcache", "ipi-latency", "overcommit"})
  void stepsAddUpToTheMedian(String scenario) throws Exception {
    for (Plan.Variant variant : plan(scenario).variants()) {
      Explanation it = Explanation.of(variant).orElseThrow();
      Outcome.ProbeOutcome counted = Simulation.run(variant.spec(), 0).vms().get(variant.spec().primaryVm())
          .probes().get(it.probe());
      assertThat(it.of() - counted.count()).as("the one that opens the window").isBetween(0L, 1L);
      long median = counted.histogram().getValueAtPercentile(50);
      assertThat(it.latencyNs()).isBetween(median - median / 500 - 1, median + median / 500 + 1); // three digits
      assertThat(it.path().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(it.latencyNs());
      long held = 0;
      for (List<Explanation.Step> steps : it.lanes().values()) {
        long atNs = it.startNs();
        for (Explanation.Step step : steps) {
          assertThat(step.fromNs()).isEqualTo(atNs);
          atNs = step.toNs();
          held += step.critical() ? step.ns() : 0;
        }
        assertThat(atNs).isEqualTo(it.shownToNs());
      }
      long waited = it.latencyNs() - held; // in a queue, with nobody
      assertThat(waited).isBetween(0L, it.path().getOrDefault(dev.haltlab.engine.PathStep.QUEUE_WAIT, 0L));
      for (int width : new int[] {40, 60, 80, 120}) {
        for (String line : ExplainText.of(it, width).split("\n")) {
          assertThat(line.length()).as("in %d columns: %s", width, line).isLessThanOrEqualTo(width);
        }
      }
    }
  }

  @Test
  void oneTransactionOfTheTalkHasEightTimerWritesFourOfThemCritical() throws Exception { // slides 10 to 12
    Explanation it = Explanation.of(plan("tcp-rr-2vcpu").variants().get(1)).orElseThrow();
    Explanation.Exits timer = it.exits().get("MSR_WRITE TMICT");
    assertThat(timer.count()).isEqualTo(8);
    assertThat(timer.critical()).isEqualTo(4);
    assertThat(it.exits().get("MSR_WRITE ICR").count()).isEqualTo(2);
    assertThat(it.exits().get("HLT").count()).isEqualTo(2);
    String text = ExplainText.of(it, 120);
    assertThat(text).contains("  MSR_WRITE TMICT  8, 4 on the critical path: ")
        .contains("vCPU 0").contains("vCPU 1").contains("-- it ends --");
    assertThat(ExplainText.of(it, 60)).contains("  vCPU\n");
  }

  @Test
  void jsonSaysTheSame() throws Exception {
    List<Explanation> all = new ArrayList<>();
    for (Plan.Variant variant : plan("tcp-rr-2vcpu").variants()) {
      all.add(Explanation.of(variant).orElseThrow());
    }
    JsonNode json = new JsonMapper().readTree(ExplainJson.of(all));
    assertThat(json.path("schema").asInt()).isEqualTo(1);
    for (int i = 0; i < all.size(); i++) {
      JsonNode one = json.path("explained").get(i);
      long sum = 0;
      for (JsonNode step : one.path("criticalPath")) {
        sum += step.path("ns").asLong();
      }
      assertThat(sum).isEqualTo(one.path("latencyNs").asLong()).isEqualTo(all.get(i).latencyNs());
      assertThat(one.path("vcpus").size()).isEqualTo(2);
    }
  }

  @Test
  void withoutTransactionsThereIsNothingToExplain() throws Exception {
    assertThat(Explanation.of(plan("idle-vcpus").variants().get(0))).isEqualTo(Optional.empty());
  }

  @Test
  void aStrategyThatRemembersEarlierRunsIsFoundOut() throws Exception {
    SimulationSpec spec = plan("tcp-rr-2vcpu").variants().get(1).spec();
    int[] made = {0};
    List<SimulationSpec.Vm> vms = spec.vms().stream().map(vm -> new SimulationSpec.Vm(
        vm.name(), vm.kernel(), vm.hz(), vm.watchdog(), vm.vcpus(), vm.pin(), vm.forbidHostPoll(),
        seat -> {
          int nth = made[0]++;
          return nowNs -> {
            if (nth >= 2) {
              throw new IllegalStateException("tired");
            }
            return 0;
          };
        },
        vm.idle(), vm.workload())).toList();
    Plan.Variant variant = new Plan.Variant(
        "odd", false, false, java.util.Map.of(), new SimulationSpec(
            spec.seed(), false, spec.host(), vms, 0, spec.warmupNs(), spec.forNs()));
    assertThatThrownBy(() -> Explanation.of(variant)).isInstanceOf(FailedRun.class)
        .hasMessageContaining("replication 0 of variant 'odd' did not go a second time as it went before")
        .hasMessageContaining("tired");
  }
}
