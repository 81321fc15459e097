package dev.haltlab.platform.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins that one bad file in a plugins folder never takes the good ones away or ends in a stack trace: each ends usable,
 * or unusable with one line that says why. And that a plugin sees the contracts and nothing of the host.
 */
public class CatalogsTest {
  @TempDir Path plugins;

  private Catalog load() {
    return Catalogs.load(new CatalogRequest(List.of(plugins)));
  }

  @Test
  @SuppressWarnings("unchecked") // the configuration type is known to the provider only
  void a_bare_jar_with_one_class_and_one_line_is_usable() {
    Path jar = PluginJar.strategy("MyPoll", "my-poll").writeTo(plugins.resolve("my-poll-1.2.jar"));
    Catalog catalog = load();

    assertThat(catalog.unusable()).isEmpty();
    Catalog.Entry<HaltPollProvider> entry = catalog.find(Kind.HALT_POLL, "my-poll").orElseThrow();
    assertThat(entry.version()).isEqualTo("1.2");
    assertThat(entry.origin()).isEqualTo(jar.toString());
    assertThat(entry.provider().defaults()).hasToString("Config[window=PT0.00005S]");
    assertThat(entry.provider().create(entry.provider().defaults(), null)).isInstanceOf(HaltPoll.class);
  }

  @Test
  void the_manifest_wins_over_the_file_name() {
    PluginJar.strategy("MyPoll", "my-poll").attribute("Plugin-Id", "com.example.poll")
        .attribute("Plugin-Version", "7.0.1")
        .attribute("Plugin-Requires", "1.0.0").writeTo(plugins.resolve("whatever.jar"));

    assertThat(load().find(Kind.HALT_POLL, "my-poll").orElseThrow().version()).isEqualTo("7.0.1");
  }

  @Test
  void an_unpacked_folder_is_usable_in_both_layouts() {
    PluginJar.strategy("FlatPoll", "flat-poll").writeUnpackedTo(plugins.resolve("flat-2.0"));
    PluginJar.strategy("LibPoll", "lib-poll").writeTo(mkdirs(plugins.resolve("packed/lib")).resolve("x.jar"));
    PluginJar.strategy("ClassPoll", "class-poll").writeUnpackedTo(plugins.resolve("classic/classes"));
    Catalog catalog = load();

    assertThat(catalog.unusable()).isEmpty();
    assertThat(catalog.usable(Kind.HALT_POLL)).extracting(Catalog.Entry::id)
        .contains("class-poll", "flat-poll", "lib-poll");
    assertThat(catalog.find(Kind.HALT_POLL, "flat-poll").orElseThrow().version()).isEqualTo("2.0");
  }

  @Test
  void a_place_may_be_a_single_jar_and_may_be_named_twice() {
    Path jar = PluginJar.strategy("MyPoll", "my-poll").writeTo(plugins.resolve("a.jar"));
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(jar, plugins, plugins)));

    assertThat(catalog.unusable()).isEmpty();
    assertThat(catalog.find(Kind.HALT_POLL, "my-poll")).isPresent();
  }

  @Test
  void formats_of_traces_are_plugins_like_any_other() {
    new PluginJar().source("Mine", """
        import dev.haltlab.spi.*;
        public final class Mine implements TraceReaderProvider<Mine.Config> {
          public record Config() {}
          public String id() { return "mine"; }
          public Config defaults() { return new Config(); }
          public TraceReader create(Config c) { return (text, from, to, sink) -> "not mine"; }
        }
        """).service("TraceReaderProvider", "Mine").writeTo(plugins.resolve("mine.jar"));
    Catalog catalog = load();

    assertThat(catalog.unusable()).isEmpty();
    assertThat(catalog.usable(Kind.TRACE)).extracting(Catalog.Entry::id)
        .containsExactly("ftrace", "mine", "perf-script", "trace-cmd");
  }

  static Stream<Arguments> badJars() {
    return Stream.of(
        Arguments.of("no services line", PluginJar.strategy("A", "a").noServices(), "META-INF/services"),
        Arguments.of("an empty services file",
            PluginJar.strategy("A", "a").service("HaltPollProvider", "# none"), "META-INF"),
        Arguments.of("a class that is not there",
            new PluginJar().service("HaltPollProvider", "Gone"), "Gone not found"),
        Arguments.of("a contract that is none",
            PluginJar.strategy("A", "a").noServices().service("HaltPolProvider", "A"),
            "META-INF/services/dev.haltlab.spi.HaltPolProvider names no contract"),
        Arguments.of("a module without services file",
            PluginJar.strategy("A", "a").noServices().file("module-info.class"), "what its module-info provides"),
        Arguments.of("an id that is no name in YAML", PluginJar.strategy("A", "null"), "YAML reads as something else"),
        Arguments.of("a contract of tomorrow by name", PluginJar.strategyWith("A", "a", "public String id",
            "public A() { throw new NoClassDefFoundError(\"dev/haltlab/spi/Quantum\"); } public String id"),
            "dev.haltlab.spi.Quantum is not among the contracts of SPI level " + Catalogs.SPI_LEVEL),
        Arguments.of("a class of another kind",
            PluginJar.strategy("A", "a").noServices().service("WorkloadProvider", "A"),
            "not a subtype"),
        Arguments.of("a services line that is none", PluginJar.strategy("A", "a").service("HaltPollProvider", "A B"),
            "Illegal configuration-file syntax"),
        Arguments.of("a constructor that throws",
            PluginJar.strategyWith("A", "a", "public String id",
                "public A() { throw new IllegalStateException(\"sorry\\n!\"); }"
                + " public String id"), "sorry !"),
        Arguments.of("an initialiser that throws",
            PluginJar.strategyWith("A", "a", "public String id", "static int x = 1 / Integer.parseInt(\"0\");"
                + " public String id"), "by zero"),
        Arguments.of("no constructor without parameters",
            PluginJar.strategyWith("A", "a", "public String id", "public A(int x) {} public String id"),
            "no-arg constructor"),
        Arguments.of("a constructor without end",
            PluginJar.strategyWith("A", "a", "public String id", "public A() { this(1); } A(int i) { new A(i); }"
                + " public String id"), "StackOverflowError"),
        Arguments.of("an id that is null", PluginJar.strategyWith("A", "a", "return \"a\"", "return null"),
            "id() returned null"),
        Arguments.of("an id with blanks", PluginJar.strategy("A", "My Poll"), "lower-case words"),
        Arguments.of("an id that throws",
            PluginJar.strategyWith("A", "a", "return \"a\"", "throw new RuntimeException(\"no id\")"), "id() threw"),
        Arguments.of("defaults that throw",
            PluginJar.strategyWith("A", "a", "return new Config(Duration.ofNanos(50_000))", "throw new Error(\"no\")"),
            "defaults() threw Error: no"),
        Arguments.of("defaults that are null",
            PluginJar.strategyWith("A", "a", "return new Config(Duration.ofNanos(50_000))", "return null"),
            "defaults() returned null"),
        Arguments.of("a configuration nobody may see",
            PluginJar.strategyWith("A", "a", "public record", "record"), "must be public"),
        Arguments.of("a key of a type no scenario can hold",
            PluginJar.strategyWith("A", "a", "new Config(Duration.ofNanos(50_000))",
                "new Config(new Object())").replacing("A", "Duration window", "Object window")
                .replacing("A", "long ns = c.window().toNanos()", "long ns = 1"), "cannot hold a java.lang.Object"),
        Arguments.of("a summary that is null",
            PluginJar.strategyWith("A", "a", "public String id",
                "public String summary() { return null; } public String id"),
            "summary() returned null"),
        Arguments.of("contracts of tomorrow", PluginJar.strategy("A", "a").attribute("Plugin-Requires", ">=2.0.0"),
            "needs SPI level >=2.0.0; this haltlab has " + Catalogs.SPI_LEVEL),
        Arguments.of("an exact level of tomorrow", PluginJar.strategy("A", "a").attribute("Plugin-Requires", "1.0.1"),
            "made for SPI level 1.0.1; this haltlab has " + Catalogs.SPI_LEVEL),
        Arguments.of("a range that is none", PluginJar.strategy("A", "a").attribute("Plugin-Requires", "newest"),
            "neither an SPI level"),
        Arguments.of("a need of another plugin", PluginJar.strategy("A", "a").attribute("Plugin-Dependencies", "b@1.0"),
            "Plugin-Dependencies"),
        Arguments.of("host classes",
            PluginJar.strategyWith("A", "a", "public String id",
                "public A() { dev.haltlab.platform.catalog.Catalogs.version(); } public String id")
                .alsoAgainst(Catalogs.class), "Catalogs is not visible to a plugin"),
        Arguments.of("host classes by name",
            PluginJar.strategyWith("A", "a", "public String id", """
                public A() {
                  try {
                    Class.forName("dev.haltlab.platform.catalog.Catalogs");
                  } catch (ClassNotFoundException e) {
                    throw new IllegalStateException("blind");
                  }
                }
                public String id"""), "blind"),
        Arguments.of("PF4J", PluginJar.strategyWith("A", "a", "public String id",
            "public A() { org.pf4j.Pf4jInfo.class.getName(); } public String id").alsoAgainst(org.pf4j.Pf4jInfo.class),
            "Pf4jInfo is not visible to a plugin"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badJars")
  void a_bad_jar_is_unusable_with_one_line_and_the_good_one_stays(String what, PluginJar bad, String reason) {
    Path file = bad.writeTo(plugins.resolve("bad.jar"));
    PluginJar.strategy("Good", "good").writeTo(plugins.resolve("good.jar"));
    Catalog catalog = load();

    assertThat(catalog.find(Kind.HALT_POLL, "good")).isPresent();
    assertThat(catalog.unusable()).singleElement().satisfies(unusable -> {
      assertThat(unusable.location()).startsWith(file.toString());
      assertThat(unusable.reason()).contains(reason).doesNotContain("\n");
    });
  }

  @Test
  void a_copy_of_the_contracts_is_refused_wherever_it_is_packed() {
    PluginJar fat = PluginJar.strategy("MyPoll", "my-poll")
        .source("dev.haltlab.spi.HaltPoll",
            "package dev.haltlab.spi; public interface HaltPoll { long budget(long now); }");
    fat.writeTo(plugins.resolve("fat.jar"));
    fat.writeUnpackedTo(plugins.resolve("flat"));
    fat.writeTo(mkdirs(plugins.resolve("packed/lib")).resolve("x.jar"));

    assertThat(load().unusable()).hasSize(3).allSatisfy(
        unusable -> assertThat(unusable.reason())
            .contains("copy of the contracts (dev.haltlab.spi.HaltPoll)", "provided"));
  }

  @ParameterizedTest
  @CsvSource({
      "1.0.0, 1.0.0, ''", "1, 1.0.0, ''", "1.1, 1.1.3, ''", "1.0.0, 1.7.2, ''", ">=1.0.0 & <3.0.0, 2.5.0, ''",
      "1.1.0, 1.0.0, made for SPI level 1.1.0; this haltlab has 1.0.0", "2, 1.9.0, made for SPI level 2.0.0;",
      "1.4.0, 2.0.0, 'made for SPI level 1.4.0; this haltlab has 2.0.0, which is incompatible'",
      ">=2.0.0, 1.0.0, needs SPI level >=2.0.0; this haltlab has 1.0.0"})
  void a_plugin_works_from_the_level_it_was_made_for_up_to_the_next_incompatible_one(
      String requires, String level, String reason) {
    Path jar = PluginJar.strategy("MyPoll", "my-poll").attribute("Plugin-Requires", requires)
        .writeTo(plugins.resolve("my-poll.jar"));
    CatalogBuilder builder = new CatalogBuilder(Patience.DEFAULT);
    PluginFiles.addTo(builder, List.of(jar), level);
    Catalog catalog = builder.build();

    assertThat(catalog.find(Kind.HALT_POLL, "my-poll").isPresent()).isEqualTo(reason.isEmpty());
    if (!reason.isEmpty()) {
      assertThat(catalog.unusable()).singleElement()
          .satisfies(unusable -> assertThat(unusable.reason()).startsWith(reason));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {
      "public A() { while (!Thread.interrupted()) { Thread.onSpinWait(); } }",
      "static final Object x = A.spin(); static Object spin() { while (!Thread.interrupted()) { } return null; }"})
  void a_plugin_that_does_not_come_back_is_given_up_and_says_where_it_is(String endless) {
    PluginJar.strategyWith("A", "a", "public String id", endless + " public String id")
        .writeTo(plugins.resolve("endless-1.0.jar"));
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(plugins), Patience.of(Duration.ofMillis(20))));

    assertThat(catalog.unusable()).singleElement().satisfies(unusable -> {
      assertThat(unusable.ids()).containsExactly("endless");
      assertThat(unusable.reason()).contains("did not come back within 20 ms", "it is in A.", "(A.java:");
    });
  }

  @Test
  void a_plugin_brings_whatever_version_of_a_library_it_likes() {
    for (String each : List.of("one", "two")) {
      PluginJar library = new PluginJar().source("tools.jackson.databind.ObjectMapper",
          "package tools.jackson.databind; public class ObjectMapper { public String toString() { return \"" + each
              + "\"; } }");
      Path lib = library.writeTo(mkdirs(plugins.resolve(each + "/lib")).resolve("jackson.jar"));
      PluginJar.strategyWith("A", each, "public String id",
          "public String summary() { return new tools.jackson.databind.ObjectMapper().toString(); } public String id")
          .alsoAgainst(lib).writeTo(plugins.resolve(each + "/lib/a.jar"));
    }
    Catalog catalog = load();

    assertThat(catalog.unusable()).isEmpty();
    for (String each : List.of("one", "two")) {
      assertThat(catalog.find(Kind.HALT_POLL, each).orElseThrow().provider().summary()).isEqualTo(each);
    }
  }

  @Test
  void libraries_that_ask_the_thread_for_a_class_loader_find_nothing_of_the_host() {
    PluginJar.strategyWith("A", "a", "public String id", """
        public String summary() {
          try {
            Thread.currentThread().getContextClassLoader().loadClass("tools.jackson.databind.ObjectMapper");
            return "seen";
          } catch (ClassNotFoundException e) {
            return "hidden";
          }
        }
        String asked = summary();
        public String id""").replacing("A", "return \"a\"", "return asked").writeTo(plugins.resolve("a.jar"));

    assertThat(load().find(Kind.HALT_POLL, "hidden")).isPresent();
  }

  @Test
  void a_damaged_library_makes_the_folder_unusable_and_is_named() throws IOException {
    PluginJar.strategy("A", "a").writeTo(mkdirs(plugins.resolve("packed/lib")).resolve("a.jar"));
    Files.writeString(plugins.resolve("packed/lib/broken.jar"), "no jar");

    assertThat(load().unusable()).singleElement().satisfies(unusable -> {
      assertThat(unusable.ids()).containsExactly("packed");
      assertThat(unusable.reason()).startsWith("broken.jar is not a jar");
    });
  }

  @Test
  void a_compilers_output_or_another_unpacked_folder_can_be_named_itself() {
    Path flat = PluginJar.strategy("A", "a").writeUnpackedTo(plugins.resolve("target/classes"));
    Path inClasses = PluginJar.strategy("B", "b").writeUnpackedTo(plugins.resolve("two/classes")).getParent();
    Path inLib = PluginJar.strategy("C", "c").writeTo(mkdirs(plugins.resolve("three/lib")).resolve("c.jar"))
        .getParent().getParent();
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(flat, inClasses, inLib)));

    assertThat(catalog.usable(Kind.HALT_POLL)).extracting(Catalog.Entry::id).contains("a", "b", "c");
    assertThat(catalog.find(Kind.HALT_POLL, "b").orElseThrow().origin()).endsWith("two");
    assertThat(catalog.find(Kind.HALT_POLL, "c").orElseThrow().origin()).endsWith("three");
  }

  @Test
  void a_provider_that_cannot_be_asked_goes_by_the_name_of_its_file() {
    PluginJar.strategyWith("A", "a", "public String id", "public A() { throw new IllegalStateException(); }"
        + " public String id").writeTo(plugins.resolve("my-poll-1.2.jar"));

    assertThat(load().unusable()).singleElement()
        .satisfies(unusable -> assertThat(unusable.ids()).containsExactly("my-poll"));
  }

  @Test
  void of_two_plugins_with_one_id_the_first_by_name_stays() {
    PluginJar.strategy("First", "same").writeTo(plugins.resolve("a.jar"));
    PluginJar.strategy("Second", "same").writeTo(plugins.resolve("b.jar"));
    Catalog catalog = load();

    assertThat(catalog.find(Kind.HALT_POLL, "same").orElseThrow().origin()).endsWith("a.jar");
    assertThat(catalog.unusable()).singleElement().satisfies(unusable -> {
      assertThat(unusable.ids()).containsExactly("same", "b");
      assertThat(unusable.reason()).contains("exists already", "a.jar");
    });
  }

  @Test
  void two_versions_of_one_plugin_are_a_conflict_that_names_both() {
    PluginJar.strategy("First", "same").writeTo(plugins.resolve("poll-1.0.jar"));
    PluginJar.strategy("Second", "other").writeTo(plugins.resolve("poll-1.1.jar"));

    assertThat(load().unusable()).singleElement()
        .satisfies(unusable -> assertThat(unusable.reason()).contains("already loaded", "poll-1.0.jar"));
  }

  @Test
  void a_built_in_keeps_its_id() {
    CatalogBuilder builder = new CatalogBuilder(Patience.DEFAULT);
    builder.add(new BuiltIn(), "1", Catalogs.BUILT_IN);
    PluginFiles.addTo(
        builder, List.of(PluginJar.strategy("Usurper", "built").writeTo(plugins.resolve("u.jar"))),
        Catalogs.SPI_LEVEL);
    Catalog catalog = builder.build();

    assertThat(catalog.find(Kind.HALT_POLL, "built").orElseThrow().origin()).isEqualTo(Catalogs.BUILT_IN);
    assertThat(catalog.unusable()).singleElement()
        .satisfies(unusable -> assertThat(unusable.reason()).contains("exists already (built in)"));
  }

  /** In place of a built-in of the platform's own. */
  public static final class BuiltIn implements HaltPollProvider<BuiltIn.Config> {
    public record Config(int anything) {}

    @Override
    public String id() {
      return "built";
    }

    @Override
    public Config defaults() {
      return new Config(1);
    }

    @Override
    public HaltPoll create(Config config, dev.haltlab.spi.Seat seat) {
      return now -> 0;
    }
  }

  @Test
  void one_jar_may_hold_good_and_bad_providers() {
    PluginJar.strategy("Good", "good").source("Bad", "public class Bad {}")
        .service("HaltPollProvider", "Bad\nGood\nGone")
        .writeTo(plugins.resolve("mixed.jar"));
    Catalog catalog = load();

    assertThat(catalog.find(Kind.HALT_POLL, "good")).isPresent();
    assertThat(catalog.unusable()).hasSize(2);
  }

  @Test
  void what_is_no_jar_is_said_to_be_none() throws IOException {
    Files.writeString(plugins.resolve("text.jar"), "not a zip");
    Files.write(plugins.resolve("empty.jar"), new byte[0]);
    Files.writeString(plugins.resolve("notes.txt"), "?");
    Files.write(plugins.resolve("packed.zip"), new byte[0]);
    Files.createDirectory(plugins.resolve("nothing"));
    Files.writeString(plugins.resolve("README.txt"), "ours");
    Files.writeString(plugins.resolve(".hidden"), "?");
    byte[] whole = Files.readAllBytes(PluginJar.strategy("Cut", "cut").writeTo(plugins.resolve("cut.jar")));
    Files.write(plugins.resolve("cut.jar"), java.util.Arrays.copyOf(whole, whole.length / 2));
    Catalog catalog = load();

    assertThat(catalog.unusable()).extracting(u -> Path.of(u.location()).getFileName() + ": " + u.reason())
        .satisfiesExactly(
            cut -> assertThat(cut).startsWith("cut.jar: not a jar, or a damaged one"),
            empty -> assertThat(empty).startsWith("empty.jar: not a jar, or a damaged one"),
            notes -> assertThat(notes).startsWith("notes.txt: neither a jar nor an unpacked folder"),
            nothing -> assertThat(nothing).startsWith("nothing: no plugin in it"),
            zip -> assertThat(zip).startsWith("packed.zip: a zip is not read in place"),
            text -> assertThat(text).startsWith("text.jar: not a jar, or a damaged one"));
  }

  @Test
  void a_class_file_with_flipped_bytes_is_unusable() throws IOException {
    Path folder = PluginJar.strategy("MyPoll", "my-poll").writeUnpackedTo(plugins.resolve("flipped"));
    byte[] bytes = Files.readAllBytes(folder.resolve("MyPoll.class"));
    bytes[7] = 99; // the class file version of a Java yet to come
    Files.write(folder.resolve("MyPoll.class"), bytes);

    assertThat(load().unusable()).singleElement()
        .satisfies(unusable -> assertThat(unusable.reason()).contains("compiled for a newer Java", "--release 17"));
  }

  @Test
  void a_place_that_is_not_there_is_said_so() {
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(plugins.resolve("gone"))));

    assertThat(catalog.unusable()).singleElement()
        .satisfies(unusable -> assertThat(unusable.reason()).isEqualTo("there is no such folder"));
  }

  private static Path mkdirs(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
