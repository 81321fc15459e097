package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins the promise to third parties: plugins/sample is built away from our sources by Maven and the bundle's sdk/ alone,
 * with its tests from the kits, and its jar is everywhere a built-in is.
 */
class SampleIT {
  @TempDir static Path place;
  private static Bundle bundle;
  private static Path project;
  private static Bundle.Said built;

  @TempDir Path folder;

  @BeforeAll
  static void build() throws IOException {
    bundle = Bundle.copyTo(place.resolve("a place with blanks/haltlab"));
    project = copy(Path.of("../../plugins/sample"), place.resolve("halt-predictor"));
    try (Stranger stranger = Stranger.at(place.resolve("stranger"))) {
      built = stranger.maven(project, "verify", "-Dhaltlab.sdk=" + bundle.root.resolve("sdk").toUri());
    }
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(f -> Files.isRegularFile(f) && !f.startsWith(from.resolve("target"))).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return to;
  }

  private static Path jar() {
    return project.resolve("target/halt-predictor-1.0.0.jar");
  }

  @Test
  void itBuildsAndPassesTheKitsTests() {
    assertThat(built.code()).as("%s%s", built.out(), built.err()).isZero();
    assertThat(built.out()).containsPattern("Tests run: \\d{2,}, Failures: 0, Errors: 0, Skipped: 0").doesNotContain("WARN");
  }

  @Test
  void itsPomHasNoParentAndItsJarNothingOfOurs() throws IOException {
    assertThat(project.resolve("pom.xml")).content().doesNotContain("<parent>");
    try (java.util.jar.JarFile file = new java.util.jar.JarFile(jar().toFile())) {
      assertThat(file.stream().map(java.util.zip.ZipEntry::getName).filter(name -> name.endsWith(".class")))
          .isNotEmpty().allMatch(name -> name.startsWith("com/example/"));
    }
  }

  @Test
  void itVerifiesInTheBundleAsInItsOwnBuild() {
    Bundle.Said said = bundle.run(folder, "plugins", "verify", jar().toString());
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("contract (haltPoll halt-predictor)", " 0 skipped, 0 broken\n");
    assertThat(said.code()).isZero();
  }

  @Test
  void itRunsBesideAdaptiveAndOracle() throws IOException {
    Files.copy(jar(), bundle.root.resolve("plugins").resolve(jar().getFileName()));
    assertThat(bundle.run(folder, "plugins", "list").out()).containsPattern("haltPoll +halt-predictor +1\\.0\\.0 ");
    Files.writeString(folder.resolve("mine.yaml"), """
        scenario: mine
        host: { cpu: ivy-bridge }
        vms:
          rr: { vcpus: 2, pin: [0, 1], workload: tcp-rr }
        run: { for: 20ms, warmup: 1ms, replications: 2 }
        compare:
          mine: { haltPoll: { use: halt-predictor, window: 80us } }
          adaptive: { haltPoll: adaptive }
          oracle: { haltPoll: oracle }
        """);
    Bundle.Said said = bundle.run(folder, "run", "mine.yaml");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
    assertThat(List.of(said.out().split("\n"))).anyMatch(line -> line.matches(" +mine +adaptive +oracle.*"));
  }
}
