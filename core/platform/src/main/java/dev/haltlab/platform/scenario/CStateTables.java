package dev.haltlab.platform.scenario;

import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.platform.config.Words;
import dev.haltlab.platform.config.Yaml;
import dev.haltlab.platform.scenario.model.Types;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** C-states by name: {@code cstates: NAME} stands for the list in NAME.yaml in a folder {@code cstates}. */
final class CStateTables {
  private static final String KEY = "cstates";

  private final List<Path> dirs;
  private final Map<Path, Optional<Node>> tables = new HashMap<>();

  /** @param dirs where tables are looked for, first found first taken */
  CStateTables(List<Path> dirs) {
    this.dirs = List.copyOf(dirs);
  }

  /** A CPU's keys with the table in the place of its name. */
  Node.Mapping expand(Node.Mapping keys, Problems problems) {
    Node.Field field = keys.fields().get(KEY);
    if (field == null || !(field.value() instanceof Node.Scalar name)) {
      return keys;
    }
    Node table = name.isNumber() || name.isBoolean() ? refused(name, problems) : table(name, problems);
    Map<String, Node.Field> fields = new LinkedHashMap<>(keys.fields());
    fields.put(KEY, new Node.Field(field.key(), table == null ? new Node.Broken(name.place()) : table));
    return new Node.Mapping(keys.place(), fields);
  }

  private static @Nullable Node refused(Node.Scalar name, Problems problems) {
    problems.add(
        name.place(), "expected a list of C-states or the name of a table, found " + name.describe(),
        "write cstates: skylake-sp");
    return null;
  }

  private @Nullable Node table(Node.Scalar name, Problems problems) {
    if (name.text().matches(Types.NAME)) {
      for (Path dir : dirs) {
        Path file = dir.resolve(name.text() + ".yaml");
        if (Files.exists(file)) {
          return tables.computeIfAbsent(file, f -> Optional.ofNullable(read(f, problems))).orElse(null);
        }
      }
    }
    problems.add(
        name.place(), "there is no C-state table " + Words.quote(name.text()),
        Words.suggest(name.text(), new TreeSet<>(Resolver.namesIn(dirs))));
    return null;
  }

  private static @Nullable Node read(Path file, Problems problems) {
    Node table = Yaml.read(file, file.toString(), problems);
    if (table == null || table instanceof Node.Sequence || table instanceof Node.Broken) {
      return table;
    }
    problems.add(
        table.place(), "not a C-state table: expected a list, found " + table.describe(),
        "write - { name: C1, exitLatency: 2us, targetResidency: 2us, powerMw: -1 } for each state, shallowest first");
    return null;
  }
}
