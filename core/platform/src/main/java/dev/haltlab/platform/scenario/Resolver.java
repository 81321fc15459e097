package dev.haltlab.platform.scenario;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Binder;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.platform.config.Words;
import dev.haltlab.platform.config.Yaml;
import dev.haltlab.platform.scenario.model.Slot;
import dev.haltlab.platform.scenario.model.Types;
import dev.haltlab.spi.Provider;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the plugin a slot names, through named host profiles where there are any, and binds its configuration. */
final class Resolver {
  private final Catalog catalog;
  private final Binder binder;
  private final List<Path> hostDirs;
  private final Map<Path, Optional<Node>> profiles = new HashMap<>();
  private final CStateTables cstates;

  /** @param hostDirs folders with named host profiles; C-state tables are in {@code cstates} beside each */
  Resolver(Catalog catalog, Binder binder, List<Path> hostDirs) {
    this.catalog = catalog;
    this.binder = binder;
    this.hostDirs = List.copyOf(hostDirs);
    this.cstates = new CStateTables(hostDirs.stream().map(dir -> dir.resolveSibling("cstates")).toList());
  }

  /**
   * A slot whose plugin is there and whose configuration is bound.
   *
   * @param entry the plugin
   * @param given its configuration as the user gave it, over the defaults
   * @param config the same, complete
   * @param slot for the resolved plan: the plugin's own id and the bound configuration
   * @param place of the id in the user's input
   * @param layers the plugin's keys in the user's input
   */
  record Resolved<P>(
      Catalog.Entry<P> entry, Record given, Record config, Slot slot, Place place, List<Node.Mapping> layers) {
    /** What the plugin thinks of this configuration, as warnings; if it fails at that, a problem. */
    @SuppressWarnings("unchecked") // the configuration was bound over this provider's own defaults
    void advise(Problems warnings, Problems problems) {
      try {
        for (String advice : ((Provider<Record>) entry.provider()).advice(given)) {
          warnings.add(Binder.refusal(advice, place, Binder.keys(given.getClass()), layers));
        }
      } catch (RuntimeException | LinkageError e) {
        failed(e, "to give advice", problems);
      }
    }

    /** What the plugin threw, as a problem. */
    void failed(Throwable thrown, String doing, Problems problems) {
      if (thrown instanceof IllegalArgumentException && thrown.getMessage() != null) {
        problems.add(Binder.refusal(thrown.getMessage(), place, Binder.keys(config.getClass()), layers));
        return;
      }
      problems.add(
          place, "the " + entry.kind().title() + " '" + entry.id() + "' failed " + doing + ": "
              + Words.oneLine(String.valueOf(thrown), 160),
          "this is a defect of the plugin (" + entry.origin() + ")");
    }
  }

  /**
   * Resolves a slot.
   *
   * @param fallback where a default slot would stand
   * @return null if there were problems
   */
  <P> @Nullable Resolved<P> resolve(Kind<P> kind, Slot slot, Place fallback, Problems problems) {
    if (slot.replaced() != null) {
      resolve(kind, slot.replaced(), fallback, problems); // it does not count here, but a slip in it is one
    }
    String use = slot.use();
    Place place = slot.place() == null ? fallback : slot.place();
    List<Node.Mapping> layers = new ArrayList<>(slot.layers());
    List<String> chain = new ArrayList<>();
    while (true) {
      Optional<Catalog.Entry<P>> entry = catalog.find(kind, use);
      Path file = kind == Kind.CPU ? profile(use) : null;
      if (entry.isPresent() && file != null) {
        problems.add(
            place, "there is both a plugin and a file named " + Words.quote(use) + ": " + file, "rename the file");
        return null;
      }
      if (entry.isPresent()) {
        if (kind == Kind.CPU) {
          layers.replaceAll(layer -> cstates.expand(layer, problems));
        }
        return bind(entry.get(), place, layers, problems);
      }
      if (file == null) {
        unknown(kind, use, place, problems);
        return null;
      }
      boolean circle = chain.contains(use);
      chain.add(use);
      if (circle) {
        problems.add(place, "host profiles go in a circle: " + String.join(" -> ", chain), "end it at a plugin's id");
        return null;
      }
      Slot inner = read(file, problems);
      if (inner == null) {
        return null;
      }
      layers.addAll(0, inner.layers());
      use = inner.use();
      place = inner.place() == null ? place : inner.place();
    }
  }

  private <P> @Nullable Resolved<P> bind(
      Catalog.Entry<P> entry, Place place, List<Node.Mapping> layers, Problems problems) {
    Record config;
    try {
      config = binder.bind(((Provider<?>) entry.provider()).defaults(), layers, problems);
    } catch (RuntimeException | LinkageError e) {
      problems.add(
          place, "the " + entry.kind().title() + " '" + entry.id() + "' has no usable defaults: "
              + Words.oneLine(String.valueOf(e.getMessage()), 160),
          "this is a defect of the plugin (" + entry.origin() + ")");
      return null;
    }
    if (config == null) {
      return null;
    }
    Resolved<P> bound =
        new Resolved<>(entry, config, config, new Slot(entry.id(), place, layers, null, config), place, layers);
    try {
      Record complete = complete((Provider<?>) entry.provider(), config);
      return new Resolved<>(
          entry, config, complete, new Slot(entry.id(), place, layers, null, complete), place, layers);
    } catch (RuntimeException | LinkageError e) {
      bound.failed(e, "to complete its configuration", problems);
      return null;
    }
  }

  @SuppressWarnings("unchecked") // the configuration was bound over this provider's own defaults
  private static Record complete(Provider<?> provider, Record config) {
    return Objects.requireNonNull(((Provider<Record>) provider).complete(config), "complete returned null");
  }

  private void unknown(Kind<?> kind, String use, Place place, Problems problems) {
    for (Catalog.Unusable unusable : catalog.unusable()) {
      if (unusable.ids().contains(use)) {
        problems.add(
            place, "the " + kind.title() + " " + Words.quote(use) + " cannot be used: " + unusable.reason(),
            "it comes from " + unusable.location());
        return;
      }
    }
    TreeSet<String> names = new TreeSet<>();
    catalog.usable(kind).forEach(entry -> names.add(entry.id()));
    if (kind == Kind.CPU) {
      names.addAll(namesIn(hostDirs));
    }
    Optional<String> near = Words.nearest(use, names);
    String elsewhere = amongUnusable();
    String hint = near.isPresent() || elsewhere.isEmpty() ? Words.suggest(use, names) : elsewhere;
    problems.add(place, "there is no " + kind.title() + " " + Words.quote(use), hint);
  }

  /** Where else it may be: a file whose code was not or could not be run does not tell its plugins' ids. */
  private String amongUnusable() {
    List<Catalog.Unusable> bad = catalog.unusable();
    if (bad.isEmpty()) {
      return "";
    }
    return "it may be in a plugin that cannot be used: " + bad.get(0).location() + ": " + bad.get(0).reason()
        + (bad.size() == 1 ? "" : "; and " + (bad.size() - 1) + " more, see haltlab plugins list");
  }

  private @Nullable Slot read(Path file, Problems problems) {
    Optional<Node> node =
        profiles.computeIfAbsent(file, f -> Optional.ofNullable(Yaml.read(f, f.toString(), problems)));
    if (node.isEmpty()) {
      return null;
    }
    if (!(node.get() instanceof Node.Mapping)) {
      problems.add(node.get().place(), "expected a mapping, found " + node.get().describe(), "write use: and an id");
      return null;
    }
    return binder.value(Slot.class, node.get(), problems);
  }

  private @Nullable Path profile(String name) {
    if (name.matches(Types.NAME)) {
      for (Path dir : hostDirs) {
        Path file = dir.resolve(name + ".yaml");
        if (Files.exists(file)) {
          return file;
        }
      }
    }
    return null;
  }

  /** What the YAML files in folders are called. */
  static List<String> namesIn(List<Path> dirs) {
    List<String> names = new ArrayList<>();
    for (Path dir : dirs) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, "*.yaml")) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName());
          names.add(name.substring(0, name.length() - ".yaml".length()));
        }
      } catch (IOException | DirectoryIteratorException e) {
        // a folder that cannot be listed suggests nothing
      }
    }
    return names;
  }
}
