package dev.haltlab.platform.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.run.Synthetic;
import dev.haltlab.platform.run.Synthetic.Flavour;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.HostProfile;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins: tables that overflow the terminal, do not add up, hide a bound or say less without colour. */
class TextReportTest {
  private static final List<String> NAMES =
      List.of(
          "native", "off", "fixed", "adaptive", "oracle", "sandy-bridge-always-schedule",
          "anextraordinarilylongnameindeed", "tickless-off", "i", "j");
  private static final List<Flavour> FLAVOURS =
      List.of(
          Flavour.NATIVE, Flavour.OFF, Flavour.POLLING, Flavour.POLLING, Flavour.BOUND, Flavour.OFF, Flavour.POLLING,
          Flavour.SILENT, Flavour.OFF, Flavour.POLLING);

  private static Results run(int from, int count, int vms) throws InterruptedException {
    Map<String, Flavour> variants = new LinkedHashMap<>();
    for (int i = from; i < from + count; i++) {
      variants.put(NAMES.get(i), FLAVOURS.get(i));
    }
    List<SimulationSpec.HostTask> tasks =
        vms == 1 ? List.of() : List.of(new SimulationSpec.HostTask("batch", 0, 1_000_000, 300_000));
    Plan plan = Synthetic.plan("made-up", 3, variants, vms, tasks);
    return new Runner(Synthetic::outcome).run(plan, 2, Progress.NONE);
  }

  @Test
  void a_result_reads_as_it_always_did() throws Exception {
    assertThat(TextReport.of(run(0, 3, 1), 80, false)).isEqualTo(resource("three-variants.txt"));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1", "0, 2, 1", "0, 5, 1", "0, 10, 1", "1, 4, 3", "4, 6, 2", "7, 1, 1"})
  void no_line_is_too_wide_or_ends_in_blanks(int from, int count, int vms) throws Exception {
    Results results = run(from, count, vms);

    for (int width : new int[] {40, 41, 55, 64, 80, 100, 120, 132, 200, 500}) {
      assertThat(TextReport.of(results, width, false).lines())
          .allSatisfy(
              line -> {
                assertThat(line.codePointCount(0, line.length())).isLessThanOrEqualTo(width);
                assertThat(line).isEqualTo(line.stripTrailing()).doesNotContain("\t");
              });
    }
  }

  @Test
  void colour_adds_nothing_but_colour() throws Exception {
    Results results = run(0, 5, 1);

    String plain = TextReport.of(results, 80, false);
    String bold = TextReport.of(results, 80, true);

    assertThat(plain).doesNotContain("\u001b").endsWith("\n");
    assertThat(bold).contains("\u001b[1m");
    assertThat(bold.replaceAll("\u001b\\[[0-9]+m", "")).isEqualTo(plain);
  }

  @Test
  void the_critical_path_adds_up_as_shown() throws Exception {
    String[] lines = TextReport.of(run(0, 3, 1), 200, false).split("\n");
    Pattern number = Pattern.compile(" ([0-9]+\\.[0-9]{2}|-)(?= |$)");
    BigDecimal[] groups = new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
    BigDecimal[] steps = new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
    BigDecimal[] mean = new BigDecimal[3];
    BigDecimal[] total = new BigDecimal[3];
    boolean inside = false;
    for (String line : lines) {
      inside = line.startsWith("Critical path") || inside && !line.isEmpty();
      Matcher cells = number.matcher(line);
      for (int i = 0; i < 3 && cells.find(); i++) {
        BigDecimal value = cells.group(1).equals("-") ? BigDecimal.ZERO : new BigDecimal(cells.group(1));
        if (line.startsWith("  mean  ")) {
          mean[i] = value;
        } else if (inside && line.startsWith("  total")) {
          total[i] = value;
        } else if (inside && line.startsWith("    ")) {
          steps[i] = steps[i].add(value);
        } else if (inside) {
          groups[i] = groups[i].add(value);
          // A group of its own name has no steps below.
          steps[i] = line.startsWith("  timer writes") ? steps[i].add(value) : steps[i];
        }
      }
    }
    assertThat(total).isEqualTo(mean);
    assertThat(groups).isEqualTo(mean);
    assertThat(steps).isEqualTo(mean);
  }

  @Test
  void a_bound_is_marked() throws Exception {
    assertThat(TextReport.of(run(3, 2, 1), 100, false)).contains("oracle (bound)").doesNotContain("adaptive (bound)");
  }

  @Test
  void without_transactions_nothing_is_made_up() throws Exception {
    String text = TextReport.of(run(7, 1, 1), 80, false);

    assertThat(text)
        .contains("No latency: rr/transaction was not completed once")
        .contains("Exits per second")
        .doesNotContain("Critical path")
        .doesNotContain("NaN")
        .doesNotContain("null");
  }

  @Test
  void a_variant_without_samples_shows_dashes_beside_others() throws Exception {
    String text = TextReport.of(run(6, 2, 1), 120, false);

    assertThat(text.lines().filter(line -> line.startsWith("  p50")).findFirst().orElseThrow()).endsWith(" -");
  }

  @Test
  void a_workload_without_a_probe_is_no_failure() throws Exception {
    Plan plan = Synthetic.plan(2, Map.of("off", Flavour.SILENT));
    Results results =
        new Runner(
                (spec, replication) -> {
                  Outcome o = Synthetic.outcome(spec, replication);
                  Outcome.Vm vm = o.vms().get(0);
                  Outcome.Vm idle =
                      new Outcome.Vm(
                          vm.name(), 0, Map.of(), vm.exits(), vm.msrWrites(), vm.halts(), vm.vcpus());
                  return new Outcome(o.simulatedNs(), List.of(idle), o.pcpus(), o.hostTasks(), 0, o.stepsCharged());
                })
            .run(plan, 1, Progress.NONE);

    assertThat(TextReport.of(results, 80, false)).contains("declares no probe").contains("Host CPU");
    assertThat(JsonReport.of(results)).contains("\"probe\": null").contains("\"probes\": {}");
  }

  @Test
  void power_is_shown_only_where_it_is_known() throws Exception {
    Plan known = Synthetic.plan(1, Map.of("off", Flavour.OFF));
    Plan.Variant variant = known.variants().get(0);
    SimulationSpec.Host host = variant.spec().host();
    HostProfile profile = host.profile();
    List<CState> states =
        profile.cstates().stream()
            .map(s -> new CState(s.name(), s.exitLatency(), s.targetResidency(), -1))
            .toList();
    SimulationSpec.Host powerless =
        new SimulationSpec.Host(
            new HostProfile(profile.title(), profile.clock(), profile.steps(), states, profile.features()),
            host.kernel(), host.hz(), host.pcpus(), host.deepestCState(), host.tasks());
    SimulationSpec spec = variant.spec();
    Plan unknown =
        new Plan(
            known.scenario(), known.seed(), 1,
            List.of(
                new Plan.Variant(
                    "off", false, false, variant.resolved(),
                    new SimulationSpec(
                        spec.seed(), false, powerless, spec.vms(), 0, spec.warmupNs(), spec.forNs()))));

    Runner runner = new Runner(Synthetic::outcome);
    assertThat(TextReport.of(runner.run(known, 1, Progress.NONE), 80, false)).contains("mW");
    assertThat(TextReport.of(runner.run(unknown, 1, Progress.NONE), 80, false)).doesNotContain("mW");
  }

  @Test
  void used_up_targets_are_repeated() throws Exception {
    assertThat(TextReport.of(run(0, 3, 1), 80, false))
        .contains("coldWake 3.60 us [1]")
        .contains("[1] used up: the talk's \"25 us slower\"");
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = TextReportTest.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
