package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.catalog.Patience;
import dev.haltlab.platform.catalog.PluginJar;
import dev.haltlab.platform.report.JsonReport;
import dev.haltlab.platform.report.TextReport;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins, with plugins loaded as a stranger's are: a run that hangs for ever with its plugin, a plugin that is given up
 * though it gets on, parts of a result that look whole, and failures that do not say whose they are.
 */
class WatchTest {
  private static final String SCENARIO = """
      scenario: watched
      host: { cpu: ivy-bridge }
      vms:
        rr: { vcpus: 2, pin: [0, 1], workload: tcp-rr }
      run: { for: 20ms, warmup: 1ms, replications: 2 }
      compare:
        off: { haltPoll: off }
        mine: { haltPoll: mine }
        oracle: { haltPoll: oracle }
      """;

  private static final String ENDLESS =
      "now -> { while (now > 5_000_000 && !Thread.interrupted()) { Thread.onSpinWait(); } return 0; }";

  @TempDir Path folder;

  private Results run(String strategy, int threads, Patience patience, String... settings) throws Exception {
    PluginJar.strategyWith("Mine", "mine", "now -> ns", strategy).writeTo(folder.resolve("mine-1.0.jar"));
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(folder.resolve("mine-1.0.jar"))));
    Path file = Files.writeString(folder.resolve("watched.yaml"), SCENARIO);
    Plan plan = new Planner(catalog)
        .plan(new PlanRequest(file, List.of(settings), OptionalLong.empty(), OptionalInt.empty()));
    return new Runner().run(plan, threads, Progress.NONE, new Watch(catalog, patience));
  }

  private FailedRun failure(String strategy, int threads) {
    return catchThrowableOfType(FailedRun.class, () -> run(strategy, threads, Patience.of(Duration.ofMillis(100))));
  }

  @Test
  void a_plugin_that_does_not_come_back_ends_the_run_and_is_named_with_its_place() {
    FailedRun failure = failure(ENDLESS, 1);

    assertThat(failure).hasMessageMatching(
        "the halt-poll strategy mine \\(.*mine-1\\.0\\.jar\\) did not come back within 100 ms in variant 'mine',"
            + " replication 0, at [56]\\d{6} ns of simulated time; reported is what was finished: off");
    assertThat(failure.frames()).isNotEmpty().allMatch(frame -> frame.getClassName().equals("Mine"));
    assertThat(failure.frames().get(0).toString()).contains("Mine.java:");
  }

  @Test
  void what_was_finished_is_there_whole_and_marked_as_a_part() throws Exception {
    Results whole = run("now -> 0", 1, Patience.DEFAULT);
    Results part = failure(ENDLESS, 1).finished().orElseThrow();

    assertThat(part.plan().variants()).extracting(Plan.Variant::name).containsExactly("off");
    assertThat(part.unfinished()).containsExactly("mine", "oracle");
    assertThat(TextReport.of(part, 100, false)).contains("UNFINISHED", "Missing here: mine, oracle.");
    String json = JsonReport.of(part);
    assertThat(json.replaceAll("\\s", "")).contains("\"unfinished\":[\"mine\",\"oracle\"],");
    Results off = new Results(part.plan(), whole.outcomes().subList(0, 1), part.stats());
    assertThat(json.replaceFirst("(?s) *\"unfinished\".*?\\],\n", "")).isEqualTo(JsonReport.of(off));
    assertThat(TextReport.of(whole, 100, false)).doesNotContain("UNFINISHED");
    assertThat(JsonReport.of(whole)).doesNotContain("unfinished");
  }

  @Test
  void with_several_threads_the_others_go_on_meanwhile() {
    Results part = failure(ENDLESS, 5).finished().orElseThrow();

    assertThat(part.plan().variants()).extracting(Plan.Variant::name).contains("off");
    assertThat(part.unfinished()).contains("mine");
  }

  @Test
  void one_that_hangs_while_its_instances_are_made_is_found_as_well() {
    // Two are made for the plan and two for the first replication, which so gets through.
    FailedRun failure = failure("late(); }\n static int made; static HaltPoll late() { ++made;"
        + " while (made > 4 && !Thread.interrupted()) { Thread.onSpinWait(); } return now -> 0", 1);

    assertThat(failure).hasMessageContaining("did not come back").hasMessageContaining("replication 1")
        .hasMessageContaining("before the simulation began");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void slow_progress_is_progress(int threads) throws Exception {
    // About a millisecond a call: nearly every look finds the thread in the plugin, and each at a later time.
    Results results = run("now -> { long x = now; for (int i = 0; i < 1_000_000; i++) { x = x * 31 + i; }"
        + " return x == 0 ? 1 : 0; }", threads, Patience.of(Duration.ofMillis(100)), "run.for=5ms");

    assertThat(results.unfinished()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "now -> { throw new IllegalStateException(\"no\\nidea\"); } | no idea",
      "now -> { throw new AssertionError(\"no idea\"); } | no idea",
      "now -> { Mine.<RuntimeException>sneak(); return 0; } | IOException: disk",
      "now -> -now - 1 | negative budget"})
  void a_failure_names_plugin_file_and_variant_in_one_line(String strategy, String what) {
    String sneak = "; }\n @SuppressWarnings(\"unchecked\") static <E extends Throwable> void sneak() throws E {"
        + " throw (E) new java.io.IOException(\"disk\"); } static int x() { return 0";
    FailedRun failure = failure(strategy.strip() + sneak, 2);

    assertThat(failure.getMessage())
        .contains("the halt-poll strategy mine (", "mine-1.0.jar)", "in variant 'mine'", what)
        .doesNotContain("\n").doesNotContain("oracle");
    assertThat(failure.finished()).isEmpty();
  }
}
