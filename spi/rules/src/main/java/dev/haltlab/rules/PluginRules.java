package dev.haltlab.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.haltlab.spi.Stability;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/**
 * What a plugin's code may do. A simulation depends on its plan and seed alone, gives the same bytes on every JDK, and
 * runs many replications in one process; each rule keeps a plugin from spoiling that in a way no test would show.
 *
 * <p>In a plugin's own build:
 *
 * <pre>
 *   &#64;AnalyzeClasses(packages = "com.example.mypoll", importOptions = ImportOption.DoNotIncludeTests.class)
 *   class RulesTest {
 *     &#64;ArchTest static final ArchTests RULES = ArchTests.in(PluginRules.class);
 *   }
 * </pre>
 */
@Stability(Stability.Level.PROVISIONAL)
public final class PluginRules {
  private static final String BECAUSE = ", because ";

  /** Nothing from the platform, nothing from a library that is not packed into the plugin. */
  @ArchTest
  public static final ArchRule ONLY_THE_JDK_THE_CONTRACTS_AND_ITS_OWN_CODE =
      classes()
          .should(Conditions.dependOnTheirOwnPluginOnly())
          .as("a plugin depends on java.*, dev.haltlab.spi and its own code only")
          .because("that is all its class loader shows it; anything else is missing once it runs");

  /** No time but the simulated one. */
  @ArchTest
  public static final ArchRule NO_CLOCKS =
      noClasses()
          .should().accessTargetWhere(
              access("reads a clock", owned(System.class).and(named("nanoTime", "currentTimeMillis")))
                  .or(access("reads a clock", named("now").and(ownedIn("java.time")))))
          .orShould().dependOnClassesThat(
              match("are clocks", "java\\.time\\.Clock|java\\.time\\.InstantSource|java\\.util\\.(Date|Calendar|Timer)"))
          .as("a plugin reads no clock")
          .because("simulated time is the only time; a result must be the same on any machine");

  /** No random numbers but the seat's and the guest's. */
  @ArchTest
  public static final ArchRule NO_OWN_RANDOMNESS =
      noClasses()
          .should().dependOnClassesThat(
              match(
                  "are generators of their own",
                  "java\\.util\\.(Random|SplittableRandom|UUID|concurrent\\.ThreadLocalRandom"
                      + "|random\\.RandomGeneratorFactory)|java\\.security\\..*"))
          .orShould().accessTargetWhere(access("draws from a hidden generator", owned(Math.class).and(named("random"))))
          .orShould().accessTargetWhere(
              access("makes a generator", ownedIn("java.util.random").and(named("of", "getDefault"))))
          .orShould().accessTargetWhere(
              access(
                  "gives another number in every process",
                  owned(System.class).and(named("identityHashCode")).or(
                      owned(Object.class).and(named("hashCode")))))
          .as("a plugin draws from its seat's and its guest's random numbers only")
          .because("variants are compared on the same random numbers, which are named by VM, vCPU and purpose");

  /** One thread calls a plugin. */
  @ArchTest
  public static final ArchRule NO_THREADS =
      noClasses()
          .should().dependOnClassesThat(
              resideInAPackage("java.util.concurrent..").and(not(match("are units", ".*\\.TimeUnit")))
                  .or(match("are of threads", "java\\.lang\\.(Inheritable)?Thread.*|java\\.lang\\.Process.*")))
          .orShould(Conditions.declareSynchronizedMethods())
          .as("a plugin has no threads, locks or processes")
          .because("one thread calls it, in simulated time order; what runs beside it has no place in that order");

  /** Nothing that differs from machine to machine, nothing that prints. */
  @ArchTest
  public static final ArchRule NO_OUTSIDE_WORLD =
      noClasses()
          .should().dependOnClassesThat(
              resideInAnyPackage(
                      "java.nio.file..", "java.nio.channels..", "java.net..", "java.util.logging..",
                      "java.util.prefs..", "java.util.zip..", "java.util.jar..", "java.sql..", "java.awt..")
                  .or(resideInAPackage("java.io..").and(not(match("are of objects", "java\\.io\\.(Serializable"
                      + "|ObjectInputStream|UncheckedIOException)"))))
                  .or(match("are of the outside world", "java\\.lang\\.Runtime|java\\.util\\.Scanner")))
          .orShould().accessTargetWhere(
              access(
                  "asks the process",
                  owned(System.class).and(
                      named(
                          "getProperty", "getProperties", "setProperty", "getenv", "exit", "getLogger", "load",
                          "loadLibrary", "gc", "setOut", "setErr", "console"))))
          .orShould().accessTargetWhere(access("uses the console", owned(System.class).and(named("out", "err", "in"))))
          .orShould().accessTargetWhere(
              access("opens a file of its own", owned(Class.class).and(named("getResource", "getResourceAsStream"))))
          .orShould().accessTargetWhere(access("prints", named("printStackTrace")))
          .as("a plugin uses no files, network, console, logging, environment or system properties")
          .because("a result depends on plan and seed alone; standard output carries results and nothing else");

  /** No way round the contracts. */
  @ArchTest
  public static final ArchRule NO_REFLECTION =
      noClasses()
          .should().dependOnClassesThat(
              resideInAnyPackage("java.lang.reflect..", "java.lang.invoke..", "java.lang.instrument..", "sun..", "jdk..")
                  .or(match("load classes", "java\\.lang\\.(ClassLoader|ModuleLayer)|java\\.util\\.ServiceLoader")))
          .orShould().accessTargetWhere(
              access(
                  "asks for a class or what is in it",
                  owned(Class.class).and(
                      describe("by name", t -> t.getName().equals("forName") || t.getName().matches(
                          "get(Declared)?(Field|Method|Constructor)s?|newInstance|getClassLoader")))))
          .as("a plugin uses no reflection and loads no classes")
          .because("the contracts are all it is given; what lies behind them changes without notice");

  /** Bits that differ between machines. */
  @ArchTest
  public static final ArchRule NO_INEXACT_MATHEMATICS =
      noClasses()
          .should().accessTargetWhere(
              access(
                  "may differ in the last bit",
                  owned(Math.class).and(
                      named(
                          "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "expm1",
                          "log", "log10", "log1p", "pow", "cbrt", "hypot"))))
          .as("a plugin takes logarithms, powers and the like from StrictMath")
          .because("Math's may differ in the last bit from JDK to JDK and from processor to processor");

  /** How the platform finds and makes providers. */
  @ArchTest
  public static final ArchRule PROVIDERS_CAN_BE_MADE =
      classes()
          .that(are("providers", Conditions::isProvider))
          .should(Conditions.canBeMadeByAnyone())
          .as("a provider is a public final class with a public constructor without parameters, and keeps no state")
          .because("it is found by ServiceLoader, and one instance serves all runs of a process");

  /** What a scenario can be bound to. */
  @ArchTest
  public static final ArchRule CONFIGS_CAN_BE_BOUND =
      classes()
          .that(are("providers", Conditions::isProvider))
          .should(Conditions.haveBindableConfigs())
          .as("a configuration is a public record of the types that Provider lists")
          .because("scenarios are bound to it, a schema is made of it, and a plan is written from it");

  /** What outlives a run. */
  @ArchTest
  public static final ArchRule NO_MUTABLE_STATICS =
      fields()
          .that().areStatic()
          .should(Conditions.beConstants())
          .allowEmptyShould(true)
          .as("a plugin has no static state: static fields are final, and of no type made to be changed")
          .because("variants and replications run in one process, and must not know of each other");

  private PluginRules() {}

  /**
   * Evaluates all rules over the classes of a jar.
   *
   * @throws IOException if the jar cannot be read
   */
  public static List<Finding> check(Path jar) throws IOException {
    JavaClasses classes;
    try (JarFile file = new JarFile(jar.toFile())) {
      classes = new ClassFileImporter().importJar(file);
    }
    List<Finding> findings = new ArrayList<>();
    for (Field field : PluginRules.class.getFields()) {
      if (field.getType() == ArchRule.class && Modifier.isStatic(field.getModifiers())) {
        findings.add(check(field.getName(), rule(field), classes));
      }
    }
    return findings;
  }

  private static ArchRule rule(Field field) {
    try {
      return (ArchRule) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e); // our own public constants
    }
  }

  private static Finding check(String id, ArchRule rule, JavaClasses classes) {
    String[] said = rule.getDescription().split(BECAUSE, 2);
    // Nothing to check is no breach here: that there is a provider, the jar's own rules tell.
    List<String> violations = rule.allowEmptyShould(true).evaluate(classes).getFailureReport().getDetails();
    return new Finding(id, said[0], said[1], violations);
  }

  private static DescribedPredicate<JavaClass> are(String what, java.util.function.Predicate<JavaClass> test) {
    return describe("are " + what, test);
  }

  private static DescribedPredicate<JavaClass> match(String what, String pattern) {
    return describe(what, c -> c.getName().matches(pattern));
  }

  private static DescribedPredicate<JavaAccess<?>> access(String what, DescribedPredicate<AccessTarget> predicate) {
    return describe(what, access -> predicate.test(access.getTarget()));
  }

  private static DescribedPredicate<AccessTarget> owned(Class<?> owner) {
    return describe("owned", t -> t.getOwner().getName().equals(owner.getName()));
  }

  private static DescribedPredicate<AccessTarget> ownedIn(String packageName) {
    return describe("owned in " + packageName, t -> t.getOwner().getPackageName().startsWith(packageName));
  }

  private static DescribedPredicate<AccessTarget> named(String... names) {
    return describe("named", t -> List.of(names).contains(t.getName()));
  }
}
