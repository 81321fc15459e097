package dev.haltlab.platform.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import dev.haltlab.platform.scenario.Plugins;
import dev.haltlab.platform.timeline.ParsedTrace.Row;
import dev.haltlab.platform.timeline.ParsedTrace.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import perfetto.protos.Perfetto.Trace;
import perfetto.protos.Perfetto.TraceUuid;

/**
 * Timelines of the shipped scenarios, read back by the format's published schema. Pins: a slice that overlaps another or
 * never ends, time that is nowhere, an arrow with one end, a critical path that is not the latency, bytes that change.
 */
class PerfettoTraceTest {
  private static final long MS = 1_000_000;

  private static Plan plan(String scenario) throws Exception {
    return new Planner(Plugins.builtIn()).plan(new PlanRequest(
        Plugins.configFolder().resolve("scenarios/" + scenario + ".yaml"), List.of(), OptionalLong.empty(),
        OptionalInt.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp-rr-2vcpu, 100, 50", "tcp-rr-1vcpu, 200, 5", "tcp-rr-halt-poll, 0, 5", "memcache, 100, 5",
    "event-objects, 100, 5", "overcommit, 200, 20", "idle-vcpus, 300, 30", "ipi-latency, 50, 3"
  })
  void lawsHold(String scenario, long fromMs, long forMs) throws Exception {
    Plan plan = plan(scenario);
    byte[] bytes = PerfettoTrace.of(Recording.of(plan, fromMs * MS, forMs * MS));
    ParsedTrace trace = ParsedTrace.of(bytes);
    assertThat(PerfettoTrace.of(Recording.of(plan, fromMs * MS, forMs * MS))).isEqualTo(bytes);

    List<Row> cpus = trace.under(".*/vCPU \\d+");
    assertThat(cpus).hasSameSizeAs(plan.variants().stream()
        .flatMap(variant -> variant.spec().vms().stream()).flatMap(vm -> java.util.stream.IntStream
            .range(0, vm.vcpus()).boxed()).toList());
    for (Row cpu : cpus) {
      tiled(cpu, cpu.depth(0), fromMs * MS, (fromMs + forMs) * MS);
      cpu.depth(0).forEach(outer -> tiled(cpu, outer.inner, outer.fromNs, outer.toNs));
    }
    for (Row pcpu : trace.under(".*/pCPU \\d+")) {
      List<String> stays = pcpu.depth(0).stream().map(slice -> slice.name).toList();
      for (int i = 1; i < stays.size(); i++) {
        assertThat(stays.get(i).startsWith("idle") && stays.get(i).equals(stays.get(i - 1)))
            .as("%s: slice %d goes on with the idle time before", pcpu.path, i).isFalse();
      }
      tiled(pcpu, pcpu.depth(0), fromMs * MS, (fromMs + forMs) * MS);
      pcpu.depth(0).stream().filter(outer -> !outer.name.startsWith("idle"))
          .forEach(outer -> tiled(pcpu, outer.inner, outer.fromNs, outer.toNs));
    }
    long whole = 0;
    for (Row row : trace.rows.values()) {
      for (Slice slice : row.depth(0)) {
        if (slice.facts.containsKey("number")) {
          tiled(row, slice.inner, slice.fromNs, slice.toNs);
          if (!slice.facts.containsKey("cut by the window")) {
            whole++;
            assertThat(slice.inner.stream().mapToLong(Slice::ns).sum()).isEqualTo(slice.facts.get("latency ns"));
          }
        }
      }
    }
    assertThat(whole > 0).as("transactions").isEqualTo(!scenario.equals("idle-vcpus"));
    trace.flows.forEach((id, ends) -> {
      assertThat(ends).as("flow %d", id).hasSizeGreaterThanOrEqualTo(2);
      assertThat(ends.stream().map(ParsedTrace.End::last).toList().indexOf(true))
          .as("the last end of flow %d is the only one that is marked", id).isEqualTo(ends.size() - 1);
      // also where all happens in one instant, as natively, whatever row comes first
      String way = String.join(" > ", ends.stream().map(ParsedTrace.End::name).toList());
      assertThat(way).matches("IPI to vCPU \\d+ (> IPI arrives )?> IPI handler|(.+) sent > \\2 taken");
    });
    assertThat(trace.rows.values().stream().map(row -> row.path).filter(path -> !path.contains("/")))
        .as("the viewer sorts what is outermost by name").isSorted();
  }

  /** Slices follow each other without gap and fill the time. */
  private static void tiled(Row row, List<Slice> slices, long fromNs, long toNs) {
    long atNs = fromNs;
    for (Slice slice : slices) {
      assertThat(slice.fromNs).as("%s: %s", row.path, slice).isEqualTo(atNs);
      atNs = slice.toNs;
    }
    assertThat(atNs).as(row.path).isEqualTo(toNs);
  }

  @Test
  void slidesElevenAndTwelveCanBeReadOffIt() throws Exception {
    ParsedTrace trace = ParsedTrace.of(PerfettoTrace.of(Recording.of(plan("tcp-rr-2vcpu"), 100 * MS, 50 * MS)));
    long transactions = trace.at("2 kvm/VM guest/transaction").depth(0).size();
    List<Slice> exits = new ArrayList<>();
    trace.under("2 kvm/VM guest/vCPU \\d+").forEach(row -> exits.addAll(row.depth(0)));
    Map<String, Double> perTransaction = new java.util.TreeMap<>();
    exits.forEach(exit -> perTransaction.merge(exit.name, 1.0 / transactions, Double::sum));
    // slide 8 and 10: two halts, two ICR writes, eight timer writes; slide 12: four of those are on the critical path
    assertThat(perTransaction.get("HLT *")).isBetween(1.9, 2.02);
    assertThat(perTransaction.get("MSR_WRITE ICR *")).isBetween(1.9, 2.02);
    assertThat(perTransaction.get("MSR_WRITE TMICT *")).isBetween(3.6, 4.1);
    assertThat(perTransaction.get("MSR_WRITE TMICT")).isBetween(3.6, 4.1);
    assertThat(trace.at("2 kvm/VM guest/vCPU 0").slices.stream().map(slice -> slice.name))
        .contains("blocked", "thread wake-up", "sched-in and entry preparation", "guest idle loop");
    assertThat(trace.at("2 kvm/VM guest/task client").slices.stream().map(slice -> slice.name))
        .contains("send request", "receive reply", "on vCPU 0");
    assertThat(trace.at("2 kvm/host/pCPU 0").slices.stream().map(slice -> slice.name))
        .contains("vCPU 0 of guest", "idle C1", "exit", "guest");
    // every transaction: two messages, two IPIs
    assertThat(trace.flows.size() / (double) transactions).isBetween(3.5, 16.5);
    assertThat(trace.under("1 native/.*").stream().flatMap(row -> row.slices.stream()).map(slice -> slice.name))
        .contains("halted").doesNotContain("HLT", "MSR_WRITE TMICT");
  }

  @Test
  void theTransactionThatOpensTheWindowIsWholeAndDoesNotCount() throws Exception {
    // the first that ends after the warm-up: in ipi-latency it also begins after it
    ParsedTrace trace = ParsedTrace.of(PerfettoTrace.of(Recording.of(plan("ipi-latency"), 10 * MS, MS)));
    List<Row> probes = trace.under(".*/ipi");
    assertThat(probes).hasSize(9);
    for (Row row : probes) {
      Slice first = row.depth(0).get(0);
      assertThat(first.facts).as(row.path).containsEntry("not counted", true)
          .doesNotContainKeys("cut by the window", "latency ns");
      assertThat(row.depth(0).get(1).facts).as(row.path).containsKey("latency ns").doesNotContainKey("not counted");
    }
  }

  @Test
  void filesOfDifferentContentAreDifferentToTheViewer() throws Exception {
    // which keeps files by their UUID or, without one, by their first bytes: names, often the same
    Plan plan = plan("ipi-latency");
    assertThat(uuid(PerfettoTrace.of(Recording.of(plan, 10 * MS, MS))))
        .isNotEqualTo(uuid(PerfettoTrace.of(Recording.of(plan, 10 * MS, MS + MS / 10))));
  }

  private static TraceUuid uuid(byte[] bytes) throws Exception {
    return Trace.parseFrom(bytes).getPacket(0).getTraceUuid();
  }

  @Test
  void pollWindowsAreCounters() throws Exception {
    ParsedTrace trace = ParsedTrace.of(PerfettoTrace.of(Recording.of(plan("tcp-rr-halt-poll"), 0, 5 * MS)));
    List<long[]> values = trace.at("3 adaptive/VM guest/halt-poll window of vCPU 0").values;
    assertThat(values.get(0)[1]).isLessThan(values.get(values.size() - 1)[1]); // it grows from where the kernel starts
  }

  @Test
  void anEarlyEndChangesNothingThatHappensBefore() throws Exception {
    Plan plan = plan("tcp-rr-2vcpu");
    Timeline early = Recording.of(plan, 110 * MS, MS).get(1);
    Log log = new Log(plan.variants().get(1), 0, 110 * MS, 111 * MS, Recording.MOST_EVENTS);
    Recording.run(plan.variants().get(1), log);
    Timeline whole = log.timeline();
    assertThat(early.threads()).isEqualTo(whole.threads());
    assertThat(early.exits()).isEqualTo(whole.exits());
    assertThat(early.verbs()).isEqualTo(whole.verbs());
  }

  @Test
  void whatIsTooLongIsRefusedAndSaysHowFarItGot() throws Exception {
    Plan plan = plan("tcp-rr-2vcpu");
    Log log = new Log(plan.variants().get(1), 0, 100 * MS, 150 * MS, 1_000);
    Recording.run(plan.variants().get(1), log);
    assertThat(log.fullNs()).isBetween(100 * MS, 101 * MS);
  }
}
