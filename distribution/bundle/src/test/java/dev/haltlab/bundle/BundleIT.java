package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins that what we ship works where users put it: in a folder with blanks in its name, called from elsewhere, through
 * a link, in the C locale, on the Java under test.
 */
class BundleIT {
  /** A real kernel's, which the strategies are tested with. */
  private static final Path RECORDING = Path.of(
      System.getProperty("basedir", "."),
      "../../plugins/halt-poll/src/test/resources/dev/haltlab/haltpoll/traces/h-default-const100us.txt.gz");

  @TempDir static Path place;
  private static Bundle bundle;

  @TempDir Path folder;

  @BeforeAll
  static void unpack() {
    bundle = Bundle.copyTo(place.resolve("a place with blanks/haltlab"));
  }

  private static void oneLine(String text) {
    assertThat(text.strip()).isNotEmpty().doesNotContain("\n").doesNotContain("\tat ");
  }

  @Test
  void the_version_names_the_java_under_test() throws IOException {
    Bundle.Said said = bundle.run(folder, "--version");
    String release = Files.readString(Bundle.javaHome().resolve("release"));
    String version = release.replaceAll("(?s).*JAVA_VERSION=\"([^\"]+)\".*", "$1");
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("SPI level 1.0.0", "JDK " + version);
    assertThat(said.code()).isZero();
  }

  @Test
  void help_names_commands_exit_codes_and_examples() {
    Bundle.Said said = bundle.run(folder, "--help");
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).contains("Commands:", "validate", "Exit codes:", "Examples:");
    assertThat(said.code()).isZero();
  }

  @Test
  void a_shipped_scenario_runs_twice_to_the_same_bytes_on_any_number_of_threads() {
    assertThat(bundle.run(folder, "init", "tcp-rr-2vcpu").code()).isZero();
    Bundle.Said first = bundle.run(folder, "run", "tcp-rr-2vcpu.yaml", "--replications", "3", "--format", "json",
        "--threads", "1");
    Bundle.Said second = bundle.run(folder, "run", "tcp-rr-2vcpu.yaml", "--replications", "3", "--format", "json",
        "--threads", "5");
    assertThat(first.err()).isEmpty();
    assertThat(first.code()).isZero();
    assertThat(first.out()).startsWith("{").contains("\"schema\"").isEqualTo(second.out());
  }

  @Test
  void a_result_folder_holds_the_result_and_a_plan_that_gives_it_again() throws IOException {
    bundle.run(folder, "init", "tcp-rr-2vcpu");
    Bundle.Said said = bundle.run(
        folder, "run", "tcp-rr-2vcpu.yaml", "--replications", "2", "--set", "run.for=20ms", "--format", "json",
        "--out", "out");
    assertThat(said.err()).isEmpty();
    assertThat(Files.readString(folder.resolve("out/result.json"))).isEqualTo(said.out());
    assertThat(folder.resolve("out/result.txt")).isNotEmptyFile();
    assertThat(bundle.run(folder, "run", "out/plan.yaml", "--format", "json").out()).isEqualTo(said.out());
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("tcp-rr-2vcpu.yaml", "out");
  }

  @Test
  void a_wrong_scenario_is_exit_code_1_and_one_line() throws IOException {
    Files.writeString(
        folder.resolve("wrong.yaml"),
        "scenario: x\nvms: { a: { wokload: idle, workload: idle } }\nhost: { cpu: haswell }\n");
    Bundle.Said said = bundle.run(folder, "validate", "wrong.yaml");
    assertThat(said.code()).isEqualTo(1);
    oneLine(said.err());
    assertThat(said.err()).startsWith("wrong.yaml:2:").contains("did you mean workload?");
    assertThat(said.out()).isEmpty();
  }

  @Test
  void file_names_beyond_ascii_work_in_the_c_locale() throws IOException {
    Bundle.Said said = Bundle.process(
        folder, Map.of(), List.of("/bin/sh", "-c", // the name in octal: this JVM's own locale may be C as well
            "name=$(printf 'b\\303\\274cher.yaml'); echo 'x: 1' >\"$name\"; exec \"$0\" validate \"$name\"",
            bundle.command().toString()));
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).startsWith("bücher.yaml:");
  }

  @Test
  void a_link_to_the_command_is_the_command() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("hl"), Path.of("hl2"));
    Files.createSymbolicLink(folder.resolve("hl2"), bundle.command());
    assertThat(Bundle.process(folder, Map.of(), List.of(link.toString(), "init")).out()).contains("tcp-rr-2vcpu");
    Files.delete(folder.resolve("hl2")); // before JUnit warns that it leads out of its folder
  }

  @Test
  void a_reader_that_leaves_early_is_no_failure() {
    Bundle.Said said = Bundle.process(
        folder, Map.of(), List.of("/bin/sh", "-c", "\"$0\" schema | head -n 1", bundle.command().toString()));
    assertThat(said.err()).isEmpty();
    assertThat(said.out()).isEqualTo("{\n");
  }

  @Test
  void a_missing_or_old_java_is_said_in_one_line() throws IOException {
    Bundle.Said gone = Bundle.process(
        folder, Map.of("JAVA_HOME", folder.resolve("gone").toString()),
        List.of(bundle.command().toString(), "--version"));
    assertThat(gone.code()).isEqualTo(1);
    oneLine(gone.err());
    assertThat(gone.err()).contains("JAVA_HOME");

    Path old = folder.resolve("old");
    Path java = Files.createDirectories(old.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexit 1\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
    Bundle.Said said = Bundle.process(
        folder, Map.of("JAVA_HOME", old.toString()), List.of(bundle.command().toString(), "--version"));
    assertThat(said.code()).isEqualTo(1);
    oneLine(said.err());
    assertThat(said.err()).contains("needs Java 17", "11.0.2");
  }

  @Test
  void it_runs_where_nothing_can_be_written() throws IOException {
    Bundle shared = Bundle.copyTo(folder.resolve("shared"));
    Files.writeString(shared.root.resolve("cache"), "in the way of an archive, for root too");
    Bundle.Said said = Bundle.process(
        folder, Map.of("XDG_CACHE_HOME", "/dev/null"),
        List.of(shared.command().toString(), "run", "gone.yaml"));
    assertThat(said.code()).isEqualTo(1);
    oneLine(said.err());
  }

  @Test
  void both_archives_unpack_to_a_command_that_runs() throws IOException {
    Path built = Path.of(System.getProperty("bundle"));
    String name = built.getFileName().toString();
    Path tar = built.getParent().getParent().resolve(name + ".tar.gz");
    assertThat(Bundle.process(folder, Map.of(), List.of("tar", "xzf", tar.toString())).code()).isZero();
    assertThat(Bundle.process(folder, Map.of(), List.of(folder.resolve(name) + "/bin/haltlab", "init")).code())
        .isZero();
    Path zip = built.getParent().getParent().resolve(name + ".zip");
    try (java.util.zip.ZipFile file = new java.util.zip.ZipFile(zip.toFile()); Stream<Path> files = Files.walk(built)) {
      for (Path each : files.filter(Files::isRegularFile).filter(f -> !f.startsWith(built.resolve("cache"))).toList()) {
        assertThat(file.getEntry(name + "/" + built.relativize(each))).as("%s", each).isNotNull();
      }
    }
  }

  @Test
  void the_recipe_for_replays_is_literal() throws IOException {
    List<String> recipe = Files.readAllLines(bundle.root.resolve("docs/replay.md"));
    List<String> replays = recipe.stream().filter(line -> line.startsWith("    bin/haltlab replay ")).toList();
    assertThat(replays).hasSizeGreaterThan(1);
    Files.copy(RECORDING, folder.resolve("halts.txt.gz"));
    for (String line : replays) {
      String command = line.strip().replaceFirst("^bin/haltlab", "\"\\$0\"");
      Bundle.Said said = Bundle.process(
          folder, Map.of(), List.of("/bin/sh", "-c", command, bundle.command().toString()));
      assertThat(said.err()).as(command).isEmpty();
      assertThat(said.code()).as(command).isZero();
      assertThat(said.out()).as(command).contains("0 mismatches");
    }
    Bundle.Said script = bundle.run(folder, "capture", "--for", "30s", "--print-script");
    assertThat(script.code()).isZero();
    Path file = Files.writeString(folder.resolve("capture.sh"), script.out());
    assertThat(Bundle.process(folder, Map.of(), List.of("/bin/sh", "-n", file.toString())).code()).isZero();
  }

  @Test
  void every_page_is_there_and_no_link_leads_astray() throws IOException {
    List<Path> pages = markdown(bundle.root.resolve("docs"));
    assertThat(pages).extracting(page -> page.getFileName().toString())
        .containsExactlyInAnyOrderElementsOf(
            markdown(Path.of("src/main/docs")).stream().map(page -> page.getFileName().toString()).toList());
    for (Path page : pages) {
      Pattern.compile("\\]\\((?!https?:)([^)#]+)").matcher(Files.readString(page)).results()
          .forEach(link -> assertThat(page.resolveSibling(link.group(1))).as("link of %s", page).exists());
    }
  }

  private static List<Path> markdown(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".md")).toList();
    }
  }

  @Test
  void the_completion_script_is_a_script() {
    Path script = bundle.root.resolve("docs/haltlab_completion");
    assertThat(script).content().contains("complete", "haltlab", "--replications");
    assertThat(Bundle.process(folder, Map.of(), List.of("bash", "-n", script.toString())).code()).isZero();
  }
}
