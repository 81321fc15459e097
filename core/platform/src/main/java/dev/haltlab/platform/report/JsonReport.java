package dev.haltlab.platform.report;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.run.Interval;
import dev.haltlab.platform.run.Latency;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Summary;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Results as JSON, schema 1: byte-equal for equal plan and seed on any JDK and any number of threads.
 *
 * <p>Counts and times in ns are sums over the replications; figures are decimals of fixed scale, 3 for ns and 6 for
 * ratios; what cannot be told is null. The transactions, latency, exits and halts of a variant are its primary VM's.
 * What a plugin ended before its time has a key {@code unfinished} with the names of the variants that are missing.
 */
public final class JsonReport {
  /** These stand in every result, even at zero, so that a reader need not ask whether they are there. */
  private static final Set<ExitReason> ALWAYS =
      EnumSet.of(ExitReason.HLT, ExitReason.MSR_WRITE, ExitReason.EXTERNAL_INTERRUPT);

  /** These stand in every split of MSR_WRITE. */
  private static final Set<MsrRegister> ALWAYS_SPLIT =
      EnumSet.of(MsrRegister.TMICT, MsrRegister.TSC_DEADLINE, MsrRegister.ICR, MsrRegister.EOI);

  private final JsonGenerator json;

  private JsonReport(JsonGenerator json) {
    this.json = json;
  }

  /** The whole document, ending in a newline. */
  public static String of(Results results) {
    StringWriter text = new StringWriter();
    JsonFactory factory = JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();
    try (JsonGenerator generator = factory.createGenerator(new JsonTree.Pretty(), text)) {
      new JsonReport(generator).document(results);
    }
    return text.append('\n').toString();
  }

  private void document(Results results) {
    json.writeStartObject();
    json.writeNumberProperty("schema", 1);
    json.writeStringProperty("scenario", results.plan().scenario());
    json.writeNumberProperty("seed", results.plan().seed());
    if (!results.unfinished().isEmpty()) {
      json.writeArrayPropertyStart("unfinished");
      results.unfinished().forEach(json::writeString);
      json.writeEndArray();
    }
    json.writeArrayPropertyStart("variants");
    for (Summary summary : Summary.of(results)) {
      variant(summary);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void variant(Summary summary) {
    Outcome pooled = summary.pooled();
    Outcome.Vm primary = summary.primary();
    boolean nativeRun = summary.variant().nativeRun();
    json.writeStartObject();
    json.writeStringProperty("name", summary.variant().name());
    json.writeName("plan");
    JsonTree.write(json, summary.variant().resolved());
    json.writeBooleanProperty("native", nativeRun);
    json.writeBooleanProperty("bound", summary.variant().bound());
    json.writeObjectPropertyStart("primary");
    json.writeStringProperty("vm", primary.name());
    Optional<String> probe = Summary.firstProbe(primary);
    if (probe.isPresent()) {
      json.writeStringProperty("probe", probe.get());
    } else {
      json.writeNullProperty("probe");
    }
    json.writeEndObject();
    json.writeNumberProperty("simulatedNs", pooled.simulatedNs());
    json.writeNumberProperty("transactions", primary.transactions());
    json.writeName("latency");
    latency(summary.latency(primary));
    json.writeObjectPropertyStart("probes");
    for (Outcome.Vm vm : pooled.vms()) {
      for (String name : vm.probes().keySet()) {
        json.writeName(vm.name() + "/" + name);
        latency(summary.latency(vm, name));
      }
    }
    json.writeEndObject();
    exits(primary, nativeRun);
    criticalPath(new CriticalPath(summary));
    halts(primary, nativeRun);
    vms(summary);
    hostTasks(pooled);
    cpu(pooled, summary.variant().spec().host());
    fitted(new CriticalPath(summary));
    figures(summary);
    replications(summary);
    json.writeEndObject();
  }

  private void latency(Latency latency) {
    json.writeStartObject();
    json.writeStringProperty("unit", "ns");
    for (Metric<Latency> metric : Metric.LATENCY) {
      number(metric.name(), metric.value().apply(latency));
    }
    json.writeObjectPropertyStart("ci95");
    interval("mean", latency.ci95().mean());
    interval("p50", latency.ci95().p50());
    interval("p90", latency.ci95().p90());
    interval("p99", latency.ci95().p99());
    json.writeEndObject();
    json.writeEndObject();
  }

  private void interval(String name, Optional<Interval> interval) {
    json.writeName(name);
    if (interval.isPresent()) {
      json.writeStartArray();
      json.writeNumber(interval.get().low());
      json.writeNumber(interval.get().high());
      json.writeEndArray();
    } else {
      json.writeNull();
    }
  }

  private void exits(Outcome.Vm vm, boolean nativeRun) {
    json.writeObjectPropertyStart("exits");
    for (ExitReason reason : ExitReason.values()) {
      Outcome.Count count = vm.exits().getOrDefault(reason, Outcome.Count.NONE);
      if (!nativeRun && (count.count() > 0 || ALWAYS.contains(reason))) {
        json.writeObjectPropertyStart(reason.name());
        exit(count, vm.transactions());
        if (reason == ExitReason.MSR_WRITE) {
          json.writeObjectPropertyStart("byRegister");
          for (MsrRegister register : MsrRegister.values()) {
            Outcome.Count writes = vm.msrWrites().getOrDefault(register, Outcome.Count.NONE);
            if (writes.count() > 0 || ALWAYS_SPLIT.contains(register)) {
              json.writeObjectPropertyStart(register.name());
              exit(writes, vm.transactions());
              json.writeEndObject();
            }
          }
          json.writeEndObject();
        }
        json.writeEndObject();
      }
    }
    json.writeEndObject();
  }

  private void exit(Outcome.Count count, long transactions) {
    json.writeNumberProperty("count", count.count());
    number("perTransaction", Figures.ratio(count.count(), transactions));
    json.writeNumberProperty("timeNs", count.timeNs());
    number("minNs", count.count() == 0 ? null : BigDecimal.valueOf(count.minNs()));
    number("maxNs", count.count() == 0 ? null : BigDecimal.valueOf(count.maxNs()));
    number("stddevNs", Figures.deviationNs(count));
  }

  private void criticalPath(CriticalPath path) {
    json.writeArrayPropertyStart("criticalPath");
    BigDecimal[] means = path.means(1, Figures.NS_SCALE);
    for (int i = 0; i < means.length; i++) {
      PathStep step = path.steps().get(i);
      json.writeStartObject();
      json.writeStringProperty("step", step.key());
      json.writeStringProperty("title", step.title());
      json.writeStringProperty("group", step.group());
      number("meanNs", means[i]);
      json.writeStringProperty("basis", path.basis(step));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void halts(Outcome.Vm vm, boolean nativeRun) {
    json.writeObjectPropertyStart("halts");
    for (Metric<Outcome.Halts> metric : Metric.HALTS) {
      if (!nativeRun) {
        number(metric.name(), metric.value().apply(vm.halts()));
      }
    }
    json.writeEndObject();
  }

  private void vms(Summary summary) {
    json.writeArrayPropertyStart("vms");
    for (Outcome.Vm vm : summary.pooled().vms()) {
      json.writeStartObject();
      json.writeStringProperty("name", vm.name());
      json.writeNumberProperty("transactions", vm.transactions());
      json.writeName("latency");
      latency(summary.latency(vm));
      exits(vm, summary.variant().nativeRun());
      halts(vm, summary.variant().nativeRun());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void hostTasks(Outcome pooled) {
    json.writeArrayPropertyStart("hostTasks");
    for (Outcome.HostTask task : pooled.hostTasks()) {
      json.writeStartObject();
      json.writeStringProperty("name", task.name());
      json.writeNumberProperty("cpuNs", task.cpuNs());
      number("share", Figures.ratio(task.cpuNs(), pooled.simulatedNs()));
      json.writeNumberProperty("wantedNs", task.wantedNs());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void cpu(Outcome pooled, SimulationSpec.Host host) {
    json.writeObjectPropertyStart("cpu");
    json.writeArrayPropertyStart("pcpus");
    for (Outcome.Pcpu pcpu : pooled.pcpus()) {
      json.writeStartObject();
      json.writeNumberProperty("id", pcpu.id());
      states(CpuTime.busyNs(pcpu), CpuTime.byState(pcpu), pooled.simulatedNs());
      number("idleEnergyUj", CpuTime.idleEnergyUj(pcpu, host));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("vcpus");
    for (Outcome.Vm vm : pooled.vms()) {
      for (Outcome.Vcpu vcpu : vm.vcpus()) {
        json.writeStartObject();
        json.writeStringProperty("vm", vm.name());
        json.writeNumberProperty("id", vcpu.id());
        states(CpuTime.busyNs(vcpu), CpuTime.byState(vcpu), pooled.simulatedNs());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void states(long busyNs, Map<String, Long> byState, long windowNs) {
    number("busy", Figures.ratio(busyNs, windowNs));
    json.writeObjectPropertyStart("byState");
    byState.forEach((state, ns) -> json.writeNumberProperty(state, ns));
    json.writeEndObject();
  }

  private void fitted(CriticalPath path) {
    json.writeArrayPropertyStart("fitted");
    for (CriticalPath.Mark mark : path.marks()) {
      json.writeStartObject();
      json.writeStringProperty("step", mark.step().key());
      json.writeStringProperty("basis", CriticalPath.name(mark.basis()));
      json.writeStringProperty("unit", "ns");
      json.writeNumberProperty("value", mark.valueNs());
      json.writeStringProperty("usedUpBy", mark.usedUpBy());
      number("sensitivity", mark.sensitivity());
      json.writeBooleanProperty("sensitivityIsUpperBound", mark.upperBound());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("unpriced");
    path.unpriced().forEach(step -> json.writeString(step.key()));
    json.writeEndArray();
  }

  private void replications(Summary summary) {
    json.writeArrayPropertyStart("replications");
    for (Outcome replication : summary.replications()) {
      Outcome.Vm vm = replication.vms().get(summary.variant().spec().primaryVm());
      Latency latency = Summary.firstProbe(vm).map(vm.probes()::get).map(Latency::of).orElse(Latency.NONE);
      json.writeStartObject();
      json.writeNumberProperty("transactions", vm.transactions());
      number("meanNs", latency.mean());
      number("p50", latency.p50());
      number("p99", latency.p99());
      json.writeObjectPropertyStart("figures");
      Measure.rates(replication, summary.variant()).forEach(measure -> number(measure.path(), measure.value()));
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** What runs compare by, under the names of the CSV table; those of a VM behind its name. */
  private void figures(Summary summary) {
    json.writeObjectPropertyStart("figures");
    for (Measure measure : Measure.rates(summary.pooled(), summary.variant())) {
      json.writeObjectPropertyStart(measure.path());
      json.writeStringProperty("unit", measure.unit());
      number("value", measure.value());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void number(String name, @Nullable BigDecimal value) {
    if (value == null) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, value);
    }
  }
}
