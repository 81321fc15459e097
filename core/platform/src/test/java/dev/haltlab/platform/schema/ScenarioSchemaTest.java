package dev.haltlab.platform.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.scenario.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Pins that editors are told the same as the planner: the schema takes what we ship and refuses what is refused. */
final class ScenarioSchemaTest {
  private static final Path GOLDEN = Plugins.configFolder().resolve("schema").resolve("scenario.schema.json");

  static Stream<Path> shipped() {
    return Stream.concat(Plugins.scenarios().stream(), Stream.of(Plugins.configFolder().resolve("reference.yaml")));
  }

  @Test
  void theCheckedInSchemaIsTheGeneratedOne() throws IOException {
    String generated = ScenarioSchema.of(Plugins.builtIn(), null);
    if (Boolean.getBoolean("haltlab.update")) {
      Files.createDirectories(GOLDEN.getParent());
      Files.writeString(GOLDEN, generated);
    }
    assertThat(Files.readString(GOLDEN))
        .as("rewrite it with: mvn -pl core/platform -am test -Dhaltlab.update=true")
        .isEqualTo(generated);
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void everyShippedScenarioIsValid(Path file) throws IOException {
    assertThat(scenario().validate(json(Files.readString(file)), InputFormat.JSON)).isEmpty();
  }

  @Test
  void everyNamedHostProfileIsValid() throws IOException {
    Schema schema = schema(ScenarioSchema.of(Plugins.builtIn(), Kind.CPU));
    try (Stream<Path> files = Files.list(Plugins.configFolder().resolve("hosts"))) {
      for (Path file : files.sorted().toList()) {
        assertThat(schema.validate(json(Files.readString(file)), InputFormat.JSON)).isEmpty();
      }
    }
  }

  @Test
  void everyKindHasASchemaThatTakesABareId() {
    for (Kind<?> kind : Kind.SLOTS) {
      Schema schema = schema(ScenarioSchema.of(Plugins.builtIn(), kind));
      Plugins.builtIn().usable(kind).forEach(entry ->
          assertThat(schema.validate("\"" + entry.id() + "\"", InputFormat.JSON)).as(entry.id()).isEmpty());
      assertThat(schema.validate("{\"use\": 7}", InputFormat.JSON)).isNotEmpty();
      assertThat(schema.validate("7", InputFormat.JSON)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "haltPoll: fixd",
    "haltPoll: {use: fixed, windw: 1us}",
    "haltPoll: {use: off, window: 1us}",
    "haltPoll: {window: 1us}",
    "haltPoll: {use: fixed, window: 10}",
    "haltPoll: {use: fixed, window: -10us}",
    "haltPoll: {use: fixed, window: 10min}",
    "seed: one",
    "seed: 1.5",
    "native: yes",
    "runs: {}",
    "run: {for: 1}",
    "measure: 7",
    "host: {cpu: ivy-bridge, kernel: 3.11}",
    "host: {kernel: \"3.11\"}",
    "host: {cpu: {use: ivy-bridge, steps: {coldWalk: 1us}}}",
    "host: {cpu: {use: ivy-bridge, steps: {coldWake: {min: 1us}}}}",
    "host: {cpu: ivy-bridge, tasks: {t: {period: 1ms}}}",
    "vms: {a: {workload: {use: tcp-rr, clientWork: {uniform: 3us}}}}",
    "vms: {a: {vcpus: 2}}",
    "compare: {a: {haltPoll: {windw: 1us}}}",
    "compare: {a: {seed: 2}}",
    "compare: {a: {run: {replications: 2}}}",
    "compare: {}",
    "compare: {a.b: {}}",
  })
  void whatThePlannerRefusesTheSchemaRefuses(String wrong) {
    String good = """
        scenario: s
        host: {cpu: ivy-bridge}
        vms: {a: {workload: tcp-rr}}
        """;
    String key = wrong.substring(0, wrong.indexOf(':'));
    String rest = good.lines().filter(line -> !line.startsWith(key + ":")).reduce("", (a, b) -> a + b + "\n");
    assertThat(scenario().validate(json(good), InputFormat.JSON)).isEmpty();
    assertThat(scenario().validate(json(rest + wrong + "\n"), InputFormat.JSON)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "compare: {a: {haltPoll: {window: 1us}}, b: {vms: {a: {workload: {clientWork: 1us}}}}}",
    "haltPoll: {use: fixed, window: 0}",
    "seed: 1_000",
    "compare: {a: {host: {cpu: haswell}}}\n# no host in the base",
    "native: true",
    "run: {for: 1_000us, warmup: 0}",
  })
  void whatThePlannerTakesTheSchemaTakes(String right) {
    String host = right.contains("no host") ? "" : "host: {cpu: ivy-bridge}\n";
    String yaml = "scenario: s\n" + host + "vms: {a: {workload: tcp-rr}}\n" + right + "\n";
    assertThat(scenario().validate(json(yaml), InputFormat.JSON)).isEmpty();
  }

  private static Schema scenario() {
    return schema(ScenarioSchema.of(Plugins.builtIn(), null));
  }

  private static Schema schema(String text) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text, InputFormat.JSON);
  }

  private static String json(String yaml) {
    return JsonMapper.builder().build().writeValueAsString(YAMLMapper.builder().build().readTree(yaml));
  }
}
