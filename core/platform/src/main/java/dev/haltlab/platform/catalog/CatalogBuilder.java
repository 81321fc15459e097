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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes providers one by one, asks each for what the platform will need of it, and files it as usable or not. */
final class CatalogBuilder {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+(\\.[0-9]+)*)*");
  private static final List<String> RESERVED = List.of("true", "false", "null");

  private final Map<Kind<?>, TreeMap<String, Catalog.Entry<?>>> usable = new HashMap<>();
  private final List<Catalog.Unusable> unusable = new ArrayList<>();
  private final Patience patience;

  CatalogBuilder(Patience patience) {
    this.patience = patience;
  }

  void unusable(String location, List<String> ids, String reason) {
    unusable.add(new Catalog.Unusable(location, ids, reason));
  }

  /** Built-ins, which are trusted: every provider of a loader. */
  void addBuiltIns(Kind<?> kind, ServiceLoader<?> loader, String version) {
    for (Object provider : loader) {
      add((Provider<?>) provider, version, Catalogs.BUILT_IN);
    }
  }

  /**
   * A third party's: every provider of a loader.
   *
   * @param pluginId what the file calls itself; known even of a provider that cannot be asked for its own id
   * @return how many it named, good or bad
   */
  int addAll(Kind<?> kind, ServiceLoader<?> loader, String pluginId, String version, String origin) {
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
        Answers answers = patience.call(() -> Answers.of((Provider<?>) found.get(), false), stack -> true);
        add(kind, answers, version, origin, pluginId);
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Patience.Exhausted e) {
        unusable(location, List.of(pluginId), "did not come back within " + patience.inWords() + where(e.stack()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        unusable(location, List.of(pluginId), "was not asked: interrupted");
      } catch (Throwable e) { // a plugin may throw anything, and a class that does not link is an Error
        unusable(location, List.of(pluginId), Reasons.of(e));
      }
      named++;
    }
  }

  /** The innermost frame of a plugin: the first that is not the JDK's. */
  private static String where(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (frame.getModuleName() == null) {
        return ", it is in " + Reasons.clean(frame.toString());
      }
    }
    return "";
  }

  /** A provider that is there already. */
  void add(Provider<?> provider, String version, String origin) {
    for (Kind<?> kind : Kind.ALL) {
      if (kind.providerType().isInstance(provider)) {
        add(kind, Answers.of(provider, origin.equals(Catalogs.BUILT_IN)), version, origin, "");
      }
    }
  }

  private <P> void add(Kind<P> kind, Answers answers, String version, String origin, String pluginId) {
    String id = answers.id;
    String wrong = answers.wrong;
    Catalog.Entry<?> first = id == null ? null : usable.getOrDefault(kind, new TreeMap<>()).get(id);
    if (wrong == null && first != null) {
      wrong = "the " + kind.title() + " \"" + id + "\" exists already ("
          + (first.origin().equals(Catalogs.BUILT_IN) ? "built in" : "from " + first.origin())
          + "); give this one another id";
    }
    if (wrong != null || id == null) {
      List<String> ids = Stream.of(id == null ? "" : Reasons.clean(id), pluginId).filter(s -> !s.isEmpty()).toList();
      unusable(location(origin, answers.provider.getClass()), ids, String.valueOf(wrong));
      return;
    }
    P provider = kind.providerType().cast(answers.provider);
    Catalog.Entry<P> entry = new Catalog.Entry<>(kind, id, provider, version, origin);
    usable.computeIfAbsent(kind, k -> new TreeMap<>()).put(id, entry);
  }

  /**
   * What a provider says of itself.
   *
   * @param id its id, null if it has none
   * @param wrong why it cannot be used, null if it can
   */
  private record Answers(Provider<?> provider, @Nullable String id, @Nullable String wrong) {

    /** Asks for everything the platform will need; never throws but for lack of memory. */
    static Answers of(Provider<?> provider, boolean builtIn) {
      String id = null;
      String asked = "id()";
      try {
        id = provider.id();
        String wrong = wrongWith(id);
        if (wrong != null) {
          return new Answers(provider, id, wrong);
        }
        asked = "summary()";
        if (provider.summary() == null) {
          return new Answers(provider, id, "summary() returned null");
        }
        asked = "defaults()";
        // Not yet a record: a class compiled against other generics may return anything, and the cast must fail here.
        Object defaults = provider.defaults();
        return new Answers(provider, id, wrongWith(defaults, builtIn));
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Throwable e) { // it may throw anything
        return new Answers(provider, id, asked + " threw " + Reasons.of(e));
      }
    }
  }

  private static @Nullable String wrongWith(@Nullable String id) {
    if (id == null) {
      return "id() returned null";
    }
    if (!ID.matcher(id).matches()) {
      return Reasons.clean("id() returned \"" + id
          + "\": an id is lower-case words joined by hyphens, such as my-poll");
    }
    return RESERVED.contains(id)
        ? "id() returned \"" + id + "\", which YAML reads as something else than a name" : null;
  }

  private static @Nullable String wrongWith(@Nullable Object defaults, boolean builtIn) {
    if (defaults == null) {
      return "defaults() returned null";
    }
    String hidden = hidden(defaults.getClass());
    return hidden != null || builtIn ? hidden : unwritable((Record) defaults);
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
