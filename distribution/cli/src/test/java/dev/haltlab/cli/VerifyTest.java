package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pins: a plugin that is refused for nothing, one that passes with a broken rule, and a report that does not say which
 * rule, where and why.
 */
class VerifyTest {
  private static final String WINDOW = "long ns = c.window().toNanos(); return now -> ns;";

  @TempDir Path folder;

  private static Haltlab.Said verify(Path jar, String... more) {
    String[] args = new String[3 + more.length];
    args[0] = "plugins";
    args[1] = "verify";
    args[2] = jar.toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return new Haltlab().run(args);
  }

  @Test
  void a_plugin_of_one_class_and_one_line_passes_every_stage() {
    Path jar = TestPlugin.strategy(folder, WINDOW);
    Haltlab.Said said = verify(jar);
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).as(said.out()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).containsSubsequence(
        "jar (my-plugin-1.0.jar)\n", "loading (my-plugin-1.0.jar)\n", "haltPoll my-poll 1.0", "code (",
        "contract (haltPoll my-poll)\n", "required_101_budgetIsNeverNegative", "run (haltPoll my-poll)\n",
        "transactions", jar + ": 38 checks, 38 passed, 0 skipped, 0 broken\n");
  }

  @Test
  void json_tells_everything_that_was_checked() {
    Haltlab.Said said = verify(TestPlugin.strategy(folder, WINDOW), "--format", "json");
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
    assertThat(said.out()).contains(
        "\"kind\": \"haltPoll\"", "\"id\": \"my-poll\"", "\"stage\": \"contract\"", "\"status\": \"passed\"",
        "\"violated\": 0");
    assertThat(said.out().split("\"stage\"")).hasSize(39);
  }

  @Test
  void a_clock_is_told_with_its_line_although_no_run_shows_it() {
    Path jar = TestPlugin.strategy(folder, "return now -> now < 0 ? System.nanoTime() : 50_000;");
    Haltlab.Said said = verify(jar);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .containsPattern("BROKEN +NO_CLOCKS").contains("System.nanoTime()", "(MyPoll.java:8)", "    because ")
        .contains("1 broken\n");
    assertThat(verify(jar, "--format", "json").out()).contains("\"status\": \"violated\"", "\"violated\": 1");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '~', value = {
      "return now -> -1; ~ required_101_budgetIsNeverNegative ~ returned -1",
      "return now -> { throw new IllegalStateException(\"no\\nidea\"); };"
          + "~ required_110_budgetAndWokenThrowNothing ~ threw IllegalStateException: no idea (MyPoll.java:8)",
      "return null; ~ required_100_createMakesAStrategyForEveryVcpu ~ create returned null"})
  void what_the_contract_forbids_is_told_by_its_rule_and_by_the_run(String create, String rule, String observed) {
    Path jar = TestPlugin.strategy(folder, create);
    Haltlab.Said said = verify(jar);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.out()).containsPattern("BROKEN +" + rule).contains(observed).containsPattern("BROKEN +RUNS")
        .doesNotContain("\tat ");
    assertThat(said.err()).isEmpty();
  }

  @Test
  void a_plugin_that_does_not_come_back_is_told_where_it_is_and_not_asked_further() {
    Path jar = TestPlugin.strategy(folder, "return now -> { while (now >= 0) { } return 0; };");
    Haltlab.Said said = new Haltlab().env("HALTLAB_PATIENCE", "1").run("plugins", "verify", jar.toString());
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.out())
        .containsPattern("BROKEN +required_101_budgetIsNeverNegative").contains("did not come back within 1 s")
        .contains("(MyPoll.java:8)").containsPattern("skipped +required_110_budgetAndWokenThrowNothing +it did not come")
        .containsPattern("BROKEN +RUNS");
  }

  @Test
  void an_id_that_is_taken_is_told_and_nothing_of_it_runs() {
    Path jar = TestPlugin.jar(folder, "HaltPollProvider", """
        import dev.haltlab.spi.*;
        public final class Taken implements HaltPollProvider<Taken.Config> {
          public record Config() {}
          public String id() { return "adaptive"; }
          public Config defaults() { return new Config(); }
          public HaltPoll create(Config c, Seat s) { return now -> 0; }
        }
        """, "Taken");
    Haltlab.Said said = verify(jar);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.out()).containsPattern("BROKEN +LOADS").contains("exists already (built in)")
        .doesNotContain("contract (");
  }

  @Test
  void a_workload_that_needs_a_configuration_is_skipped_in_its_own_words() {
    Path jar = TestPlugin.jar(folder, "WorkloadProvider", """
        import dev.haltlab.spi.*;
        import java.util.List;
        public final class Work implements WorkloadProvider<Work.Config> {
          public record Config(List<Long> steps) {}
          public String id() { return "work"; }
          public Config defaults() { return new Config(List.of()); }
          public void define(Config c, Guest g) {
            if (c.steps().isEmpty()) { throw new IllegalArgumentException("steps must name at least one"); }
          }
        }
        """, "Work");
    Haltlab.Said said = verify(jar);
    assertThat(said.out()).containsPattern("skipped +RUNS +.*steps must name at least one").contains(" 0 broken");
    assertThat(said.code()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void a_file_that_is_no_jar_is_told_as_a_broken_rule() throws IOException {
    Path file = Files.writeString(folder.resolve("x.jar"), "no jar");
    Haltlab.Said said = verify(file);
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.out()).containsPattern("BROKEN +READABLE").contains("not a jar, or a damaged one");
  }

  @ParameterizedTest
  @CsvSource({"gone.jar, there is no such file", "., not a jar"})
  void what_is_no_file_is_one_line(String name, String expected) {
    Haltlab.Said said = verify(folder.resolve(name));
    assertThat(said.code()).isEqualTo(ExitCode.PROBLEMS);
    assertThat(said.err().strip()).contains(expected).doesNotContain("\n");
    assertThat(said.out()).isEmpty();
  }
}
