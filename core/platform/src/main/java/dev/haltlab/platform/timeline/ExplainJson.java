package dev.haltlab.platform.timeline;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Explanations as JSON, times in ns. */
public final class ExplainJson {
  private ExplainJson() {}

  /** All of them as one object, ending with a newline. */
  public static String of(List<Explanation> explanations) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeNumberProperty("schema", 1);
      json.writeArrayPropertyStart("explained");
      explanations.forEach(each -> explanation(json, each));
      json.writeEndArray();
      json.writeEndObject();
    }
    return text + "\n";
  }

  private static void explanation(JsonGenerator json, Explanation it) {
    json.writeStartObject();
    json.writeStringProperty("variant", it.variant().name());
    json.writeStringProperty("vm", it.vm());
    json.writeStringProperty("probe", it.probe());
    json.writeNumberProperty("replication", 0);
    json.writeNumberProperty("transaction", it.number());
    json.writeNumberProperty("medianOf", it.of());
    json.writeNumberProperty("latencyNs", it.latencyNs());
    json.writeNumberProperty("startNs", it.startNs());
    json.writeNumberProperty("stopNs", it.stopNs());
    json.writeNumberProperty("shownToNs", it.shownToNs());
    json.writeArrayPropertyStart("criticalPath");
    it.path().forEach((step, ns) -> {
      json.writeStartObject();
      json.writeStringProperty("step", step.key());
      json.writeStringProperty("group", step.group());
      json.writeNumberProperty("ns", ns);
      json.writeEndObject();
    });
    json.writeEndArray();
    json.writeObjectPropertyStart("exits");
    it.exits().forEach((title, exits) -> {
      json.writeObjectPropertyStart(title);
      json.writeNumberProperty("count", exits.count());
      json.writeNumberProperty("critical", exits.critical());
      json.writeNumberProperty("criticalNs", exits.criticalNs());
      json.writeEndObject();
    });
    json.writeEndObject();
    json.writeArrayPropertyStart("vcpus");
    for (Map.Entry<Integer, List<Explanation.Step>> lane : it.lanes().entrySet()) {
      json.writeStartObject();
      json.writeNumberProperty("id", lane.getKey());
      json.writeArrayPropertyStart("steps");
      for (Explanation.Step step : lane.getValue()) {
        json.writeStartObject();
        json.writeNumberProperty("fromNs", step.fromNs());
        json.writeNumberProperty("toNs", step.toNs());
        if (!step.exit().isEmpty()) {
          json.writeStringProperty("exit", step.exit());
        }
        json.writeStringProperty("step", step.title());
        json.writeBooleanProperty("critical", step.critical());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
