package dev.haltlab.platform.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Binds YAML to records, and writes records as YAML.
 *
 * <p>What a user writes is laid over the defaults, layer by layer: records and maps merge by key, everything else is
 * replaced whole. A record is constructed once, from all layers together, so that no half-way state has to be valid.
 * The rules:
 *
 * <ul>
 *   <li>A component's key is its name without trailing underscores: {@code for_} is {@code for}.
 *   <li>Without a value in any layer, a component has its default; without a default it is empty if it is an {@link
 *       Optional}, else missing. A null component in a defaults record means that the user must give it.
 *   <li>Records inside lists and maps have no defaults, unless their class has a public static {@code defaults()}.
 *   <li>An {@link IllegalArgumentException} from a constructor becomes a problem; if its message starts with the name
 *       of a component, at the place of that component.
 * </ul>
 */
public final class Binder {
  /** {@code window must be ..}, {@code tasks.client.vcpu: ..} or {@code changes[0].max has ..}. */
  private static final Pattern REFUSAL =
      Pattern.compile("^([A-Za-z][A-Za-z0-9]*)_*((?:\\.[A-Za-z0-9_-]+|\\[[0-9]{1,9}])*):?\\s+(.*)$", Pattern.DOTALL);
  private static final Pattern STEP = Pattern.compile("\\.([A-Za-z0-9_-]+)|\\[([0-9]+)]");


  private final Map<Class<?>, ValueType<?>> values = new LinkedHashMap<>();

  /** @param more value types beside those every configuration may use */
  public Binder(List<ValueType<?>> more) {
    ValueTypes.all(this).forEach(type -> values.put(type.type(), type));
    more.forEach(type -> values.put(type.type(), type));
  }

  /** A binder of the types every configuration may use. */
  public Binder() {
    this(List.of());
  }

  /**
   * Lays layers over defaults.
   *
   * @param defaults type and default values
   * @param layers lowest first
   * @return the record, or null if there were problems
   */
  public <R extends Record> @Nullable R bind(R defaults, List<? extends Node> layers, Problems problems) {
    Class<R> type = classOf(defaults);
    return layers.isEmpty() ? defaults : type.cast(bindRecord(type, defaults, List.copyOf(layers), problems));
  }

  /**
   * Binds a record without defaults.
   *
   * @return the record, or null if there were problems
   */
  public <R extends Record> @Nullable R bind(Class<R> type, Node node, Problems problems) {
    return type.cast(bindRecord(type, null, List.of(node), problems));
  }

  /** A record as maps, lists, strings, longs and booleans in a fixed order, which bind back to an equal record. */
  public Map<String, Object> tree(Record value) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      Object part = get(component, value);
      if (part != null && !(part instanceof Optional<?> optional && optional.isEmpty())) {
        tree.put(key(component), treeOf(part));
      }
    }
    return tree;
  }

  /** The keys a record takes, in order. */
  public static List<String> keys(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents()).map(Binder::key).toList();
  }

  /** Reads one value; null if it is none, after saying why. */
  public <T> @Nullable T value(Class<T> type, Node node, Problems problems) {
    return value(type, null, List.of(node), problems);
  }

  /**
   * Reads one value from several layers.
   *
   * @param defaults what they lie on, or null
   * @param layers at least one, lowest first
   * @return null if there were problems
   */
  public <T> @Nullable T value(Class<T> type, @Nullable T defaults, List<? extends Node> layers, Problems problems) {
    return type.cast(bindAny(type, defaults, List.copyOf(layers), problems));
  }

  @Nullable ValueType<?> valueType(Class<?> type) {
    return values.get(boxed(type));
  }

  /** How a value that is not a record of the user's is written. */
  Object treeOf(Object value) {
    ValueType<?> type = null;
    for (Map.Entry<Class<?>, ValueType<?>> entry : values.entrySet()) {
      if (entry.getKey().isInstance(value)) {
        type = entry.getValue();
      }
    }
    if (type != null) {
      return write(type, value);
    }
    if (value instanceof Enum<?> constant) {
      return Words.camelCase(constant.name());
    }
    if (value instanceof Optional<?> optional) {
      return treeOf(optional.orElseThrow());
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> tree = new LinkedHashMap<>();
      map.forEach((k, v) -> tree.put(k instanceof Enum<?> e ? Words.camelCase(e.name()) : (String) k, treeOf(v)));
      return tree;
    }
    if (value instanceof Collection<?> items) {
      List<Object> tree = new ArrayList<>();
      sorted(items).forEach(item -> tree.add(treeOf(item)));
      return tree;
    }
    if (value instanceof Record nested) {
      return tree(nested);
    }
    throw new IllegalArgumentException("a configuration cannot hold a " + value.getClass().getName());
  }

  /**
   * What a plugin refused, at the place of the key its message starts with, if a layer gives that key.
   *
   * @param message of the exception
   * @param place for a message that names no key
   * @param keys the keys it may name
   * @param layers lowest first
   */
  public static Problem refusal(String message, Place place, Collection<String> keys, List<Node.Mapping> layers) {
    String line = Words.oneLine(message, 300);
    Matcher m = REFUSAL.matcher(line);
    if (m.matches() && keys.contains(m.group(1))) {
      for (int i = layers.size() - 1; i >= 0; i--) {
        Node at = layers.get(i).get(m.group(1));
        if (at != null) {
          Place below = at.place();
          for (Matcher step = STEP.matcher(m.group(2)); step.find();) {
            String key = step.group(1);
            int index = key == null ? Integer.parseInt(step.group(2)) : -1;
            at = key != null && at instanceof Node.Mapping mapping ? mapping.get(key)
                : index >= 0 && at instanceof Node.Sequence list && index < list.items().size()
                    ? list.items().get(index) : null;
            below = at != null ? at.place() : key != null ? below.below(key) : below.item(index);
          }
          return below.problem(m.group(3), "");
        }
      }
    }
    return place.problem(line, "");
  }

  static String key(RecordComponent component) {
    String name = component.getName();
    int end = name.length();
    while (end > 1 && name.charAt(end - 1) == '_') {
      end--; // a key that is a word of Java: for_, native_
    }
    return name.substring(0, end);
  }

  static @Nullable Object get(RecordComponent component, Object owner) {
    try {
      return component.getAccessor().invoke(owner);
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(inaccessible(owner.getClass()), e);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          owner.getClass().getName() + "." + component.getName() + "() failed: " + e.getCause(), e);
    }
  }

  /** The defaults of a record inside a list or map, or null. */
  static @Nullable Object elementDefaults(Type type) {
    if (!(type instanceof Class<?> raw) || !raw.isRecord()) {
      return null;
    }
    try {
      Method method = raw.getMethod("defaults");
      return Modifier.isStatic(method.getModifiers()) && method.getReturnType() == raw ? method.invoke(null) : null;
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  static Class<?> raw(Type type) {
    return type instanceof ParameterizedType p ? (Class<?>) p.getRawType()
        : type instanceof Class<?> c ? c : Object.class;
  }

  static Type argument(Type type, int index) {
    return type instanceof ParameterizedType p ? p.getActualTypeArguments()[index] : Object.class;
  }

  static List<String> names(Class<?> enumType) {
    return Arrays.stream(enumType.getEnumConstants()).map(c -> Words.camelCase(((Enum<?>) c).name())).toList();
  }

  static Class<?> boxed(Class<?> type) {
    return type == int.class ? Integer.class : type == long.class ? Long.class
        : type == boolean.class ? Boolean.class : type;
  }

  private static String inaccessible(Class<?> type) {
    return "the configuration record " + type.getName() + " cannot be read";
  }

  @SuppressWarnings("unchecked")
  private static <R extends Record> Class<R> classOf(R value) {
    return (Class<R>) value.getClass();
  }

  /** Enum sets by declaration, so that their order does not depend on how a set was built. */
  private static Collection<?> sorted(Collection<?> items) {
    if (!(items instanceof Set<?>) || !items.stream().allMatch(i -> i instanceof Enum<?>)) {
      return items;
    }
    List<Object> list = new ArrayList<>(items);
    list.sort(Comparator.comparingInt(i -> ((Enum<?>) i).ordinal()));
    return list;
  }

  private static <T> Object write(ValueType<T> type, Object value) {
    return type.write(type.type().cast(value));
  }

  private static <T> @Nullable T read(
      ValueType<T> type, @Nullable Object defaults, List<Node> layers, Problems problems) {
    return type.readLayers(type.type().cast(defaults), layers, problems);
  }

  /** Binds at least one layer; null if there were problems, all of them reported. */
  private @Nullable Object bindAny(Type type, @Nullable Object defaults, List<Node> layers, Problems problems) {
    Class<?> raw = raw(type);
    ValueType<?> value = valueType(raw);
    if (value != null) {
      return read(value, defaults, layers, problems);
    }
    if (raw == Optional.class) {
      Object inner = defaults instanceof Optional<?> optional ? optional.orElse(null) : null;
      Type content = argument(type, 0);
      Object bound = bindAny(content, inner == null ? elementDefaults(content) : inner, layers, problems);
      return bound == null ? null : Optional.of(bound);
    }
    if (raw.isEnum()) {
      return last(layers, node -> bindEnum(raw, node, problems));
    }
    if (raw == List.class || raw == Set.class) {
      return last(layers, node -> bindList(argument(type, 0), raw == Set.class, node, problems));
    }
    if (raw == Map.class) {
      return bindMap(argument(type, 0), argument(type, 1), defaults, layers, problems);
    }
    if (raw.isRecord()) {
      return bindRecord(raw, defaults, layers, problems);
    }
    problems.add(
        layers.get(0).place(), "this key has a type that a configuration cannot hold: " + raw.getName(),
        "this is a defect of the plugin");
    return null;
  }

  private static @Nullable Object last(
      List<Node> layers, java.util.function.Function<Node, @Nullable Object> bind) {
    Object last = null;
    boolean broken = false;
    for (Node layer : layers) {
      last = layer instanceof Node.Broken ? null : bind.apply(layer);
      broken |= last == null;
    }
    return broken ? null : last;
  }

  private @Nullable Object bindEnum(Class<?> type, Node node, Problems problems) {
    List<String> names = names(type);
    if (node instanceof Node.Scalar scalar) {
      int index = names.indexOf(scalar.text());
      if (index >= 0) {
        return type.getEnumConstants()[index];
      }
      Optional<String> near = Words.nearest(scalar.text(), names);
      problems.add(
          node.place(), "expected one of " + String.join(", ", names) + "; found " + node.describe(),
          near.map(n -> "did you mean " + n + "?").orElse(""));
      return null;
    }
    problems.add(node.place(), "expected one of " + String.join(", ", names) + "; found " + node.describe(), "");
    return null;
  }

  private @Nullable Object bindList(Type element, boolean set, Node node, Problems problems) {
    if (!(node instanceof Node.Sequence sequence)) {
      String example = node instanceof Node.Scalar scalar ? "write [" + Words.oneLine(scalar.text(), 40) + "]" : "";
      problems.add(node.place(), "expected a list, found " + node.describe(), example);
      return null;
    }
    Collection<Object> items = set ? new LinkedHashSet<>() : new ArrayList<>();
    boolean broken = false;
    for (Node item : sequence.items()) {
      Object bound = item instanceof Node.Broken ? null
          : bindAny(element, elementDefaults(element), List.of(item), problems);
      broken |= bound == null;
      if (bound != null && !items.add(bound)) {
        problems.add(item.place(), item.describe() + " is listed twice", "remove one");
        broken = true;
      }
    }
    return broken ? null
        : set ? Collections.unmodifiableSet((Set<?>) items) : Collections.unmodifiableList((List<?>) items);
  }

  private @Nullable Object bindMap(
      Type keyType, Type element, @Nullable Object defaults, List<Node> layers, Problems problems) {
    Map<String, List<Node>> given = new LinkedHashMap<>();
    boolean broken = false;
    for (Node layer : layers) {
      if (layer instanceof Node.Mapping mapping) {
        mapping.fields().forEach((k, field) -> {
          List<Node> below = given.computeIfAbsent(k, x -> new ArrayList<>());
          if (raw(keyType).isEnum() && below.isEmpty() && !names(raw(keyType)).contains(k)) {
            problems.add(field.key(), "unknown key", Words.suggest(k, names(raw(keyType))));
          }
          below.add(field.value());
        });
      } else {
        broken = true;
        if (!(layer instanceof Node.Broken)) {
          problems.add(layer.place(), "expected a mapping of keys, found " + layer.describe(), "");
        }
      }
    }
    Map<Object, Object> result = new LinkedHashMap<>();
    if (defaults instanceof Map<?, ?> base) {
      result.putAll(base);
    }
    for (Map.Entry<String, List<Node>> entry : given.entrySet()) {
      Object key = entry.getKey();
      if (raw(keyType).isEnum()) {
        int index = names(raw(keyType)).indexOf(entry.getKey());
        if (index < 0) {
          broken = true;
          continue;
        }
        key = raw(keyType).getEnumConstants()[index];
      }
      Object base = result.containsKey(key) ? result.get(key) : elementDefaults(element);
      Object bound = bindAny(element, base, entry.getValue(), problems);
      broken |= bound == null;
      if (bound != null) {
        result.put(key, bound);
      }
    }
    return broken ? null : Collections.unmodifiableMap(result);
  }

  private @Nullable Object bindRecord(
      Class<?> type, @Nullable Object defaults, List<Node> layers, Problems problems) {
    RecordComponent[] components = type.getRecordComponents();
    List<String> keys = Arrays.stream(components).map(Binder::key).toList();
    List<Node.Mapping> mappings = new ArrayList<>();
    boolean broken = false;
    for (Node layer : layers) {
      if (layer instanceof Node.Mapping mapping) {
        mappings.add(mapping);
        mapping.fields().forEach((key, field) -> {
          if (!keys.contains(key)) {
            problems.add(field.key(), "unknown key", keys.isEmpty() ? "there are none here" : Words.suggest(key, keys));
          }
        });
        broken |= !keys.containsAll(mapping.fields().keySet());
      } else {
        broken = true;
        if (!(layer instanceof Node.Broken)) {
          problems.add(
              layer.place(), "expected a mapping, found " + layer.describe(),
              "its keys are: " + String.join(", ", keys));
        }
      }
    }
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      List<Node> below = new ArrayList<>();
      for (Node.Mapping mapping : mappings) {
        Node node = mapping.get(keys.get(i));
        if (node != null) {
          below.add(node);
        }
      }
      Object base = defaults == null ? null : get(components[i], defaults);
      if (below.isEmpty() && base instanceof Record inner && !isComplete(inner) && !mappings.isEmpty()) {
        below.add(new Node.Mapping(mappings.get(0).place().below(keys.get(i)), Map.of())); // says what is missing in it
      }
      if (!below.isEmpty()) {
        arguments[i] = bindAny(components[i].getGenericType(), base, below, problems);
      } else if (base != null) {
        arguments[i] = base;
      } else if (components[i].getType() == Optional.class) {
        arguments[i] = Optional.empty();
      } else if (!mappings.isEmpty()) {
        problems.add(
            mappings.get(0).place().below(keys.get(i)), "is missing", "keys without a default: "
                + String.join(", ", required(components, defaults)));
      }
      broken |= arguments[i] == null;
    }
    return broken ? null : construct(type, components, arguments, keys, mappings, problems);
  }

  private boolean isComplete(Record defaults) {
    return valueType(defaults.getClass()) != null
        || Arrays.stream(defaults.getClass().getRecordComponents()).allMatch(c -> {
          Object part = get(c, defaults);
          return part != null && !(part instanceof Record inner && !isComplete(inner));
        });
  }

  private static List<String> required(RecordComponent[] components, @Nullable Object defaults) {
    return Arrays.stream(components)
        .filter(c -> c.getType() != Optional.class && (defaults == null || get(c, defaults) == null))
        .map(Binder::key)
        .toList();
  }

  private static @Nullable Object construct(
      Class<?> type, RecordComponent[] components, Object[] arguments, List<String> keys, List<Node.Mapping> mappings,
      Problems problems) {
    Place place = mappings.get(mappings.size() - 1).place();
    try {
      Constructor<?> constructor =
          type.getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      if (!constructor.canAccess(null)) {
        problems.add(place, inaccessible(type), "make it public and export its package");
        return null;
      }
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused && refused.getMessage() != null) {
        problems.add(refusal(refused.getMessage(), place, keys, mappings));
      } else {
        problems.add(
            place, "the configuration record " + type.getName() + " failed: "
                + Words.oneLine(String.valueOf(e.getCause()), 160),
            "this is a defect of the plugin");
      }
    } catch (ReflectiveOperationException | LinkageError e) {
      problems.add(place, inaccessible(type), "make it public and export its package");
    }
    return null;
  }
}
