package dev.haltlab.cli.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaStaticInitializer;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** What the structure of the product promises, as rules over its class files. */
final class Laws {
  private static final String SPI = "dev.haltlab.spi..";
  private static final String ENGINE = "dev.haltlab.engine..";
  private static final String TRACE = "dev.haltlab.trace..";
  private static final String PLATFORM = "dev.haltlab.platform..";
  private static final String TCK = "dev.haltlab.tck..";
  private static final String RULES = "dev.haltlab.rules..";
  private static final String CLI = "dev.haltlab.cli..";
  private static final String[] PLUGINS = {
    "dev.haltlab.haltpoll..", "dev.haltlab.idle..", "dev.haltlab.workload..", "dev.haltlab.host.."
  };
  private static final String[] SIMULATED = {SPI, ENGINE, PLUGINS[0], PLUGINS[1], PLUGINS[2], PLUGINS[3]};
  private static final String[] HOT = {
    "dev.haltlab.engine.sim..", "dev.haltlab.engine.host..", "dev.haltlab.engine.kvm..", "dev.haltlab.engine.guest..",
    "dev.haltlab.engine.hw..", "dev.haltlab.engine.measure..", "dev.haltlab.trace.format.."
  };

  private static final Set<String> BOXES =
      Set.of(
          "java.lang.Boolean", "java.lang.Byte", "java.lang.Character", "java.lang.Short", "java.lang.Integer",
          "java.lang.Long", "java.lang.Float", "java.lang.Double");

  // ---- the arrows

  static final ArchRule CONTRACT_STANDS_ALONE =
      classes()
          .that().resideInAPackage(SPI)
          .should().onlyDependOnClassesThat().resideInAnyPackage(SPI, "java..", "org.jspecify..")
          .as("the contract knows nothing but the JDK")
          .because("a plugin is compiled against it alone and must not drag in the platform");

  static final ArchRule ENGINE_KNOWS_THE_CONTRACT_ONLY =
      classes()
          .that().resideInAPackage(ENGINE)
          .should().onlyDependOnClassesThat()
          .resideInAnyPackage(ENGINE, SPI, "java..", "org.jspecify..", "org.HdrHistogram..", "org.apache.commons.rng..")
          .as("the engine knows the contract, random numbers and histograms, and nothing else")
          .because("other programs embed it, and the hot part must not learn of YAML, injection or reports");

  static final ArchRule TRACES_KNOW_THE_CONTRACT_ONLY =
      classes()
          .that().resideInAPackage(TRACE)
          .should().onlyDependOnClassesThat().resideInAnyPackage(TRACE, SPI, "java..", "org.jspecify..")
          .as("traces know the contract and nothing else of ours")
          .because("reading and replaying a recording needs no simulation, and other programs may want just that");

  static final ArchRule PLUGINS_KNOW_THE_CONTRACT_ONLY =
      classes()
          .that().resideInAnyPackage(PLUGINS)
          .should().onlyDependOnClassesThat(
              resideInAnyPackage(SPI, "java..", "org.jspecify..").or(resideInAnyPackage(PLUGINS)))
          .as("the built-in plugins know the contract and nothing else of ours")
          .because("what a built-in can do, a third party's plugin must be able to do");

  static final ArchRule CONFORMANCE_KIT_KNOWS_THE_CONTRACT_ONLY =
      classes()
          .that().resideInAPackage(TCK)
          .should().onlyDependOnClassesThat()
          .resideInAnyPackage(TCK, SPI, "java..", "com.sun.management..", "org.junit.jupiter.api..", "org.jspecify..")
          .as("the conformance kit knows the contract, the JDK and JUnit, and nothing else")
          .because("a third party tests against them without the platform, and drives plugins with fakes");

  static final ArchRule RULE_KIT_KNOWS_THE_CONTRACT_ONLY =
      classes()
          .that().resideInAPackage(RULES)
          .should().onlyDependOnClassesThat()
          .resideInAnyPackage(RULES, SPI, "java..", "com.tngtech.archunit..", "org.jspecify..")
          .as("the rule kit knows the contract, the JDK and ArchUnit, and nothing else")
          .because("a third party's build takes it without the platform, and without running anything");

  static final ArchRule CHECKS_RUN_WITHOUT_JUNIT =
      noClasses()
          .that().resideInAPackage(TCK).and().resideOutsideOfPackage("dev.haltlab.tck.junit..")
          .should().dependOnClassesThat().resideInAPackage("org.junit..")
          .as("the checks run without JUnit")
          .because("the command runs them, and JUnit is no part of the bundle");

  static final ArchRule PLUGIN_MODULES_ARE_STRANGERS =
      slices()
          .matching("dev.haltlab.(haltpoll|idle|workload|host)..")
          .should().notDependOnEachOther()
          .as("plugins of one kind do not know plugins of another")
          .because("any of them can be left out of an installation");

  static final ArchRule CORE_NAMES_NO_PLUGIN =
      noClasses()
          .that().resideInAnyPackage(SPI, TCK, RULES, ENGINE, TRACE, PLATFORM, CLI)
          .should().dependOnClassesThat().resideInAnyPackage(PLUGINS)
          .as("core names no plugin")
          .because("plugins are found by ServiceLoader; a built-in that is wired in is a rule of its own");

  static final ArchRule PLATFORM_KNOWS_NO_COMMAND_LINE =
      noClasses()
          .that().resideInAPackage(PLATFORM)
          .should().dependOnClassesThat().resideInAnyPackage(CLI, "picocli..", "me.tongfei..")
          .as("the platform knows no command line")
          .because("it is a library; exit codes, terminals and progress bars belong to the command");

  static final ArchRule PF4J_STAYS_IN_DISCOVERY =
      noClasses()
          .that().resideInAPackage("dev.haltlab..")
          .and().resideOutsideOfPackage("dev.haltlab.platform.catalog..")
          .should().dependOnClassesThat().resideInAPackage("org.pf4j..")
          .as("PF4J stays in discovery")
          .because("its module changes its name with the next release; one place should have to follow");

  static final ArchRule NO_PACKAGE_CYCLES =
      slices()
          .assignedFrom(packagesButTheEnginesSurface())
          .should().beFreeOfCycles()
          .as("no package cycles, the engine's surface set aside")
          .because("a room that needs the whole house cannot be read or tested by itself; what the engine's rooms share"
              + " with its callers stands beside what puts them together");

  // ---- a simulation depends on its plan and seed alone

  static final ArchRule NO_CLOCKS =
      noClasses()
          .that().resideInAnyPackage(SIMULATED)
          .should().callMethodWhere(
              target("reads a clock", owned(System.class).and(named("nanoTime", "currentTimeMillis")))
                  .or(target("reads a clock", named("now").and(ownedIn("java.time")))))
          .orShould().dependOnClassesThat().haveFullyQualifiedName("java.time.Clock")
          .orShould().dependOnClassesThat().haveFullyQualifiedName("java.util.Date")
          .as("no clocks in contract, engine and plugins")
          .because("simulated time is the only time; results must be the same on any machine");

  static final ArchRule NO_OTHER_CHANCE =
      noClasses()
          .that().resideInAnyPackage(SIMULATED)
          .should().dependOnClassesThat()
          .haveNameMatching(
              "java\\.util\\.(Random|SplittableRandom|UUID|concurrent\\.ThreadLocalRandom"
                  + "|random\\.RandomGeneratorFactory)|java\\.security\\..*")
          .orShould().callMethodWhere(target("draws from a hidden generator", owned(Math.class).and(named("random"))))
          .orShould().callMethodWhere(
              target("draws from a hidden generator", ownedIn("java.util.random").and(named("of", "getDefault"))))
          .as("no generator but the named streams in contract, engine and plugins")
          .because("common random numbers need every draw to come from a stream named by VM, vCPU and purpose");

  static final ArchRule NO_THREADS =
      noClasses()
          .that().resideInAnyPackage(SIMULATED)
          .should().dependOnClassesThat(
              resideInAPackage("java.util.concurrent..")
                  .or(describe("are of threads", c -> c.getName().matches("java\\.lang\\.(Inheritable)?Thread.+"))))
          .orShould().callConstructorWhere(
              describe("makes a thread", c -> c.getTargetOwner().isEquivalentTo(Thread.class)))
          .orShould().callMethodWhere(
              target(
                  "is of threads",
                  owned(Thread.class).and(DescribedPredicate.not(named("currentThread", "isInterrupted")))))
          .as("no threads in contract, engine and plugins, but for the question whether to stop")
          .because("a replication runs on one thread; the platform runs replications side by side");

  static final ArchRule NO_LOCKS =
      noMethods()
          .that().areDeclaredInClassesThat().resideInAnyPackage(SIMULATED)
          .should().haveModifier(JavaModifier.SYNCHRONIZED)
          .as("no synchronized methods in contract, engine and plugins")
          .because("nothing there is shared between threads, and a lock would hide it if it were");

  static final ArchRule NO_OUTSIDE_WORLD =
      noClasses()
          .that().resideInAnyPackage(SIMULATED)
          .should().dependOnClassesThat(
              resideInAnyPackage(
                      "java.nio.file..", "java.nio.channels..", "java.net..", "java.lang.reflect..",
                      "java.lang.invoke..", "java.util.logging..", "java.util.prefs..", "org.slf4j..", "sun..",
                      "jdk..", "com.sun..")
                  .or(resideInAPackage("java.io..").and(describe("are not of objects", Laws::isInputOrOutput))))
          .orShould().callMethodWhere(
              target(
                  "asks the process",
                  owned(System.class)
                      .and(named("getProperty", "getenv", "getProperties", "exit", "identityHashCode", "getLogger"))))
          .orShould().callMethodWhere(
              target("asks for a class", owned(Class.class).and(named("forName", "getResource"))))
          .orShould().accessFieldWhere(
              access("writes to the console", owned(System.class).and(named("out", "err", "in"))))
          .as("no files, network, logging, reflection or environment in contract, engine and plugins")
          .because("a simulation is a function of its spec; a plugin is refused for less");

  static final ArchRule NO_INEXACT_MATHEMATICS =
      noClasses()
          .that().resideInAnyPackage("dev.haltlab..")
          .should().callMethodWhere(
              target(
                  "may differ in the last bit between JDKs",
                  owned(Math.class)
                      .and(
                          named(
                              "log", "log10", "log1p", "exp", "expm1", "pow", "cbrt", "hypot", "sin", "cos", "tan",
                              "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"))))
          .as("no Math.log and its like: tables or StrictMath")
          .because("results must be byte-equal on every JDK");

  static final ArchRule NO_ORDER_BY_CHANCE =
      noClasses()
          .that().resideInAPackage("dev.haltlab..")
          .and().resideOutsideOfPackage("dev.haltlab.platform.config..")
          .and().doNotHaveFullyQualifiedName("dev.haltlab.cli.ConfigKeys") // its words are looked up, never listed
          .should().callMethodWhere(describe("has an order of its own in every JVM", Laws::makesUnorderedCollection))
          .as("no Map.of, Set.of, Map.copyOf or Set.copyOf of several elements")
          .because("their order changes from run to run; LinkedHashMap, EnumMap and TreeMap keep theirs. The reader's"
              + " tables of words are looked up only");

  static final ArchRule NO_MUTABLE_STATICS =
      fields()
          .that().areDeclaredInClassesThat().resideInAPackage("dev.haltlab..")
          .and().areStatic()
          .should().beFinal()
          .as("no mutable static state")
          .because("two runs in one process must not know of each other");

  // ---- speed

  static final ArchRule HOT_ROOMS_HAVE_NO_PIPELINES =
      classes()
          .that().resideInAnyPackage(HOT)
          .should(
              onlyWhenBuiltOrCollected(
                  "use pipelines, Optional, big numbers or formatting",
                  ownedIn("java.util.stream").or(ownedIn("java.util.regex")).or(ownedIn("java.text"))
                      .or(ownedIn("java.math")).or(owned(Optional.class, OptionalLong.class, OptionalInt.class))
                      .or(named("stream").and(ownedIn("java.util")))
                      .or(owned(String.class).and(named("format", "formatted")))))
          .as("no java.util.stream, Optional, big numbers or formatting in the hot rooms once a run is built")
          .because("a transaction allocates nothing; only constructors and what collects an outcome may");

  static final ArchRule HOT_ROOMS_BOX_NOTHING =
      classes()
          .that().resideInAnyPackage(HOT)
          .should(
              onlyWhenBuiltOrCollected(
                  "box",
                  describe(
                      "boxes",
                      t -> BOXES.contains(t.getOwner().getName())
                          && (t.getName().equals("valueOf") || t.getName().endsWith("Value")))))
          .as("nothing is boxed in the hot rooms once a run is built")
          .because("a transaction allocates nothing; only constructors and what collects an outcome may");

  // ---- results

  static final ArchRule RESULTS_PRINT_NO_DOUBLES =
      noClasses()
          .that().resideInAnyPackage(ENGINE, TRACE, PLATFORM, SPI, CLI)
          .should().callMethodWhere(
              target(
                  "prints a double its own way",
                  owned(Double.class, Float.class).and(named("toString", "toHexString"))
                      .or(
                          owned(String.class, StringBuilder.class).and(named("valueOf", "append", "insert"))
                              .and(takes("double", "float")))
                      .or(ownedIn("java.io").and(named("print", "println")).and(takes("double", "float")))))
          .as("no Double.toString on the way to a result")
          .because("it gives other digits on JDK 17 than on 25; figures are decimals of fixed scale");

  static final ArchRule TEXT_HAS_NO_DEFAULT_LOCALE =
      noClasses()
          .that().resideInAPackage("dev.haltlab..")
          .should().callMethodWhere(
              describe("depends on the user's locale or charset", Laws::dependsOnDefaults))
          .as("no default locale or charset")
          .because("results and messages must not change with the user's settings");

  static final ArchRule REPORTS_KNOW_NO_MACHINE =
      noClasses()
          .that().resideInAnyPackage("dev.haltlab.platform.report..", "dev.haltlab.platform.scenario..")
          .should().callMethodWhere(
              target(
                  "asks the machine",
                  owned(System.class)
                      .and(named("nanoTime", "currentTimeMillis", "getProperty", "getenv", "lineSeparator"))
                      .or(owned(Runtime.class))
                      .or(owned(Thread.class))
                      .or(named("now").and(ownedIn("java.time")))))
          .as("nothing of JVM, clock or threads in a plan or a report")
          .because("same plan and seed give the same bytes");

  // ---- habits

  static final ArchRule PACKAGES_SAY_WHAT_MAY_BE_NULL =
      classes()
          .that().resideInAPackage("dev.haltlab..")
          .should(liveInNullMarkedPackage())
          .as("every package is @NullMarked")
          .because("what may be null is part of a contract");

  static final ArchRule ONLY_THE_COMMAND_ENDS_THE_PROCESS =
      noClasses()
          .that().resideInAPackage("dev.haltlab..").and().resideOutsideOfPackage(CLI)
          .should().callMethodWhere(
              target("ends or prints", owned(System.class).and(named("exit", "setOut", "setErr"))))
          .orShould().callMethodWhere(target("ends or prints", owned(Runtime.class).and(named("exit", "halt"))))
          .orShould().callMethodWhere(target("ends or prints", named("printStackTrace")))
          .orShould().accessFieldWhere(access("writes to the console", owned(System.class).and(named("out", "err"))))
          .as("only the command prints and exits")
          .because("standard output carries results only, and a stack trace is no answer to a user");

  private Laws() {}

  private static SliceAssignment packagesButTheEnginesSurface() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass c) {
        return c.getPackageName().equals("dev.haltlab.engine")
            ? SliceIdentifier.ignore()
            : SliceIdentifier.of(c.getPackageName());
      }

      @Override
      public String getDescription() {
        return "packages";
      }
    };
  }

  private static ArchCondition<JavaClass> onlyWhenBuiltOrCollected(
      String what, DescribedPredicate<AccessTarget> target) {
    return new ArchCondition<>(what + " only when built or collected") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        for (JavaMethodCall call : item.getMethodCallsFromSelf()) {
          if (target.test(call.getTarget()) && !buildsOrCollects(call.getOrigin())) {
            events.add(SimpleConditionEvent.violated(item, call.getDescription()));
          }
        }
      }
    };
  }

  /** Constructors and initialisers build a run; what returns a part of an outcome or a collection collects from it. */
  private static boolean buildsOrCollects(JavaCodeUnit code) {
    String returned = code.getRawReturnType().getName();
    return code instanceof JavaConstructor
        || code instanceof JavaStaticInitializer
        || returned.startsWith("dev.haltlab.engine.Outcome")
        || returned.matches("java\\.util\\.(List|Map|Set)");
  }

  private static ArchCondition<JavaClass> liveInNullMarkedPackage() {
    return new ArchCondition<>("live in a @NullMarked package") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        boolean marked =
            item.getPackage().tryGetPackageInfo().map(info -> info.isAnnotatedWith(NullMarked.class)).orElse(false);
        if (!marked) {
          events.add(SimpleConditionEvent.violated(item, item.getName() + " lives in a package without @NullMarked"));
        }
      }
    };
  }

  private static boolean isInputOrOutput(JavaClass c) {
    return !Set.of("java.io.Serializable", "java.io.UncheckedIOException", "java.io.ObjectInputStream")
        .contains(c.getName());
  }

  private static boolean makesUnorderedCollection(JavaMethodCall call) {
    String owner = call.getTargetOwner().getName();
    int parameters = call.getTarget().getRawParameterTypes().size();
    return switch (call.getName()) {
      case "of" -> owner.equals("java.util.Map") && parameters > 2 || owner.equals("java.util.Set") && parameters > 1
          || owner.equals("java.util.Set") && takes("[Ljava.lang.Object;").test(call.getTarget());
      case "copyOf" -> owner.equals("java.util.Map") || owner.equals("java.util.Set");
      case "ofEntries" -> owner.equals("java.util.Map");
      case "toUnmodifiableSet", "toUnmodifiableMap" -> owner.equals("java.util.stream.Collectors");
      default -> false;
    };
  }

  private static boolean dependsOnDefaults(JavaMethodCall call) {
    String owner = call.getTargetOwner().getName();
    var parameters = call.getTarget().getRawParameterTypes();
    boolean locale = !parameters.isEmpty() && parameters.get(0).isEquivalentTo(java.util.Locale.class);
    return switch (call.getName()) {
      case "format", "printf" -> (owner.equals("java.lang.String") || owner.startsWith("java.io.Print")) && !locale;
      case "formatted" -> owner.equals("java.lang.String");
      case "toLowerCase", "toUpperCase" -> owner.equals("java.lang.String") && !locale;
      case "getBytes" -> owner.equals("java.lang.String") && parameters.isEmpty();
      case "getDefault" -> owner.equals("java.util.Locale");
      case "defaultCharset" -> owner.equals("java.nio.charset.Charset");
      default -> false;
    };
  }

  private static DescribedPredicate<JavaMethodCall> target(String what, DescribedPredicate<AccessTarget> predicate) {
    return describe(what, call -> predicate.test(call.getTarget()));
  }

  private static DescribedPredicate<JavaAccess<?>> access(String what, DescribedPredicate<AccessTarget> predicate) {
    return describe(what, access -> predicate.test(access.getTarget()));
  }

  private static DescribedPredicate<AccessTarget> owned(Class<?>... owners) {
    return describe("owned", t -> Set.of(owners).stream().anyMatch(o -> t.getOwner().isEquivalentTo(o)));
  }

  private static DescribedPredicate<AccessTarget> ownedIn(String packageName) {
    return describe("owned in " + packageName, t -> t.getOwner().getPackageName().startsWith(packageName));
  }

  private static DescribedPredicate<AccessTarget> named(String... names) {
    return describe("named", t -> Set.of(names).contains(t.getName()));
  }

  private static DescribedPredicate<AccessTarget> takes(String... types) {
    return describe(
        "takes",
        t ->
            t instanceof AccessTarget.CodeUnitCallTarget unit
                && unit.getRawParameterTypes().stream().anyMatch(p -> Set.of(types).contains(p.getName())));
  }
}
