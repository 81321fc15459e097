package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins what {@code plugins new} promises for every kind: what it writes builds by Maven and the bundle's sdk/ alone,
 * passes its own tests and {@code plugins verify}, and every command its README names does what it says.
 */
class NewPluginIT {
  @TempDir static Path place;
  private static Bundle bundle;
  private static Path projects;
  private static Bundle.Said built;
  private static List<String> kinds;

  @BeforeAll
  static void begin() throws IOException {
    bundle = Bundle.copyTo(place.resolve("a place with blanks/haltlab"));
    projects = Files.createDirectory(place.resolve("projects"));
    kinds = kindsAsSaid();
    for (String kind : kinds) {
      Bundle.Said said = bundle.run(projects, "plugins", "new", kind, name(kind));
      assertThat(said.code()).as(said.err()).isZero();
    }
    // One Maven for all: this file is no parent of theirs, it only names them.
    Files.writeString(projects.resolve("pom.xml"), """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>test</groupId><artifactId>all</artifactId><version>1</version><packaging>pom</packaging>
          <modules>%s</modules>
        </project>
        """.formatted(kinds.stream().map(kind -> "<module>" + name(kind) + "</module>").collect(Collectors.joining())));
    try (Stranger stranger = Stranger.at(place.resolve("stranger"))) {
      built = stranger.maven(projects, "verify");
    }
  }

  /** The kinds there are, as the command tells somebody who has named none of them. */
  private static List<String> kindsAsSaid() {
    Bundle.Said said = bundle.run(projects, "plugins", "new", "nothing", "x");
    assertThat(said.code()).isEqualTo(2);
    List<String> found = new ArrayList<>();
    Matcher m = Pattern.compile("(\\w+) \\(").matcher(said.err());
    while (m.find()) {
      found.add(m.group(1));
    }
    assertThat(found).contains("haltPoll", "trace").hasSizeGreaterThan(4);
    return found;
  }

  private static String name(String kind) {
    return "mine-" + kind.toLowerCase(java.util.Locale.ROOT);
  }

  static List<String> kinds() {
    return kinds;
  }

  @Test
  void they_build_without_a_warning_and_pass_the_kits_tests() {
    assertThat(built.code()).as("%s%s", built.out(), built.err()).isZero();
    assertThat(built.out()).doesNotContain("WARN");
    Matcher tests = Pattern.compile("(?m)Tests run: \\d{2,}, Failures: 0, Errors: 0, Skipped: 0$").matcher(built.out());
    assertThat(tests.results().count()).isEqualTo(kinds.size());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void each_passes_verification_and_works_as_its_readme_says(String kind) throws IOException {
    Path project = projects.resolve(name(kind));
    List<String> commands = Files.readAllLines(project.resolve("README.md")).stream()
        .filter(line -> line.startsWith("    haltlab ")).toList();
    assertThat(commands).hasSize(3);
    for (String command : commands) {
      Bundle.Said said = Bundle.process(
          project, Map.of("PATH", bundle.root.resolve("bin") + ":" + System.getenv("PATH")),
          List.of("/bin/sh", "-c", command));
      assertThat(said.err()).as(command).isEmpty();
      assertThat(said.code()).as("%s%n%s", command, said.out()).isZero();
      assertThat(said.out()).as(command).contains(command.contains(" replay ") ? "recorded" : name(kind));
    }
    assertThat(bundle.run(project, "plugins", "list").out()).containsPattern(kind + " +" + name(kind) + " +1\\.0\\.0 ");
    Bundle.Said taken = bundle.run(projects, "plugins", "new", kind, name(kind), "--out", "again");
    assertThat(taken.code()).isEqualTo(1);
    assertThat(taken.err()).contains("already (").contains(name(kind) + "-1.0.0.jar)");
    assertThat(projects.resolve("again")).doesNotExist();
  }
}
