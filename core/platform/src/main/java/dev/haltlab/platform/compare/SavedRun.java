package dev.haltlab.platform.compare;

import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A result read back from its folder.
 *
 * @param name as the user called it
 * @param scenario what was run
 * @param seed root of its random numbers
 * @param variants in order
 */
public record SavedRun(String name, String scenario, long seed, List<Variant> variants) {
  private static final String FILE = "result.json";
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  public SavedRun {
    variants = List.copyOf(variants);
  }

  /**
   * One variant.
   *
   * @param name in the scenario
   * @param bound whether it knows the future
   * @param setting the part of the plan that decides what random numbers are drawn: VMs, their workloads, the run
   * @param figures by name, over all replications together
   * @param replications for each the values by name; those it has not are missing
   */
  public record Variant(
      String name,
      boolean bound,
      String setting,
      Map<String, Figure> figures,
      List<Map<String, BigDecimal>> replications) {}

  /** A value, null if there is none, and its unit. */
  public record Figure(String unit, @Nullable BigDecimal value) {}

  /**
   * Reads a result.
   *
   * @param path its folder, or the JSON itself
   * @throws ProblemsException if there is none, with what to do
   */
  public static SavedRun read(Path path) throws ProblemsException {
    Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
    try {
      JsonNode document = JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
      if (document.path("schema").asInt(0) != 1 || !document.path("variants").isArray()) {
        throw unreadable(file, 0, 0, "is no result of haltlab run", "make one with: haltlab run FILE --out DIR");
      }
      List<Variant> variants = new ArrayList<>();
      for (JsonNode variant : document.get("variants")) {
        if (!variant.has("figures")) {
          throw unreadable(file, 0, 0, "is of an older haltlab, which kept too little to compare", "run it again");
        }
        variants.add(variant(variant));
      }
      return new SavedRun(
          path.toString(), document.path("scenario").asString(""), document.path("seed").asLong(0), variants);
    } catch (NoSuchFileException e) {
      throw unreadable(path, 0, 0,
          Files.isDirectory(path) ? "no " + FILE + " in this folder" : "no such file or folder",
          "make a result with: haltlab run FILE --out DIR");
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      throw unreadable(
          file, at == null ? 0 : at.getLineNr(), at == null ? 0 : at.getColumnNr(), "is not JSON: "
              + String.valueOf(e.getOriginalMessage()).replaceAll("\\R.*", ""), "was it cut or changed?");
    } catch (IOException e) {
      throw unreadable(file, 0, 0, "cannot be read: " + e.getClass().getSimpleName(), "");
    }
  }

  /** The variant of that name. */
  public Optional<Variant> variant(String wanted) {
    return variants.stream().filter(variant -> variant.name.equals(wanted)).findFirst();
  }

  private static Variant variant(JsonNode node) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> figure : node.get("figures").properties()) {
      JsonNode value = figure.getValue().path("value");
      figures.put(
          figure.getKey(),
          new Figure(figure.getValue().path("unit").asString(""), value.isNumber() ? value.decimalValue() : null));
    }
    List<Map<String, BigDecimal>> replications = new ArrayList<>();
    for (JsonNode replication : node.path("replications")) {
      Map<String, BigDecimal> values = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> value : replication.path("figures").properties()) {
        if (value.getValue().isNumber()) {
          values.put(value.getKey(), value.getValue().decimalValue());
        }
      }
      replications.add(values);
    }
    return new Variant(
        node.path("name").asString(""), node.path("bound").asBoolean(false), setting(node.path("plan")), figures,
        replications);
  }

  /** VMs without what their kernels and strategies decide: that is what is compared, and draws nothing. */
  private static String setting(JsonNode plan) {
    ObjectNode setting = JSON.createObjectNode();
    ObjectNode vms = setting.putObject("vms");
    for (Map.Entry<String, JsonNode> vm : plan.path("vms").properties()) {
      ObjectNode kept = vms.putObject(vm.getKey());
      kept.set("vcpus", vm.getValue().path("vcpus"));
      kept.set("workload", vm.getValue().path("workload"));
    }
    setting.set("run", plan.path("run"));
    return setting.toString();
  }

  private static ProblemsException unreadable(Path file, int line, int column, String what, String hint) {
    return new ProblemsException(List.of(new Problem(file.toString(), line, column, "", what, hint)));
  }
}
