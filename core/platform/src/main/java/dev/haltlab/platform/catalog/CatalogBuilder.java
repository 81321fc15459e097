package dev.haltlab.platform.catalog;

import dev.haltlab.platform.config.Binder;
import dev.haltlab.spi.Provider;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes providers one by one, asks each for what the platform will need of it, and files it as usable or not. */
final class CatalogBuilder {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+(\\.[0-9]+)*)*");

  private final Map<Kind<?>, TreeMap<String, Catalog.Entry<?>>> usable = new HashMap<>();
  private final List<Catalog.Unusable> unusable = new ArrayList<>();

  void unusable(String location, List<String> ids, String reason) {
    unusable.add(new Catalog.Unusable(location, ids, reason));
  }

  /**
   * Every provider of a loader.
   *
   * @return how many it named, good or bad
   */
  int addAll(Kind<?> kind, ServiceLoader<?> loader, String version, String origin) {
    int named = 0;
    Iterator<? extends ServiceLoader.Provider<?>> providers = loader.stream().iterator();
    while (true) {
      String location = origin;
      try {
        if (!providers.hasNext()) {
          return named;
        }
        ServiceLoader.Provider<?> found = providers.next();
        location = location(origin, found.type());
        add(kind, (Provider<?>) found.get(), version, origin);
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Throwable e) { // a plugin may throw anything, and a class that does not link is an Error
        unusable(location, List.of(), Reasons.of(e));
      }
      named++;
    }
  }

  /** A provider that is there already. */
  void add(Provider<?> provider, String version, String origin) {
    for (Kind<?> kind : Kind.ALL) {
      if (kind.providerType().isInstance(provider)) {
        add(kind, provider, version, origin);
      }
    }
  }

  private <P> void add(Kind<P> kind, Provider<?> provider, String version, String origin) {
    String location = location(origin, provider.getClass());
    String id;
    try {
      id = provider.id();
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      unusable(location, List.of(), "id() threw " + Reasons.of(e));
      return;
    }
    String wrong = wrongWith(kind, provider, id, origin);
    if (wrong != null) {
      unusable(location, id == null ? List.of() : List.of(Reasons.clean(id)), wrong);
      return;
    }
    Catalog.Entry<P> entry = new Catalog.Entry<>(kind, id, kind.providerType().cast(provider), version, origin);
    usable.computeIfAbsent(kind, k -> new TreeMap<>()).put(id, entry);
  }

  private @Nullable String wrongWith(Kind<?> kind, Provider<?> provider, @Nullable String id, String origin) {
    if (id == null) {
      return "id() returned null";
    }
    if (!ID.matcher(id).matches()) {
      return Reasons.clean("id() returned \"" + id
          + "\": an id is lower-case words joined by hyphens, such as my-poll");
    }
    Catalog.Entry<?> first = usable.getOrDefault(kind, new TreeMap<>()).get(id);
    if (first != null) {
      return "the " + kind.title() + " \"" + id + "\" exists already ("
          + (first.origin().equals(Catalogs.BUILT_IN) ? "built in" : "from " + first.origin())
          + "); give this one another id";
    }
    try {
      if (provider.summary() == null) {
        return "summary() returned null";
      }
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      return "summary() threw " + Reasons.of(e);
    }
    // Raw: a class compiled against other generics may return anything, and the cast must fail here, not in a run.
    Object defaults;
    try {
      defaults = provider.defaults();
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      return "defaults() threw " + Reasons.of(e);
    }
    if (defaults == null) {
      return "defaults() returned null";
    }
    String hidden = hidden(defaults.getClass());
    return hidden != null || origin.equals(Catalogs.BUILT_IN) ? hidden : unwritable((Record) defaults);
  }

  /** Built-ins are not asked, they are tested; every start would pay for it. */
  private static @Nullable String unwritable(Record defaults) {
    try {
      new Binder().tree(defaults);
      return null;
    } catch (IllegalArgumentException e) {
      return "the configuration record " + defaults.getClass().getName() + " cannot be used: " + Reasons.clean(
          String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable String hidden(Class<?> config) {
    if (!config.isRecord()) {
      return "defaults() returned a " + config.getName() + ", which is not a record";
    }
    for (Class<?> c = config; c != null; c = c.getEnclosingClass()) {
      if (!Modifier.isPublic(c.getModifiers())) {
        return "the configuration record " + config.getName() + " must be public"
            + (c == config ? "" : ", and so must " + c.getName());
      }
    }
    if (!config.getModule().isExported(config.getPackageName(), Catalogs.class.getModule())) {
      return "the module " + config.getModule().getName() + " must export " + config.getPackageName()
          + ", where its configuration record is";
    }
    return null;
  }

  private static String location(String origin, Class<?> type) {
    return origin + " (" + type.getName() + ")";
  }

  Catalog build() {
    Map<Kind<?>, Map<String, Catalog.Entry<?>>> entries = new HashMap<>();
    usable.forEach((kind, byId) -> entries.put(kind, new TreeMap<>(byId)));
    List<Catalog.Unusable> bad = unusable.stream().sorted(Comparator.comparing(Catalog.Unusable::location)).toList();
    return new Loaded(entries, bad);
  }

  private record Loaded(Map<Kind<?>, Map<String, Catalog.Entry<?>>> entries, List<Catalog.Unusable> unusable)
      implements Catalog {

    @Override
    @SuppressWarnings("unchecked") // filed under its own kind, in add()
    public <P> Optional<Entry<P>> find(Kind<P> kind, String id) {
      return Optional.ofNullable((Entry<P>) entries.getOrDefault(kind, Map.of()).get(id));
    }

    @Override
    @SuppressWarnings("unchecked") // filed under its own kind, in add()
    public <P> List<Entry<P>> usable(Kind<P> kind) {
      return entries.getOrDefault(kind, Map.of()).values().stream().map(entry -> (Entry<P>) entry).toList();
    }
  }
}
