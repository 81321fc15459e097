package dev.haltlab.tck;

import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.KernelVersion;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A configuration record taken apart, the way the platform does it. */
final class ConfigRecord {
  private static final Set<Class<?>> VALUES = new HashSet<>(List.of(
      boolean.class, int.class, long.class, Boolean.class, Integer.class, Long.class, String.class, Duration.class,
      Hertz.class, Bytes.class, Dist.class, Cost.class, KernelVersion.class));

  private final Class<? extends Record> type;
  private final RecordComponent[] components;
  private final Object[] values;

  private ConfigRecord(Class<? extends Record> type, RecordComponent[] components, Object[] values) {
    this.type = type;
    this.components = components;
    this.values = values;
  }

  static ConfigRecord of(Record config) {
    RecordComponent[] components = config.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      try {
        values[i] = components[i].getAccessor().invoke(config);
      } catch (IllegalAccessException e) {
        throw inaccessible(config.getClass());
      } catch (InvocationTargetException e) {
        throw new Violation(components[i].getName() + "() " + Thrown.by(e.getCause()));
      }
    }
    return new ConfigRecord(config.getClass(), components, values);
  }

  /** @throws Violation naming the first component that cannot be bound */
  static void requireAllowed(Class<? extends Record> type) {
    if (type == HostProfile.class) {
      return; // the contracts' own
    }
    for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
      if (!Modifier.isPublic(c.getModifiers())) {
        throw new Violation(c.getName() + " is not public");
      }
    }
    for (RecordComponent component : type.getRecordComponents()) {
      requireAllowed(type.getSimpleName() + "." + component.getName(), component.getGenericType());
    }
  }

  private static void requireAllowed(String where, Type type) {
    if (type instanceof Class<?> raw) {
      if (raw.isRecord() && !VALUES.contains(raw)) {
        requireAllowed(raw.asSubclass(Record.class));
      } else if (!raw.isEnum() && !VALUES.contains(raw)) {
        throw new Violation(where + " is of type " + raw.getTypeName());
      }
      return;
    }
    Class<?> raw = type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : Object.class;
    Type[] arguments = type instanceof ParameterizedType generic ? generic.getActualTypeArguments() : new Type[0];
    if (raw == List.class || raw == Optional.class) {
      requireAllowed(where, arguments[0]);
    } else if (raw == Map.class && arguments[0] == String.class) {
      requireAllowed(where, arguments[1]);
    } else {
      throw new Violation(where + " is of type " + type.getTypeName());
    }
  }

  Object[] values() {
    return values.clone();
  }

  /**
   * Puts a record together by its canonical constructor.
   *
   * @throws Refused if the constructor throws
   */
  Object construct(Object[] arguments) {
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return canonical.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new Refused(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw inaccessible(type);
    }
  }

  /** Puts together every configuration that differs from this one in one extreme value. */
  void variants(BiConsumer<String, Record> accepted, BiConsumer<String, Refused> refused) {
    for (int i = 0; i < components.length; i++) {
      for (Object candidate : candidates(i)) {
        Object[] changed = values.clone();
        changed[i] = candidate;
        String what = components[i].getName() + " = " + candidate;
        Record variant;
        try {
          variant = (Record) construct(changed);
        } catch (Refused e) {
          refused.accept(what, e);
          continue;
        }
        accepted.accept(what, variant);
      }
    }
  }

  /** Whether the platform can tell which key a line is about. */
  boolean startsWithAComponent(@Nullable String line) {
    String first = line == null ? "" : line.strip().split("[^A-Za-z0-9]", 2)[0];
    return Arrays.stream(components).anyMatch(component -> component.getName().replaceFirst("_+$", "").equals(first));
  }

  /** Values at the ends of what a scenario may hold for a component, and a few in between. */
  private List<Object> candidates(int component) {
    Class<?> of = components[component].getType();
    if (of == boolean.class) {
      return List.of(false, true);
    }
    if (of == int.class) {
      return List.of(Integer.MIN_VALUE, -1, 0, 1, 1_000, Integer.MAX_VALUE);
    }
    if (of == long.class) {
      return List.of(Long.MIN_VALUE, -1L, 0L, 1L, 1_000_000L, Long.MAX_VALUE);
    }
    if (of == Duration.class) {
      return List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofNanos(1_000_000), Duration.ofNanos(Long.MAX_VALUE));
    }
    if (of == String.class) {
      return List.of("", " ", "x");
    }
    if (of == Bytes.class) {
      return List.of(new Bytes(0), new Bytes(1), new Bytes(Long.MAX_VALUE));
    }
    if (of == Hertz.class) {
      return List.of(new Hertz(1), new Hertz(Long.MAX_VALUE));
    }
    if (of == Dist.class) {
      return List.of(Dist.fixed(Duration.ZERO), Dist.exponential(Duration.ofNanos(1)), Dist.fixed(Duration.ofHours(1)));
    }
    if (of == KernelVersion.class) {
      return List.of(new KernelVersion(0, 0, 0), new KernelVersion(9_999, 0, 0));
    }
    if (of == Optional.class) {
      return List.of(Optional.empty());
    }
    if (of == List.class) {
      return List.of(List.of());
    }
    if (of == Map.class) {
      return List.of(Map.of());
    }
    return of.isEnum() ? new ArrayList<>(Arrays.asList(of.getEnumConstants())) : List.of();
  }

  private static Violation inaccessible(Class<?> type) {
    return new Violation(type.getName() + " cannot be read: it must be public, and its package exported");
  }

  /** The constructor threw. */
  final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Throwable why;

    Refused(Throwable why) {
      super(Thrown.by(why), why, false, false);
      this.why = why;
    }

    Throwable why() {
      return why;
    }

    /** Whether the platform can tell which key is wrong. */
    boolean namesAComponent() {
      return why instanceof IllegalArgumentException && startsWithAComponent(why.getMessage());
    }
  }
}
