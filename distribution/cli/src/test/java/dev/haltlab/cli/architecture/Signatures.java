package dev.haltlab.cli.architecture;

import dev.haltlab.spi.Stability;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What others compile and link against, as lines: a difference between two dumps is a difference they may feel. */
final class Signatures {
  private static final int SEEN = Modifier.PUBLIC | Modifier.PROTECTED;

  private Signatures() {}

  /** The stability a type bears, its own or that of the type it is nested in; empty if nobody said. */
  static String stability(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      Stability mark = each.getAnnotation(Stability.class);
      if (mark != null) {
        return mark.value().name().toLowerCase(Locale.ROOT);
      }
    }
    return "";
  }

  /** One type: a head, and a line for each member that can be seen from another package. */
  static List<String> of(Class<?> type) {
    List<String> lines = new ArrayList<>();
    lines.add(head(type) + " [" + stability(type) + "]");
    if (type.isEnum()) {
      Arrays.stream(type.getEnumConstants())
          .forEach(constant -> lines.add("  constant " + ((Enum<?>) constant).name()));
    }
    if (type.isRecord()) {
      Arrays.stream(type.getRecordComponents())
          .forEach(c -> lines.add("  component " + name(c.getGenericType()) + " " + c.getName()));
    }
    Set<String> members = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (isSeen(field) && !field.isEnumConstant()) {
        members.add("  field " + modifiers(field.getModifiers()) + name(field.getGenericType()) + " " + field.getName()
            + value(field));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isSeen(constructor)) {
        members.add("  constructor " + modifiers(constructor.getModifiers()) + parameters(constructor));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isSeen(method) && !method.isBridge() && !isImplied(type, method)) {
        members.add("  method " + (method.isDefault() ? "default " : "") + modifiers(method.getModifiers())
            + typeParameters(method.getTypeParameters()) + name(method.getGenericReturnType()) + " " + method.getName()
            + parameters(method));
      }
    }
    lines.addAll(members);
    return lines;
  }

  /** One module: what it asks for and what it offers. Versions are not part of it: they are those of the build. */
  static List<String> of(ModuleDescriptor module) {
    List<String> lines = new ArrayList<>();
    lines.add((module.isOpen() ? "open " : "") + "module " + module.name());
    Set<String> parts = new TreeSet<>();
    module.requires().forEach(r -> parts.add("  requires " + words(r.modifiers()) + r.name()));
    module.exports().forEach(e -> parts.add("  exports " + e.source() + to(e.targets())));
    module.opens().forEach(o -> parts.add("  opens " + o.source() + to(o.targets())));
    module.uses().forEach(service -> parts.add("  uses " + service));
    for (ModuleDescriptor.Provides provides : module.provides()) {
      provides.providers().forEach(provider -> parts.add("  provides " + provides.service() + " with " + provider));
    }
    lines.addAll(parts);
    return lines;
  }

  private static String head(Class<?> type) {
    String kind = type.isAnnotation() ? "@interface" : type.isInterface() ? "interface" : type.isEnum() ? "enum"
        : type.isRecord() ? "record" : "class";
    int own = type.getModifiers() & ~Modifier.INTERFACE;
    if (type.isInterface()) {
      own &= ~(Modifier.ABSTRACT | Modifier.STATIC);
    } else if (type.isRecord() || type.isEnum()) {
      own &= ~(Modifier.FINAL | Modifier.STATIC);
    }
    Type parent = type.getGenericSuperclass();
    boolean plain = parent == null || parent == Object.class || parent == Record.class || type.isEnum();
    String parents = Stream.concat(
            plain ? Stream.empty() : Stream.of(parent), Arrays.stream(type.getGenericInterfaces()))
        .map(Signatures::name).collect(Collectors.joining(", "));
    String permitted = !type.isSealed() ? "" : Arrays.stream(type.getPermittedSubclasses()).map(Class::getName).sorted()
        .collect(Collectors.joining(", ", " permits ", ""));
    return modifiers(own) + (type.isSealed() ? "sealed " : "") + kind + " " + type.getName()
        + typeParameters(type.getTypeParameters()).stripTrailing() + (parents.isEmpty() ? "" : " is a " + parents)
        + permitted + (type.isAnnotationPresent(FunctionalInterface.class) ? " functional" : "");
  }

  private static boolean isSeen(Member member) {
    return (member.getModifiers() & SEEN) != 0 && !member.isSynthetic();
  }

  /** What every enum, every record and every object has. */
  private static boolean isImplied(Class<?> type, Method method) {
    String name = method.getName();
    return type.isEnum() && (name.equals("values") || name.equals("valueOf"))
        || Arrays.stream(Object.class.getMethods()).anyMatch(
            each -> each.getName().equals(name)
                && Arrays.equals(each.getParameterTypes(), method.getParameterTypes()));
  }

  /** A constant is compiled into who uses it, so that its value is part of the signature. */
  private static String value(Field field) {
    boolean inlined = Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers())
        && (field.getType().isPrimitive() || field.getType() == String.class);
    try {
      return inlined && Modifier.isPublic(field.getModifiers()) ? " = " + field.get(null) : "";
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String modifiers(int modifiers) {
    String words = Modifier.toString(modifiers & ~(Modifier.TRANSIENT | Modifier.VOLATILE));
    return words.isEmpty() ? "" : words + " ";
  }

  private static String parameters(Executable executable) {
    List<String> types = new ArrayList<>();
    Type[] parameters = executable.getGenericParameterTypes();
    for (int i = 0; i < parameters.length; i++) {
      String name = name(parameters[i]);
      boolean last = executable.isVarArgs() && i == parameters.length - 1;
      types.add(last ? name.substring(0, name.length() - 2) + "..." : name);
    }
    String thrown = Arrays.stream(executable.getGenericExceptionTypes()).map(Signatures::name).sorted()
        .collect(Collectors.joining(", "));
    return "(" + String.join(", ", types) + ")" + (thrown.isEmpty() ? "" : " throws " + thrown);
  }

  private static String typeParameters(TypeVariable<?>[] variables) {
    return variables.length == 0 ? ""
        : Arrays.stream(variables).map(v -> v.getName() + bounds(v)).collect(Collectors.joining(", ", "<", "> "));
  }

  private static String bounds(TypeVariable<?> variable) {
    String bounds = Arrays.stream(variable.getBounds()).filter(bound -> bound != Object.class).map(Signatures::name)
        .collect(Collectors.joining(" & "));
    return bounds.isEmpty() ? "" : " extends " + bounds;
  }

  private static String name(Type type) {
    return type.getTypeName();
  }

  private static String words(Set<? extends Enum<?>> modifiers) {
    return modifiers.stream().map(m -> m.name().toLowerCase(Locale.ROOT) + " ").sorted(Comparator.naturalOrder())
        .collect(Collectors.joining());
  }

  private static String to(Set<String> targets) {
    return targets.isEmpty() ? "" : " to " + String.join(", ", new TreeSet<>(targets));
  }
}
