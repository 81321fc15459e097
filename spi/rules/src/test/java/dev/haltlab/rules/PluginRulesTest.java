package dev.haltlab.rules;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import example.lawful.Careful;
import example.planted.Sins;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins: a rule that lets through what it is there to find, and one that no author could keep. */
class PluginRulesTest {
  private static final JavaClasses IMPORTED = new ClassFileImporter().importPackages("example");

  static Stream<Field> rules() {
    return Arrays.stream(PluginRules.class.getFields()).filter(field -> field.getType() == ArchRule.class);
  }

  /** The classes that carry the mark of a rule. */
  private static List<Class<?>> planted(Field rule) {
    String mark = rule.getName().replace("_", "");
    List<Class<?>> planted = new ArrayList<>();
    for (Class<?> sin : Sins.class.getDeclaredClasses()) {
      if (Arrays.stream(sin.getInterfaces()).anyMatch(i -> i.getSimpleName().equalsIgnoreCase(mark))) {
        planted.add(sin);
      }
    }
    return planted;
  }

  /** Evaluates a rule as if there were only these classes. */
  private static EvaluationResult evaluate(Field rule, Class<?>... classes) throws IllegalAccessException {
    List<String> names = Arrays.stream(classes).map(Class::getName).toList();
    JavaClasses shown = IMPORTED.that(describe("are shown", c -> names.contains(c.getName())));
    assertThat(shown).hasSameSizeAs(names);
    return ((ArchRule) rule.get(null)).evaluate(shown);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void everyPlantedClassIsFound(Field rule) throws IllegalAccessException {
    assertThat(planted(rule)).hasSizeGreaterThan(1);
    for (Class<?> sin : planted(rule)) {
      assertThat(evaluate(rule, sin, Careful.class).hasViolation()).as(sin.getSimpleName()).isTrue();
      // alone as well, and told of the class that did it
      assertThat(evaluate(rule, sin).getFailureReport().getDetails()).as(sin.getSimpleName())
          .anyMatch(line -> line.contains(sin.getSimpleName()) || line.contains("Sins"));
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aCarefulPluginKeepsIt(Field rule) throws IllegalAccessException {
    EvaluationResult result = evaluate(
        rule, Careful.class, Careful.Mode.class, Careful.Limits.class, Careful.Config.class);
    assertThat(result.getFailureReport().getDetails()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void itSaysWhatAndWhy(Field rule) throws IllegalAccessException {
    assertThat(((ArchRule) rule.get(null)).getDescription()).contains(", because ");
  }

  @Test
  void aJarIsCheckedAgainstEveryRule(@TempDir Path folder) throws Exception {
    Path lawful = TestJar.of(folder.resolve("lawful.jar"))
        .classes(Careful.class, Careful.Mode.class, Careful.Limits.class, Careful.Config.class)
        .write();
    List<Finding> findings = PluginRules.check(lawful);
    assertThat(findings).allSatisfy(finding -> assertThat(finding.violations()).as(finding.id()).isEmpty());
    assertThat(findings.stream().map(Finding::id)).containsExactlyElementsOf(rules().map(Field::getName).toList());

    Map<String, Class<?>> sins = new TreeMap<>();
    for (Class<?> sin : Sins.class.getDeclaredClasses()) {
      sins.put(sin.getName(), sin);
    }
    Path planted = TestJar.of(folder.resolve("planted.jar")).classes(sins.values().toArray(Class<?>[]::new)).write();
    assertThat(PluginRules.check(planted)).allSatisfy(finding -> {
      assertThat(finding.violations()).as(finding.id()).isNotEmpty();
      assertThat(finding.sentence()).isNotBlank();
      assertThat(finding.why()).isNotBlank();
    });
  }
}
