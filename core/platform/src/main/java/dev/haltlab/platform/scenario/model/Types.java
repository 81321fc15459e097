package dev.haltlab.platform.scenario.model;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Binder;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.platform.config.SchemaBuilder;
import dev.haltlab.platform.config.ValueType;
import dev.haltlab.platform.config.Words;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Provider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The value types of scenarios beside those of every configuration. */
public final class Types {
  /** Names of VMs, variants and host tasks: they stand in paths, so no points. */
  public static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_-]*";

  private Types() {}

  /** A binder that knows them. */
  public static Binder binder(Catalog catalog) {
    List<ValueType<?>> types = new ArrayList<>();
    Binder[] binder = new Binder[1];
    types.add(new GuestKernelType());
    types.add(new SlotType(catalog, tree -> binder[0].tree(tree)));
    types.add(new VariantsType());
    binder[0] = new Binder(types);
    return binder[0];
  }

  /** Schema of a slot of a kind. */
  public static Map<String, Object> slotSchema(Catalog catalog, Kind<?> kind, SchemaBuilder builder, boolean partial) {
    Map<String, Object> schema = new LinkedHashMap<>();
    List<Object> alternatives = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (Catalog.Entry<?> entry : catalog.usable(kind)) {
      Provider<?> provider = (Provider<?>) entry.provider();
      ids.add(entry.id());
      Map<String, Object> object = use(builder.record(provider.defaults(), true), constant(entry.id()), partial);
      object.put("title", entry.id());
      if (!provider.summary().isBlank()) {
        object.put("description", provider.summary());
      }
      alternatives.add(object);
    }
    Map<String, Object> bare = new LinkedHashMap<>();
    if (kind == Kind.CPU) {
      // also the name of a file in config/hosts, which a schema cannot list
      bare.put("type", "string");
      bare.put("pattern", "^" + NAME + "$");
      bare.put("examples", ids);
      alternatives.clear();
      Map<String, Object> cpu = use(builder.record(HostProfile.class), new LinkedHashMap<>(bare), partial);
      asMap(cpu.get("properties")).computeIfPresent("cstates", (key, list) -> orNameOfTable(list));
      alternatives.add(cpu);
    } else {
      bare.put("enum", ids);
    }
    alternatives.add(0, bare);
    schema.put("title", kind.title());
    schema.put("anyOf", alternatives);
    return schema;
  }

  /** A list of C-states, or the name of a file in config/cstates. */
  private static Object orNameOfTable(Object list) {
    Map<String, Object> name = new LinkedHashMap<>();
    name.put("type", "string");
    name.put("pattern", "^" + NAME + "$");
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("anyOf", List.of(name, list));
    return schema;
  }

  private static Map<String, Object> constant(String value) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("const", value);
    return schema;
  }

  private static Map<String, Object> use(Map<String, Object> record, Map<String, Object> use, boolean partial) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("use", use);
    properties.putAll(asMap(record.get("properties")));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!partial) {
      schema.put("required", List.of("use"));
    }
    schema.put("additionalProperties", false);
    return schema;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(@Nullable Object map) {
    return map == null ? Map.of() : (Map<String, Object>) map;
  }

  private static final class GuestKernelType implements ValueType<GuestKernel> {
    private final Binder plain = new Binder();

    @Override
    public Class<GuestKernel> type() {
      return GuestKernel.class;
    }

    @Override
    public @Nullable GuestKernel read(Node node, Problems problems) {
      if (node instanceof Node.Scalar scalar && scalar.text().equals("none")) {
        return new GuestKernel(Optional.empty());
      }
      KernelVersion version = plain.value(KernelVersion.class, node, problems);
      return version == null ? null : new GuestKernel(Optional.of(version));
    }

    @Override
    public Object write(GuestKernel kernel) {
      return kernel.version().map(KernelVersion::toString).orElse("none");
    }

    @Override
    public Map<String, Object> schema(SchemaBuilder builder, String key, boolean partial) {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "string");
      schema.put("pattern", "^(none|v?[0-9]+\\.[0-9]+.*)$");
      return schema;
    }
  }

  private static final class SlotType implements ValueType<Slot> {
    private final Catalog catalog;
    private final java.util.function.Function<Record, Map<String, Object>> tree;

    SlotType(Catalog catalog, java.util.function.Function<Record, Map<String, Object>> tree) {
      this.catalog = catalog;
      this.tree = tree;
    }

    @Override
    public Class<Slot> type() {
      return Slot.class;
    }

    @Override
    public @Nullable Slot read(Node node, Problems problems) {
      return readLayers(null, List.of(node), problems);
    }

    @Override
    public @Nullable Slot readLayers(@Nullable Slot defaults, List<Node> layers, Problems problems) {
      Slot slot = defaults;
      boolean broken = false;
      for (Node layer : layers) {
        slot = layer instanceof Node.Broken ? null : over(slot, layer, problems);
        broken |= slot == null;
      }
      return broken ? null : slot;
    }

    private static @Nullable Slot over(@Nullable Slot below, Node layer, Problems problems) {
      Node.Mapping keys;
      Node use;
      if (layer instanceof Node.Mapping mapping) {
        use = mapping.get("use");
        keys = mapping.without("use");
      } else {
        use = layer;
        keys = new Node.Mapping(layer.place(), Map.of());
      }
      if (use == null) {
        if (below != null && (below.place() != null || layer.place().onCommandLine())) {
          List<Node.Mapping> layers = new ArrayList<>(below.layers());
          layers.add(keys);
          return new Slot(below.use(), below.place(), layers, below.replaced(), null);
        }
        problems.add(
            layer.place().below("use"), "is missing",
            "write use: " + (below == null ? "and a plugin's id" : below.use()));
        return null;
      }
      if (use instanceof Node.Broken) {
        return null;
      }
      if (!(use instanceof Node.Scalar scalar) || scalar.isNumber() || scalar.isBoolean()) {
        problems.add(use.place(), "expected a plugin's id, found " + use.describe(), "write use: and an id");
        return null;
      }
      if (below != null && below.use().equals(scalar.text())) {
        List<Node.Mapping> layers = new ArrayList<>(below.layers());
        layers.add(keys);
        return new Slot(below.use(), use.place(), layers, below.replaced(), null);
      }
      return new Slot(
          scalar.text(), use.place(), List.of(keys), below == null || below.place() == null ? null : below, null);
    }

    @Override
    public Object write(Slot slot) {
      if (slot.config() == null) {
        return slot.use();
      }
      Map<String, Object> written = new LinkedHashMap<>();
      written.put("use", slot.use());
      written.putAll(tree.apply(slot.config()));
      return written;
    }

    @Override
    public Map<String, Object> schema(SchemaBuilder builder, String key, boolean partial) {
      for (Kind<?> kind : Kind.SLOTS) {
        if (kind.key().equals(key)) {
          return builder.define(partial ? key + "Layer" : key, () -> slotSchema(catalog, kind, builder, partial));
        }
      }
      throw new IllegalArgumentException("no kind of plugin goes to " + key);
    }
  }

  private static final class VariantsType implements ValueType<Variants> {
    @Override
    public Class<Variants> type() {
      return Variants.class;
    }

    @Override
    public @Nullable Variants read(Node node, Problems problems) {
      if (!(node instanceof Node.Mapping mapping)) {
        problems.add(
            node.place(), "expected variants by name, found " + node.describe(), "write {off: {haltPoll: off}}");
        return null;
      }
      if (mapping.fields().isEmpty()) {
        problems.add(node.place(), "names no variant", "name one or leave compare out");
        return null;
      }
      Map<String, Node.Mapping> variants = new LinkedHashMap<>();
      boolean broken = false;
      for (Map.Entry<String, Node.Field> entry : mapping.fields().entrySet()) {
        Node value = entry.getValue().value();
        broken |= !checkName(entry.getKey(), entry.getValue().key(), problems);
        if (value instanceof Node.Mapping overlay) {
          variants.put(entry.getKey(), overlay);
        } else {
          broken = true;
          if (!(value instanceof Node.Broken)) {
            problems.add(
                value.place(), "expected the keys that this variant changes, found " + value.describe(),
                "write {} for no change");
          }
        }
      }
      return broken ? null : new Variants(variants);
    }

    @Override
    public Object write(Variants value) {
      return Map.of();
    }

    @Override
    public Map<String, Object> schema(SchemaBuilder builder, String key, boolean partial) {
      Map<String, Object> variant = builder.record(ScenarioConfig.defaults(), true);
      Map<String, Object> properties = new LinkedHashMap<>(asMap(variant.get("properties")));
      properties.keySet().removeAll(List.of("scenario", "seed", "compare"));
      Map<String, Object> run = new LinkedHashMap<>(asMap(properties.get("run")));
      Map<String, Object> times = new LinkedHashMap<>(asMap(run.get("properties")));
      times.remove("replications");
      run.put("properties", times);
      properties.put("run", run);
      variant.put("properties", properties);
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "object");
      schema.put("minProperties", 1L);
      schema.put("propertyNames", Map.of("pattern", "^" + NAME + "$"));
      schema.put("additionalProperties", variant);
      return schema;
    }
  }

  /** Whether a name may be used; says so if not. */
  public static boolean checkName(String name, Place place, Problems problems) {
    if (name.matches(NAME)) {
      return true;
    }
    problems.add(place, "the name " + Words.quote(name) + " cannot be used", "names are letters, digits, - and _");
    return false;
  }
}
