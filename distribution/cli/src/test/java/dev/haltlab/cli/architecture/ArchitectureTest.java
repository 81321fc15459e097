package dev.haltlab.cli.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.haltlab.engine.planted.EngineSins;
import dev.haltlab.engine.planted.a.A;
import dev.haltlab.engine.planted.b.B;
import dev.haltlab.engine.sim.planted.HotSins;
import dev.haltlab.haltpoll.planted.PluginSins;
import dev.haltlab.platform.planted.PlatformSins;
import dev.haltlab.platform.report.planted.ReportSins;
import dev.haltlab.rules.planted.RulesSins;
import dev.haltlab.spi.planted.SpiSins;
import dev.haltlab.tck.planted.TckSins;
import dev.haltlab.trace.planted.TraceSins;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Field;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins the structure: an arrow turned round, a clock or a hidden generator in the engine, or a figure printed the JDK's
 * way would pass every other test for a while. A rule that sees no classes, or that nothing could break, pins nothing;
 * so the classes are counted and every rule is shown a planted class that breaks it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public final class ArchitectureTest {

  /** Our modules, the least number of classes each is known to have, and the modules of ours it may require. */
  private static final Map<String, Arrow> ARROWS = new TreeMap<>();

  static {
    ARROWS.put("dev.haltlab.spi", new Arrow(30, Set.of()));
    ARROWS.put("dev.haltlab.tck", new Arrow(25, Set.of("dev.haltlab.spi")));
    ARROWS.put("dev.haltlab.rules", new Arrow(5, Set.of("dev.haltlab.spi")));
    ARROWS.put("dev.haltlab.engine", new Arrow(50, Set.of("dev.haltlab.spi")));
    ARROWS.put("dev.haltlab.trace", new Arrow(12, Set.of("dev.haltlab.spi")));
    ARROWS.put(
        "dev.haltlab.platform", new Arrow(60, Set.of("dev.haltlab.spi", "dev.haltlab.engine", "dev.haltlab.trace")));
    ARROWS.put("dev.haltlab.haltpoll", new Arrow(8, Set.of("dev.haltlab.spi")));
    ARROWS.put("dev.haltlab.idle", new Arrow(5, Set.of("dev.haltlab.spi")));
    ARROWS.put("dev.haltlab.workload", new Arrow(10, Set.of("dev.haltlab.spi")));
    ARROWS.put("dev.haltlab.host", new Arrow(4, Set.of("dev.haltlab.spi")));
    ARROWS.put(
        "dev.haltlab.cli",
        new Arrow(
            40,
            Set.of(
                "dev.haltlab.spi", "dev.haltlab.tck", "dev.haltlab.rules", "dev.haltlab.engine", "dev.haltlab.trace",
                "dev.haltlab.platform")));
  }

  private JavaClasses product = new ClassFileImporter().importClasses();
  private JavaClasses planted = product;

  @BeforeAll
  void importTheProduct() {
    product =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.haltlab");
    planted = new ClassFileImporter().importClasses(laws().flatMap(law -> law.planted.stream()).toList());
  }

  static Stream<Law> laws() {
    return Stream.of(
        law(Laws.CONTRACT_STANDS_ALONE, SpiSins.KnowsEngine.class),
        law(Laws.ENGINE_KNOWS_THE_CONTRACT_ONLY, EngineSins.KnowsPlatform.class),
        law(Laws.TRACES_KNOW_THE_CONTRACT_ONLY, TraceSins.KnowsPlatform.class, TraceSins.KnowsEngine.class),
        law(Laws.PLUGINS_KNOW_THE_CONTRACT_ONLY, PluginSins.KnowsEngine.class, PluginSins.KnowsPlatform.class),
        law(Laws.CONFORMANCE_KIT_KNOWS_THE_CONTRACT_ONLY, TckSins.KnowsEngine.class),
        law(Laws.RULE_KIT_KNOWS_THE_CONTRACT_ONLY, RulesSins.KnowsEngine.class, RulesSins.KnowsTck.class),
        law(Laws.CHECKS_RUN_WITHOUT_JUNIT, TckSins.KnowsJUnit.class),
        law(Laws.PLUGIN_MODULES_ARE_STRANGERS, PluginSins.KnowsAnotherKind.class),
        law(Laws.CORE_NAMES_NO_PLUGIN, PlatformSins.NamesPlugin.class),
        law(Laws.PLATFORM_KNOWS_NO_COMMAND_LINE, PlatformSins.KnowsCommandLine.class),
        law(Laws.PF4J_STAYS_IN_DISCOVERY, PlatformSins.KnowsPf4j.class),
        law(Laws.NO_PACKAGE_CYCLES, A.class, B.class),
        law(
            Laws.NO_CLOCKS, EngineSins.ReadsNanoTime.class, EngineSins.ReadsInstant.class,
            EngineSins.ReadsClock.class),
        law(
            Laws.NO_OTHER_CHANCE, EngineSins.OwnRandom.class, EngineSins.ThreadRandom.class,
            EngineSins.MathRandom.class, EngineSins.DefaultRandom.class),
        law(
            Laws.NO_THREADS, EngineSins.StartsThread.class, EngineSins.KeepsPerThread.class,
            EngineSins.CountsAcrossThreads.class),
        law(Laws.NO_LOCKS, EngineSins.Locks.class),
        law(
            Laws.NO_OUTSIDE_WORLD, EngineSins.NamesPath.class, EngineSins.NamesFile.class, EngineSins.Reflects.class,
            EngineSins.LoadsByName.class, EngineSins.AsksEnvironment.class, EngineSins.Prints.class),
        law(Laws.NO_INEXACT_MATHEMATICS, EngineSins.TakesLogarithm.class),
        law(
            Laws.NO_ORDER_BY_CHANCE, PlatformSins.MapOf.class, PlatformSins.SetOf.class, PlatformSins.SetCopy.class),
        law(Laws.NO_MUTABLE_STATICS, EngineSins.KeepsStaticState.class),
        law(
            Laws.HOT_ROOMS_HAVE_NO_PIPELINES, HotSins.Streams.class, HotSins.Wraps.class, HotSins.Formats.class),
        law(Laws.HOT_ROOMS_BOX_NOTHING, HotSins.Boxes.class, HotSins.Unboxes.class),
        law(
            Laws.RESULTS_PRINT_NO_DOUBLES, PlatformSins.DoubleToString.class, PlatformSins.DoubleValueOf.class,
            PlatformSins.DoubleAppend.class),
        law(
            Laws.TEXT_HAS_NO_DEFAULT_LOCALE, PlatformSins.FormatWithoutLocale.class,
            PlatformSins.LowerCaseWithoutLocale.class, PlatformSins.DefaultCharset.class),
        law(Laws.REPORTS_KNOW_NO_MACHINE, ReportSins.ReadsClock.class, ReportSins.CountsCores.class),
        law(Laws.PACKAGES_SAY_WHAT_MAY_BE_NULL, ReportSins.ReadsClock.class),
        law(
            Laws.ONLY_THE_COMMAND_ENDS_THE_PROCESS, PlatformSins.Exits.class, PlatformSins.Prints.class,
            PlatformSins.PrintsStackTrace.class));
  }

  @ParameterizedTest
  @MethodSource("laws")
  void theProductKeeps(Law law) {
    law.rule.check(product);
  }

  @ParameterizedTest
  @MethodSource("laws")
  void aClassThatBreaksItIsFound(Law law) {
    boolean together = law.rule == Laws.NO_PACKAGE_CYCLES; // it takes two
    for (Class<?> one : law.planted) {
      JavaClasses shown =
          planted.that(describe("are planted", c -> together ? law.names(c.getName()) : c.isEquivalentTo(one)));
      assertThat(shown).isNotEmpty();
      assertThat(law.rule.evaluate(shown).hasViolation()).as("%s breaks: %s", one.getSimpleName(), law).isTrue();
    }
  }

  @Test
  void boxingWhileARunIsBuiltOrCollectedIsAllowed() {
    Laws.HOT_ROOMS_BOX_NOTHING.check(new ClassFileImporter().importClasses(HotSins.BoxesWhenBuilt.class));
  }

  @Test
  void everyRuleIsAppliedAndSaysWhatAndWhy() throws IllegalAccessException {
    List<ArchRule> applied = laws().map(Law::rule).toList();
    List<ArchRule> written = new ArrayList<>();
    for (Field field : Laws.class.getDeclaredFields()) {
      if (field.getType() == ArchRule.class) {
        written.add((ArchRule) field.get(null));
      }
    }
    assertThat(applied).containsExactlyInAnyOrderElementsOf(written);
    assertThat(written).allSatisfy(rule -> assertThat(rule.getDescription()).contains(", because "));
  }

  @Test
  void theRulesSawTheClassesOfEveryModule() {
    Map<String, Integer> seen = new TreeMap<>();
    for (JavaClass c : product) {
      seen.merge(moduleOf(c).name(), 1, Integer::sum);
    }
    assertThat(ARROWS.keySet()).containsAll(seen.keySet());
    ARROWS.forEach(
        (module, arrow) ->
            assertThat(seen.getOrDefault(module, 0)).as(module).isGreaterThanOrEqualTo(arrow.leastClasses));
  }

  @Test
  void modulesRequireWhatTheArrowsAllow() {
    Map<String, ModuleDescriptor> modules = new TreeMap<>();
    for (JavaClass c : product) {
      ModuleDescriptor module = moduleOf(c);
      modules.put(module.name(), module);
    }
    assertThat(modules).hasSizeGreaterThanOrEqualTo(7);
    modules.forEach(
        (name, module) -> {
          Set<String> ours = new TreeSet<>();
          for (ModuleDescriptor.Requires requires : module.requires()) {
            if (requires.name().startsWith("dev.haltlab.")) {
              ours.add(requires.name());
            }
          }
          Arrow arrow = ARROWS.get(name);
          assertThat(arrow == null ? Set.of() : arrow.mayRequire).as(name).containsAll(ours);
          assertThat(module.isOpen()).as(name).isFalse();
        });
  }

  @Test
  void packageNamesStartWithTheNameOfTheirModule() {
    assertThat(product).isNotEmpty();
    for (JavaClass c : product) {
      String module = moduleOf(c).name();
      assertThat(c.getPackageName() + ".").startsWith(module + ".");
    }
  }

  /** The module whose folder or jar the class was read from: true also for modules that are not in the boot layer. */
  static ModuleDescriptor moduleOf(JavaClass c) {
    String location = c.getSource().orElseThrow().getUri().toString();
    String root = location.substring(0, location.length() - (c.getName().length() + ".class".length()));
    try (InputStream in = URI.create(root + "module-info.class").toURL().openStream()) {
      return ModuleDescriptor.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Law law(ArchRule rule, Class<?>... planted) {
    return new Law(rule, List.of(planted));
  }

  /** A rule, and classes each of which breaks it. */
  record Law(ArchRule rule, List<Class<?>> planted) {
    boolean names(String className) {
      return planted.stream().anyMatch(c -> c.getName().equals(className));
    }

    @Override
    public String toString() {
      String description = rule.getDescription();
      return description.substring(0, description.indexOf(", because "));
    }
  }

  /** What is known of a module. */
  record Arrow(int leastClasses, Set<String> mayRequire) {}
}
