package dev.haltlab.rules;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the rules ask of a class and ArchUnit has no words for. */
final class Conditions {
  private static final String CONTRACTS = "dev.haltlab.spi.";

  /** Types of which a value is written in one piece. */
  private static final List<String> VALUES = List.of(
      "boolean", "int", "long", "java.lang.Boolean", "java.lang.Integer", "java.lang.Long", "java.lang.String",
      "java.time.Duration", CONTRACTS + "Hertz", CONTRACTS + "Bytes", CONTRACTS + "Dist", CONTRACTS + "Cost",
      CONTRACTS + "KernelVersion");

  private static final String COLLECTIONS =
      "java\\.util\\.(\\w*(List|Map|Set|Deque|Queue|Vector|Stack)|Hashtable|Properties|BitSet)";
  private static final String INTERFACES = "java\\.util\\.((Sequenced)?(List|Map|Set|Deque|Queue)|(Sorted|Navigable)(Map|Set))";

  private Conditions() {}

  /** Whether a class is a provider, of any kind, that can be made. */
  static boolean isProvider(JavaClass c) {
    return !c.isInterface() && !c.getModifiers().contains(JavaModifier.ABSTRACT)
        && c.getAllRawInterfaces().stream().anyMatch(i -> i.getName().matches("dev\\.haltlab\\.spi\\.\\w*Provider"));
  }

  static ArchCondition<JavaClass> dependOnTheirOwnPluginOnly() {
    return new ArchCondition<>("depend on java.*, dev.haltlab.spi and their own plugin") {
      private Set<String> own = Set.of();

      @Override
      public void init(Collection<JavaClass> all) {
        own = new TreeSet<>(all.stream().map(JavaClass::getName).toList());
      }

      @Override
      public void check(JavaClass c, ConditionEvents events) {
        for (Dependency dependency : c.getDirectDependenciesFromSelf()) {
          String name = dependency.getTargetClass().getBaseComponentType().getName();
          boolean known = own.contains(name) || name.startsWith("java.") || name.startsWith(CONTRACTS)
              || name.startsWith("org.jspecify.annotations.") || dependency.getTargetClass().getBaseComponentType()
              .isPrimitive();
          if (!known) {
            violated(events, c, dependency.getDescription());
          }
        }
      }
    };
  }

  static ArchCondition<JavaClass> declareSynchronizedMethods() {
    return new ArchCondition<>("declare synchronized methods") {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        for (JavaMethod method : c.getMethods()) {
          boolean synchronised = method.getModifiers().contains(JavaModifier.SYNCHRONIZED);
          events.add(new SimpleConditionEvent(c, synchronised, method.getDescription() + " is synchronized in "
              + method.getSourceCodeLocation()));
        }
      }
    };
  }

  static ArchCondition<JavaClass> canBeMadeByAnyone() {
    return new ArchCondition<>("be public and final, have a public constructor without parameters, and keep no state") {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        String where = c.getDescription() + " ";
        for (JavaClass outer = c; outer != null; outer = outer.getEnclosingClass().orElse(null)) {
          if (!outer.getModifiers().contains(JavaModifier.PUBLIC)) {
            violated(events, c, where + (outer == c ? "is not public" : "is inside a class that is not public"));
          }
        }
        if (!c.getModifiers().contains(JavaModifier.FINAL)) {
          violated(events, c, where + "is not final");
        }
        if (c.isInnerClass()) {
          violated(events, c, where + "is an inner class; make it static");
        } else if (c.getConstructors().stream().noneMatch(Conditions::isPublicWithoutParameters)) {
          violated(events, c, where + "has no public constructor without parameters");
        }
        for (JavaField field : c.getAllFields()) {
          if (!field.getModifiers().contains(JavaModifier.FINAL)) {
            violated(events, c, field.getDescription() + " is not final in " + field.getSourceCodeLocation());
          }
        }
      }
    };
  }

  private static boolean isPublicWithoutParameters(JavaConstructor constructor) {
    return constructor.getModifiers().contains(JavaModifier.PUBLIC) && constructor.getRawParameterTypes().isEmpty();
  }

  static ArchCondition<JavaClass> haveBindableConfigs() {
    return new ArchCondition<>("have configurations that can be bound") {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        configs(c).filter(config -> !config.getName().startsWith(CONTRACTS)).forEach(config -> {
          for (JavaClass outer = config; outer != null; outer = outer.getEnclosingClass().orElse(null)) {
            if (!outer.getModifiers().contains(JavaModifier.PUBLIC)) {
              violated(events, c, config.getDescription() + (outer == config ? " is not public"
                  : " is inside a class that is not public"));
            }
          }
          List<String> problems = new ArrayList<>();
          components(config, new TreeSet<>(), problems);
          problems.forEach(problem -> violated(events, c, problem));
        });
      }
    };
  }

  /** The records that {@code defaults} returns; the method of the interface, which is there too, returns any. */
  private static Stream<JavaClass> configs(JavaClass provider) {
    return provider.getAllMethods().stream()
        .filter(method -> method.getName().equals("defaults") && method.getRawParameterTypes().isEmpty())
        .map(JavaMethod::getRawReturnType)
        .filter(JavaClass::isRecord)
        .distinct();
  }

  private static void components(JavaClass config, Set<String> seen, List<String> problems) {
    if (!seen.add(config.getName())) {
      return;
    }
    for (JavaField component : config.getFields()) {
      if (!component.getModifiers().contains(JavaModifier.STATIC) && !isBindable(component.getType(), seen, problems)) {
        problems.add(component.getDescription() + " has a type that no scenario can hold in "
            + component.getSourceCodeLocation());
      }
    }
  }

  private static boolean isBindable(JavaType type, Set<String> seen, List<String> problems) {
    if (type instanceof JavaParameterizedType generic) {
      List<JavaType> arguments = generic.getActualTypeArguments();
      return switch (generic.toErasure().getName()) {
        case "java.util.List", "java.util.Optional" -> isBindable(arguments.get(0), seen, problems);
        case "java.util.Map" -> arguments.get(0).getName().equals("java.lang.String")
            && isBindable(arguments.get(1), seen, problems);
        default -> false;
      };
    }
    JavaClass raw = type.toErasure();
    if (raw.isRecord() && !VALUES.contains(raw.getName())) {
      components(raw, seen, problems); // what is wrong with it is told of its own components
      return true;
    }
    return raw.isEnum() || VALUES.contains(raw.getName());
  }

  static ArchCondition<JavaField> beConstants() {
    return new ArchCondition<>("be constants") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        String type = field.getRawType().getName();
        boolean made = type.matches(COLLECTIONS) && !type.matches(INTERFACES)
            || type.matches("java\\.lang\\.(StringBuilder|StringBuffer)|java\\.util\\.concurrent\\..*");
        if (!field.getModifiers().contains(JavaModifier.FINAL)) {
          violated(events, field, field.getDescription() + " is not final in " + field.getSourceCodeLocation());
        } else if (made) {
          violated(events, field, field.getDescription() + " is of a type made to be changed in "
              + field.getSourceCodeLocation());
        }
      }
    };
  }

  private static void violated(ConditionEvents events, Object item, String message) {
    events.add(SimpleConditionEvent.violated(item, message));
  }
}
