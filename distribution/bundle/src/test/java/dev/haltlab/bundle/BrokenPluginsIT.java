package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins what a user sees of a broken plugin, in each way one breaks: one line that names the file and the id, the exit
 * code that says whose fault it is, and everything else still working beside it.
 */
class BrokenPluginsIT {
  private static final String SCENARIO = """
      scenario: mine
      host: { cpu: ivy-bridge }
      vms:
        rr: { vcpus: 2, pin: [0, 1], workload: tcp-rr }
      run: { for: 20ms, warmup: 1ms, replications: 2 }
      compare:
        off: { haltPoll: off }
        mine:
          haltPoll:
            use: broken
        oracle: { haltPoll: oracle }
      """;

  private static final String COPY = "package dev.haltlab.spi; public interface HaltPoll { long budget(long now); }";

  @TempDir static Path place;
  private static Bundle bundle;
  private static Author author;

  @TempDir Path folder;

  @BeforeAll
  static void unpack() {
    bundle = Bundle.copyTo(place.resolve("haltlab"));
    author = new Author(bundle, place);
    author.jar(bundle.root.resolve("plugins/good.jar"), "Good", Author.strategy("Good", "good", "my-poll", "good"));
  }

  private static String broken(String from, String to) {
    return Author.strategy("Broken", "broken", from, to);
  }

  private Path plugin(BiConsumer<Author, Path> made) throws IOException {
    Path jar = Files.createDirectories(folder.resolve("mine")).resolve("broken-1.0.jar");
    made.accept(author, jar);
    Files.writeString(folder.resolve("mine.yaml"), SCENARIO);
    return jar;
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        unusable("corrupt", "not a jar, or a damaged one", (by, jar) -> {
          by.jar(jar, "Broken", broken("MyPoll", "MyPoll"));
          cut(jar);
        }),
        unusable("of another level", "made for SPI level 2.1.0; this haltlab has 1.0.0", (by, jar) ->
            by.jar(jar, "Broken", List.of(broken("my-poll", "broken")), "Plugin-Requires: 2.1.0")),
        unusable("a class that is not there", "Provider Gone not found", (by, jar) ->
            by.jar(jar, "Gone", broken("MyPoll", "MyPoll"))),
        unusable("a constructor that throws", "IllegalStateException: not today", (by, jar) ->
            by.jar(jar, "Broken", broken("public String id", "public Broken() { throw new IllegalStateException("
                + "\"not today\"); } public String id"))),
        unusable("a copy of the contracts", "carries a copy of the contracts (dev.haltlab.spi.HaltPoll)", (by, jar) ->
            by.jar(jar, "Broken", List.of(broken("return now -> ns", "return null"), COPY), "")));
  }

  private static Arguments unusable(String what, String reason, BiConsumer<Author, Path> made) {
    return Arguments.of(what, reason, made);
  }

  private static void cut(Path jar) {
    try {
      byte[] whole = Files.readAllBytes(jar);
      Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unusable")
  void one_that_cannot_be_used_says_why_where_it_is_listed_and_where_it_is_named(
      String what, String reason, BiConsumer<Author, Path> made) throws IOException {
    Path jar = plugin(made);
    Bundle.Said list = bundle.run(folder, "plugins", "list", "--plugins", "mine");
    assertThat(list.code()).isZero();
    assertThat(list.err()).isEmpty();
    assertThat(list.out()).containsPattern("haltPoll +good ").containsPattern("haltPoll +adaptive ");
    assertThat(list.out().lines().filter(line -> line.contains(jar.getFileName().toString()))).singleElement()
        .satisfies(line -> assertThat(line).contains(reason));

    Bundle.Said run = bundle.run(folder, "run", "mine.yaml", "--plugins", "mine");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip()).startsWith("mine.yaml:10:12: ").contains("'broken'", "broken-1.0.jar", reason)
        .doesNotContain("\n");

    Files.writeString(folder.resolve("good.yaml"), SCENARIO.replace("broken", "good"));
    Bundle.Said good = bundle.run(folder, "run", "good.yaml", "--plugins", "mine", "--format", "json");
    assertThat(good.err()).isEmpty();
    assertThat(good.code()).isZero();
  }

  static Stream<Arguments> failing() {
    return Stream.of(
        Arguments.of("throws in budget", "throw new IllegalStateException(\"no\\nidea\");", "threw in budget",
            "no idea"),
        Arguments.of("throws an error in budget", "throw new AssertionError(\"no idea\");", "AssertionError",
            "no idea"),
        Arguments.of("answers a negative budget", "return -1 - ns;", "negative budget", "-50001"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failing")
  void one_that_fails_in_a_run_is_named_in_one_line_with_exit_code_3(
      String what, String body, String did, String detail) throws IOException {
    plugin((by, jar) ->
        by.jar(jar, "Broken", broken("now -> ns", "now -> { if (ns > 0) { " + body + " } return 0; }")));
    Bundle.Said run = bundle.run(folder, "run", "mine.yaml", "--plugins", "mine", "--out", "result");
    assertThat(run.code()).as(run.err()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip()).startsWith("haltlab: the halt-poll strategy broken (")
        .contains("broken-1.0.jar)", "in variant 'mine'", did, detail).doesNotContain("\n").doesNotContain("oracle");
    assertThat(folder.resolve("result")).doesNotExist();
  }

  private Bundle.Said impatient(String... arguments) {
    List<String> command = Stream.concat(Stream.of(bundle.command().toString()), Arrays.stream(arguments)).toList();
    return Bundle.process(folder, Map.of("HALTLAB_PATIENCE", "1"), command);
  }

  @Test
  void one_that_hangs_in_budget_is_given_up_with_its_stack_and_what_was_finished() throws IOException {
    plugin((by, jar) -> by.jar(jar, "Broken", broken("now -> ns", "now -> spin(now)").replace(
        "public String id", "static long spin(long now) { while (now > 5_000_000) { Thread.onSpinWait(); } return 0; }"
            + " public String id")));
    Bundle.Said run = impatient("run", "mine.yaml", "--plugins", "mine", "--threads", "1", "--out", "result");
    assertThat(run.code()).as(run.err()).isEqualTo(3);
    List<String> said = run.err().lines().toList();
    assertThat(said.get(0)).startsWith("haltlab: the halt-poll strategy broken (")
        .contains("broken-1.0.jar)", "did not come back within 1 s", "in variant 'mine'", "finished: off");
    assertThat(said.subList(1, said.size())).isNotEmpty().hasSizeLessThan(9)
        .allMatch(line -> line.matches(" {4}at Broken\\..*\\(Broken\\.java:\\d+\\)"));
    assertThat(run.out()).contains("UNFINISHED", "Missing here: mine, oracle.", "Latency of rr/transaction");
    assertThat(folder.resolve("result")).doesNotExist();

    Bundle.Said json = impatient("run", "mine.yaml", "--plugins", "mine", "--threads", "1", "--format", "json");
    assertThat(json.code()).isEqualTo(3);
    assertThat(json.out().replaceAll("\\s", "")).contains("\"unfinished\":[\"mine\",\"oracle\"]");
  }

  @Test
  void one_that_hangs_wherever_it_is_asked_stops_no_command() throws IOException {
    String hang = "{ while (true) { Thread.onSpinWait(); } }";
    plugin((by, jar) -> by.jar(jar, "Broken", broken("public Config defaults() {",
        "public Config defaults() { if (id().length() > 0) " + hang)));
    Bundle.Said list = impatient("plugins", "list", "--plugins", "mine");
    assertThat(list.code()).isZero();
    assertThat(list.out()).containsPattern("haltPoll +good ")
        .containsPattern("broken-1\\.0\\.jar .*did not come back within 1 s, it is in .*Broken\\.defaults");

    plugin((by, jar) -> by.jar(jar, "Broken", broken("long ns = c.window().toNanos();",
        "long ns = c.window().toNanos(); if (ns > 0) " + hang)));
    Bundle.Said validate = impatient("validate", "mine.yaml", "--plugins", "mine");
    assertThat(validate.code()).isEqualTo(3);
    assertThat(validate.err()).startsWith("haltlab: the halt-poll strategy broken (")
        .contains("did not come back within 1 s when mine.yaml was checked", "    at Broken.create(Broken.java:");
  }

  /** Each way to break with the rule that finds it, whether or not a run would. */
  static Stream<Arguments> verified() {
    List<String> rules = List.of("READABLE", "LOADS", "SERVICES_NAME_PROVIDERS", "LOADS", "NO_COPY_OF_HALTLAB");
    List<Arguments> unusable = unusable().toList();
    assertThat(rules).hasSameSizeAs(unusable);
    Stream<Arguments> loading = Stream.iterate(0, i -> i < rules.size(), i -> i + 1).map(i -> {
      Object[] each = unusable.get(i).get();
      return Arguments.of(each[0], rules.get(i), rules.get(i).equals("LOADS") ? each[1] : "", each[2]);
    });
    return Stream.concat(loading, Stream.of(
        verified("throws in budget", "required_110_budgetAndWokenThrowNothing", "no idea",
            budget("throw new IllegalStateException(\"no idea\");")),
        verified("hangs in budget", "required_101_budgetIsNeverNegative", "did not come back within 1 s",
            budget("while (now >= 0) { Thread.onSpinWait(); }")),
        verified("answers a negative budget", "required_101_budgetIsNeverNegative", "returned -50001",
            budget("return -1 - ns;")),
        verified("allocates", "required_102_budgetAndWokenAllocateNothing", "bytes in",
            broken("return now -> ns", "java.util.List<Object> kept = new java.util.ArrayList<>();"
                + " return now -> { kept.add(new long[2]); return ns; }")),
        verified("reads the clock", "NO_CLOCKS", "System.nanoTime()", budget("if (now < 0) { return System.nanoTime(); }")),
        verified("keeps static state", "NO_MUTABLE_STATICS", "Broken.last",
            broken("return now -> ns", "return now -> { last = now; return ns; }")
                .replace("public String id", "static long last; public String id"))));
  }

  private static Arguments verified(String what, String rule, String observed, String source) {
    BiConsumer<Author, Path> made = (by, jar) -> by.jar(jar, "Broken", source);
    return Arguments.of(what, rule, observed, made);
  }

  private static String budget(String does) {
    return broken("now -> ns", "now -> { if (ns > 0) { " + does + " } return 0; }");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("verified")
  void each_way_to_break_is_found_by_its_rule_before_anybody_uses_it(
      String what, String rule, String observed, BiConsumer<Author, Path> made) throws IOException {
    Path jar = plugin(made);
    Bundle.Said verified = impatient("plugins", "verify", jar.toString());
    assertThat(verified.code()).as(verified.out()).isEqualTo(1);
    assertThat(verified.err()).isEmpty();
    assertThat(verified.out()).containsPattern("BROKEN +" + rule + " ").contains(observed).contains("    because ")
        .doesNotContain("\tat ");
  }

  @Test
  void a_broken_one_is_not_installed_and_a_good_one_is() throws IOException {
    Path jar = plugin((by, file) -> by.jar(file, "Gone", broken("MyPoll", "MyPoll")));
    Bundle.Said refused = bundle.run(folder, "plugins", "install", jar.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err().strip()).contains("broken-1.0.jar", "Gone not found").doesNotContain("\n");
    assertThat(bundle.root.resolve("plugins/broken-1.0.jar")).doesNotExist();

    author.jar(jar, "Broken", broken("MyPoll", "MyPoll"));
    Bundle.Said installed = bundle.run(folder, "plugins", "install", jar.toString());
    String list = bundle.run(folder, "plugins", "list").out();
    Files.deleteIfExists(bundle.root.resolve("plugins/broken-1.0.jar")); // before the other tests meet it
    assertThat(installed.err()).isEmpty();
    assertThat(installed.out()).contains("haltPoll: broken");
    assertThat(list).containsPattern("haltPoll +broken +1\\.0 ");
  }
}
