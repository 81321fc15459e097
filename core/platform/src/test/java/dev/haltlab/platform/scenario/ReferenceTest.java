package dev.haltlab.platform.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Binder;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.config.Yaml;
import dev.haltlab.platform.scenario.model.HostConfig;
import dev.haltlab.platform.scenario.model.RunConfig;
import dev.haltlab.platform.scenario.model.ScenarioConfig;
import dev.haltlab.platform.scenario.model.TaskConfig;
import dev.haltlab.platform.scenario.model.Types;
import dev.haltlab.platform.scenario.model.VmConfig;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pins that config/reference.yaml, the manual, shows every key there is and the default it has. */
final class ReferenceTest {
  private static final Path FILE = Plugins.configFolder().resolve("reference.yaml");

  private final Catalog catalog = Plugins.builtIn();
  private final Binder binder = Types.binder(catalog);
  private final Node.Mapping top = read();

  private static Node.Mapping read() {
    Problems problems = new Problems();
    Node node = Yaml.read(FILE, FILE.toString(), problems);
    assertThat(problems.all()).isEmpty();
    return (Node.Mapping) Objects.requireNonNull(node);
  }

  @Test
  void itCanBePlanned() throws ProblemsException {
    assertThat(ShippedScenariosTest.plan(FILE).variants()).hasSizeGreaterThan(4);
  }

  @Test
  void itShowsEveryKeyOfAScenario() {
    assertThat(top.fields().keySet()).containsExactlyElementsOf(Binder.keys(ScenarioConfig.class));
    assertThat(at("host").fields().keySet()).containsExactlyElementsOf(Binder.keys(HostConfig.class));
    assertThat(at("host", "tasks", "batch").fields().keySet()).containsExactlyElementsOf(Binder.keys(TaskConfig.class));
    assertThat(at("vms", "rr").fields().keySet()).containsExactlyElementsOf(Binder.keys(VmConfig.class));
    assertThat(at("run").fields().keySet()).containsExactlyElementsOf(Binder.keys(RunConfig.class));
    assertThat(at("host", "cpu").without("use").fields().keySet())
        .containsExactlyElementsOf(Binder.keys(HostProfile.class));
  }

  @Test
  void itShowsTheDefaultOfEveryKeyThatHasOne() {
    Map<String, Object> differences = new LinkedHashMap<>();
    compare(binder.tree(ScenarioConfig.defaults()), top, "", differences);
    compare(binder.tree(VmConfig.defaults()), at("vms", "rr"), "vms.rr", differences);
    assertThat(differences).isEmpty();
  }

  @Test
  void itShowsEveryPluginWithAllItsKeysAndTheirDefaults() throws IOException {
    String text = Files.readString(FILE);
    Set<Class<?>> shown = new HashSet<>();
    for (Kind<?> kind : Kind.SLOTS) {
      for (Catalog.Entry<?> entry : catalog.usable(kind)) {
        Record defaults = completeDefaults((Provider<?>) entry.provider());
        if (!shown.add(defaults.getClass()) && kind != Kind.CPU) {
          assertThat(text).as("%s, another's keys", entry.id()).contains(entry.id());
          continue;
        }
        Map<String, Object> written = new LinkedHashMap<>(binder.tree(defaults));
        List<Node> slots = slots(top, kind.key(), entry.id());
        assertThat(slots).as("%s %s", kind.key(), entry.id()).isNotEmpty();
        if (kind == Kind.CPU && !entry.id().equals("ivy-bridge")) {
          continue; // the keys are the same, the values the profile's own
        }
        written.remove("steps"); // one of them stands for all
        written.remove("tasks"); // there is no default program
        Map<String, Object> differences = new LinkedHashMap<>();
        Node last = slots.get(slots.size() - 1);
        Node.Mapping keys = last instanceof Node.Mapping m ? m : new Node.Mapping(last.place(), Map.of());
        compare(written, keys, entry.id(), differences);
        assertThat(differences).as("%s %s", kind.key(), entry.id()).isEmpty();
      }
    }
  }

  private static <C extends Record> C completeDefaults(Provider<C> provider) {
    return provider.complete(provider.defaults());
  }

  /** Every default must stand in the file with the same value; slots are compared elsewhere. */
  private void compare(Map<?, ?> defaults, Node.Mapping file, String path, Map<String, Object> differences) {
    defaults.forEach((key, value) -> {
      String below = path.isEmpty() ? (String) key : path + "." + key;
      Node node = file.get((String) key);
      boolean slot = Kind.SLOTS.stream().anyMatch(kind -> kind.key().equals(key));
      if (slot || key.equals("compare") || below.equals("host.tasks")) {
        return;
      }
      if (value instanceof Map<?, ?> map && node instanceof Node.Mapping mapping) {
        compare(map, mapping, below, differences);
      } else if (node == null || !plain(node).equals(plain(value))) {
        differences.put(below, value);
      }
    });
  }

  private static String plain(Object value) {
    if (value instanceof Node.Scalar scalar) {
      return scalar.text();
    }
    if (value instanceof Node.Sequence sequence) {
      return sequence.items().stream().map(ReferenceTest::plain).toList().toString();
    }
    if (value instanceof Node.Mapping mapping) {
      Map<String, String> map = new LinkedHashMap<>();
      mapping.fields().forEach((k, field) -> map.put(k, plain(field.value())));
      return map.toString();
    }
    return value.toString();
  }

  private static List<Node> slots(Node node, String key, String id) {
    List<Node> found = new ArrayList<>();
    if (node instanceof Node.Mapping mapping) {
      mapping.fields().forEach((k, field) -> {
        Node use = field.value() instanceof Node.Mapping slot ? slot.get("use") : field.value();
        if (k.equals(key) && use instanceof Node.Scalar scalar && scalar.text().equals(id)) {
          found.add(field.value());
        }
        found.addAll(slots(field.value(), key, id));
      });
    }
    return found;
  }

  private Node.Mapping at(String... path) {
    Node node = top;
    for (String key : path) {
      node = Objects.requireNonNull(((Node.Mapping) node).get(key), key);
    }
    return (Node.Mapping) node;
  }

  @Test
  void aDefaultThatDiffersIsFound() {
    Map<String, Object> differences = new LinkedHashMap<>();
    compare(Map.of("hz", 123L, "nothing", "x"), at("host"), "host", differences);
    assertThat(differences).containsOnlyKeys("host.hz", "host.nothing");
  }
}
