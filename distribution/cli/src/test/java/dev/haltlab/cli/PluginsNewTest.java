package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.catalog.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins: a project that is half there, in a stranger's way, or cannot be built for its name; and a template that differs
 * from the sample our tests build. That what is written builds and passes is tested with the bundle, by Maven.
 */
class PluginsNewTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("../..");
  private static final Path SAMPLE = ROOT.resolve("plugins/sample");

  @TempDir Path folder;
  private Haltlab haltlab;
  private Path sdk;

  @BeforeEach
  void install() throws IOException {
    sdk = Files.createDirectory(folder.resolve("s d&k"));
    for (String part : List.of("haltlab-spi", "haltlab-tck", "haltlab-rules")) {
      Path place = Files.createDirectories(sdk.resolve("dev/haltlab").resolve(part).resolve("9.8.7"));
      Files.writeString(place.resolve(part + "-9.8.7.jar"), "");
      Files.writeString(place.resolve(part + "-9.8.7.pom"), "");
    }
    Path tools = Files.createDirectory(folder.resolve("tools"));
    assertThat(Files.writeString(tools.resolve("mvn"), "").toFile().setExecutable(true)).isTrue();
    haltlab = new Haltlab().property("haltlab.sdk", sdk).env("PATH", tools.toString());
  }

  private Haltlab.Said begin(String kind, String name, Path out) {
    return haltlab.run("plugins", "new", kind, name, "--out", out.toString());
  }

  private static Map<String, String> files(Path project) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(project)) {
      for (Path file : files.filter(Files::isRegularFile).filter(f -> !f.startsWith(project.resolve("target"))).toList()) {
        texts.put(project.relativize(file).toString(), Files.readString(file));
      }
    }
    return texts;
  }

  static List<Kind<?>> kinds() {
    return Kind.ALL;
  }

  private static void oneLine(Haltlab.Said said, int code, String... expected) {
    assertThat(said.code()).as(said.err()).isEqualTo(code);
    assertThat(said.out()).isEmpty();
    assertThat(said.err().strip()).startsWith("haltlab: ").contains(expected).doesNotContain("\n");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void every_kind_has_a_project_with_nothing_left_to_fill_in(Kind<?> kind) throws IOException {
    Path project = folder.resolve("deep/down/it");
    Haltlab.Said said = begin(kind.key(), "my-plugin-2", project);
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).startsWith(project + "\n").contains("cd " + project + "\n", "mvn verify\n", "haltlab ");
    Map<String, String> files = files(project);
    assertThat(files).containsEntry(
        "src/main/resources/META-INF/services/" + kind.providerType().getName(), "com.example.myplugin2.MyPlugin2\n")
        .containsKeys("pom.xml", "README.md", ".gitignore", "src/main/java/com/example/myplugin2/MyPlugin2.java",
            "src/test/java/com/example/myplugin2/MyPlugin2Test.java");
    assertThat(files.values()).allSatisfy(text -> assertThat(text).doesNotContain("{{", "}}").endsWith("\n"));
    assertThat(folder.resolve("deep/down").toFile().list()).containsExactly("it");
  }

  /** One truth: the sample is built, tested, verified, run and broken by tests; what is written here has its shape. */
  @Test
  void the_sample_is_a_project_as_it_would_be_written() throws IOException {
    Path project = folder.resolve("halt-predictor");
    assertThat(begin("haltPoll", "halt-predictor", project).code()).isZero();
    Map<String, String> written = files(project);
    Map<String, String> sample = files(SAMPLE);
    assertThat(sample.keySet()).isEqualTo(new TreeSet<>(written.keySet()));
    String place = "<haltlab.sdk>.*</haltlab.sdk>";
    String version = "<haltlab.version>.*</haltlab.version>";
    for (String file : written.keySet()) {
      boolean itsOwn = file.endsWith("HaltPredictor.java") || file.endsWith("HaltPredictorTest.java")
          || file.equals("README.md");
      if (!itsOwn) {
        assertThat(sample.get(file).replaceAll(place, "").replaceAll(version, "")).as(file)
            .isEqualTo(written.get(file).replaceAll(place, "").replaceAll(version, ""));
      }
    }
  }

  /** The sample's build takes what ours takes; a version that is raised there alone would go untested here. */
  @Test
  void the_sample_builds_with_the_versions_that_we_build_with() throws IOException {
    String ours = Files.readString(ROOT.resolve("pom.xml"));
    String theirs = Files.readString(SAMPLE.resolve("pom.xml"));
    for (String each : List.of("junit", "archunit", "slf4j")) {
      Matcher version = Pattern.compile("<" + each + ".version>(.*)</").matcher(ours);
      assertThat(version.find()).isTrue();
      assertThat(theirs).as(each).contains("<version>" + version.group(1) + "</version>");
    }
    Matcher plugin = Pattern.compile("<artifactId>(maven-\\w+-plugin)</artifactId>\\s*<version>(.*)</version>")
        .matcher(theirs);
    int plugins = 0;
    while (plugin.find()) {
      plugins++;
      assertThat(ours).containsPattern(
          "<artifactId>" + plugin.group(1) + "</artifactId>\\s*<version>" + Pattern.quote(plugin.group(2)) + "<");
    }
    assertThat(plugins).isEqualTo(5);
  }

  @Test
  void the_build_takes_the_version_that_stands_in_the_sdk_from_there_wherever_that_is() throws IOException {
    assertThat(begin("idle", "mine", folder.resolve("p")).code()).isZero();
    assertThat(files(folder.resolve("p")).get("pom.xml"))
        .contains("<haltlab.version>9.8.7</haltlab.version>")
        .contains("<haltlab.sdk>" + sdk.toUri().toString().replace("&", "&amp;") + "</haltlab.sdk>").contains("s%20d");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "MyPoll | is no name for a plugin", "my_poll | is no name", "my-poll- | is no name", "2x | is no name",
      "my..poll | is no name", "../x | is no name", "'' | is no name", "a123456789012345678901234567890123456789012345678901 | at most 50",
      "new | is a word of Java", "default | is a word of Java", "halt-poll | would make a class HaltPoll",
      "duration | would make a class Duration", "config | would make a class Config", "string | would make a class String",
      "rules-test | would make a class RulesTest"})
  void a_name_that_cannot_work_is_refused_with_what_would(String name, String expected) {
    Path project = folder.resolve("p");
    oneLine(begin("haltPoll", name, project), ExitCode.USAGE, expected);
    assertThat(project).doesNotExist();
  }

  @Test
  void a_kind_there_is_not_is_refused_with_those_there_are() {
    oneLine(begin("strategy", "mine", folder.resolve("p")), ExitCode.USAGE, "no kind of plugin strategy",
        "haltPoll (halt-poll strategy), idle (guest idle policy)");
    assertThat(begin("halt-poll", "mine", folder.resolve("q")).code()).isZero();
  }

  @Test
  void an_id_that_is_taken_is_refused_before_anything_is_written() {
    oneLine(begin("haltPoll", "adaptive", folder.resolve("p")), ExitCode.PROBLEMS, "adaptive already (built-in)");
    assertThat(begin("workload", "adaptive", folder.resolve("q")).code()).isZero();
    assertThat(folder.resolve("p")).doesNotExist();
  }

  @Test
  void what_is_there_is_left_alone() throws IOException {
    Path project = Files.createDirectory(folder.resolve("p"));
    oneLine(begin("haltPoll", "mine", project), ExitCode.PROBLEMS, project + ": exists already", "--out");
    assertThat(project).isEmptyDirectory();
    Path file = Files.writeString(folder.resolve("f"), "mine");
    oneLine(begin("haltPoll", "mine", file), ExitCode.PROBLEMS, "exists already");
    assertThat(file).hasContent("mine");
    Path link = Files.createSymbolicLink(folder.resolve("l"), folder.resolve("nowhere"));
    oneLine(begin("haltPoll", "mine", link), ExitCode.PROBLEMS, "exists already");
  }

  @Test
  void where_nothing_can_be_written_that_is_said() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "in the way");
    oneLine(begin("haltPoll", "mine", file.resolve("p")), ExitCode.PROBLEMS, file.resolve("p") + ": its parent");
  }

  @Test
  void without_an_sdk_that_is_said_with_what_to_do() throws IOException {
    Path project = folder.resolve("p");
    haltlab.property("haltlab.sdk", "");
    oneLine(begin("haltPoll", "mine", project), ExitCode.PROBLEMS, "start haltlab by its launcher");
    haltlab.property("haltlab.sdk", folder.resolve("gone"));
    oneLine(begin("haltPoll", "mine", project), ExitCode.PROBLEMS, "gone is not the sdk/", "unpack haltlab again");
    haltlab.property("haltlab.sdk", sdk);
    Files.delete(sdk.resolve("dev/haltlab/haltlab-tck/9.8.7/haltlab-tck-9.8.7.pom"));
    oneLine(begin("haltPoll", "mine", project), ExitCode.PROBLEMS, "there is no dev/haltlab/haltlab-tck/9.8.7/");
    assertThat(project).doesNotExist();
  }

  @Test
  void a_missing_maven_is_said_and_stops_nothing() {
    haltlab.env("PATH", folder.toString());
    Haltlab.Said said = begin("haltPoll", "mine", folder.resolve("a b"));
    assertThat(said.code()).isZero();
    assertThat(said.err()).contains("no mvn on the PATH");
    assertThat(said.out()).contains("cd '" + folder.resolve("a b") + "'");
  }

  @Test
  void without_out_the_folder_bears_the_plugins_name() {
    Path here = Path.of("").toAbsolutePath().resolve("pom.xml"); // exists: nothing is written here by this test
    assertThat(here).exists();
    oneLine(haltlab.run("plugins", "new", "haltPoll", "src"), ExitCode.PROBLEMS, "src: exists already");
  }
}
