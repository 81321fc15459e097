package dev.haltlab.platform.scenario;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Provider;
import dev.haltlab.spi.WorkloadProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** A catalog for tests: the built-in plugins and whatever a test adds. */
public final class Plugins implements Catalog {
  private final List<Entry<?>> entries = new ArrayList<>();
  private final List<Unusable> unusable;

  private Plugins(List<Provider<?>> more, List<Unusable> unusable) {
    ServiceLoader.load(HaltPollProvider.class).forEach(p -> add(Kind.HALT_POLL, p, "built-in"));
    ServiceLoader.load(IdlePolicyProvider.class).forEach(p -> add(Kind.IDLE, p, "built-in"));
    ServiceLoader.load(WorkloadProvider.class).forEach(p -> add(Kind.WORKLOAD, p, "built-in"));
    ServiceLoader.load(HostProfileProvider.class).forEach(p -> add(Kind.CPU, p, "built-in"));
    for (Provider<?> p : more) {
      if (p instanceof HaltPollProvider<?> poll) {
        add(Kind.HALT_POLL, poll, "plugins/test.jar");
      } else if (p instanceof IdlePolicyProvider<?> idle) {
        add(Kind.IDLE, idle, "plugins/test.jar");
      } else if (p instanceof WorkloadProvider<?> workload) {
        add(Kind.WORKLOAD, workload, "plugins/test.jar");
      }
    }
    this.unusable = List.copyOf(unusable);
  }

  /** The built-in ones. */
  public static Plugins builtIn() {
    return new Plugins(List.of(), List.of());
  }

  /** The built-in ones and more. */
  public static Plugins with(Provider<?>... more) {
    return new Plugins(List.of(more), List.of());
  }

  /** The built-in ones and some that cannot be used. */
  public static Plugins withUnusable(Unusable... unusable) {
    return new Plugins(List.of(), List.of(unusable));
  }

  /** The folder of shipped scenarios, profiles and schemas. */
  public static Path configFolder() {
    return Path.of(System.getProperty("basedir", ".")).resolve("../../config").normalize();
  }

  /** The shipped scenarios. */
  public static List<Path> scenarios() {
    try (Stream<Path> files = java.nio.file.Files.list(configFolder().resolve("scenarios"))) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private <P> void add(Kind<P> kind, P provider, String origin) {
    entries.add(new Entry<>(kind, ((Provider<?>) provider).id(), provider, "1", origin));
  }

  @Override
  public <P> Optional<Entry<P>> find(Kind<P> kind, String id) {
    return usable(kind).stream().filter(entry -> entry.id().equals(id)).findFirst();
  }

  @Override
  @SuppressWarnings("unchecked") // an entry of a kind holds a provider of that kind
  public <P> List<Entry<P>> usable(Kind<P> kind) {
    return entries.stream()
        .filter(entry -> entry.kind().equals(kind))
        .map(entry -> (Entry<P>) entry)
        .sorted(Comparator.comparing(Entry::id))
        .toList();
  }

  @Override
  public List<Unusable> unusable() {
    return unusable;
  }
}
