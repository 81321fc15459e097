package dev.haltlab.platform.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.spi.CState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pins a named C-state table that is not taken, a slip in one that is not reported where it is, and a shipped table that
 * is out of order or does not say where it comes from.
 */
class CStateTablesTest {
  private static final String SCENARIO = """
      scenario: s
      host:
        cpu: {use: ivy-bridge, cstates: mine}
        deepestCState: C9
      vms:
        rr:
          vcpus: 2
          workload: tcp-rr
      """;
  private static final String TABLE = "- { name: C1, exitLatency: 3us, targetResidency: 4us, powerMw: -1 }\n"
      + "- { name: C9, exitLatency: 50us, targetResidency: 90us, powerMw: 20 }\n";

  @TempDir Path folder;

  private Path table(String name, String yaml) throws IOException {
    return Files.writeString(Files.createDirectories(folder.resolve("cstates")).resolve(name + ".yaml"), yaml);
  }

  private Path scenario(String yaml) throws IOException {
    return Files.writeString(Files.createDirectories(folder.resolve("scenarios")).resolve("s.yaml"), yaml);
  }

  private static Plan.Variant plan(Path file, String... settings) throws ProblemsException {
    return new Planner(Plugins.builtIn())
        .plan(new PlanRequest(file, List.of(settings), OptionalLong.empty(), OptionalInt.empty()))
        .variants().get(0);
  }

  private static List<String> problems(Path file) {
    ProblemsException e = catchThrowableOfType(ProblemsException.class, () -> plan(file));
    return e.problems().stream().map(Problem::toString).toList();
  }

  private static List<String> names(Plan.Variant variant) {
    return variant.spec().host().profile().cstates().stream().map(CState::name).toList();
  }

  @Test
  void aNameStandsForTheTableAndTheRestOfTheProfileStays() throws Exception {
    table("mine", TABLE);
    Plan.Variant named = plan(scenario(SCENARIO));
    Plan.Variant plain = plan(scenario(SCENARIO.replace("cstates: mine", "title: x").replace("C9", "C6")));
    assertThat(names(named)).containsExactly("C1", "C9");
    assertThat(named.spec().host().deepestCState()).isEqualTo(1);
    assertThat(named.spec().host().profile().steps()).isEqualTo(plain.spec().host().profile().steps());
  }

  @Test
  void theLastOneNamedWinsAlsoOverAListAndAProfileMayNameOne() throws Exception {
    table("mine", TABLE);
    table("other", TABLE.replace("C9", "C7"));
    Files.writeString(Files.createDirectories(folder.resolve("hosts")).resolve("own.yaml"),
        "use: haswell\ncstates: mine\n");
    Path file = scenario(SCENARIO.replace("{use: ivy-bridge, cstates: mine}", "own"));
    assertThat(names(plan(file))).containsExactly("C1", "C9");
    assertThat(names(plan(file, "host.cpu.cstates=other", "host.deepestCState=C7"))).containsExactly("C1", "C7");
  }

  /** A result carries its plan to a place where the table may not be. */
  @Test
  void aResolvedPlanHasTheStatesThemselves() throws Exception {
    table("mine", TABLE);
    assertThat(plan(scenario(SCENARIO)).resolved().toString()).contains("exitLatency=50us").doesNotContain("mine");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      skylak | 3:35: host.cpu.cstates: there is no C-state table 'skylak' (did you mean skylake?)
      ../mine | 3:35: host.cpu.cstates: there is no C-state table '../mine' (there are: mine, skylake)
      7 | 3:35: host.cpu.cstates: expected a list of C-states or the name of a table, found the number 7 \
      (write cstates: skylake-sp)
      """)
  void aNameThatIsNoneIsReportedAtItsPlace(String name, String problem) throws Exception {
    table("mine", TABLE);
    table("skylake", TABLE);
    Path file = scenario(SCENARIO.replace("cstates: mine", "cstates: " + name).replace("C9", "C6"));
    assertThat(problems(file)).containsExactly(file + ":" + problem);
  }

  @Test
  void aSlipInATableIsReportedThere() throws Exception {
    Path file = scenario(SCENARIO);
    Path table = table("mine", TABLE.replace("50us", "50"));
    assertThat(problems(file)).singleElement().asString()
        .startsWith(table + ":2:28: [1].exitLatency: the time 50 has no unit");
    table("mine", "C1: 2us\n");
    assertThat(problems(file)).singleElement().asString()
        .startsWith(table + ":1:1: not a C-state table: expected a list, found a mapping of keys");
  }

  static List<Path> shipped() throws IOException {
    try (Stream<Path> files = Files.list(Plugins.configFolder().resolve("cstates"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void aShippedTableGetsDeeperAndSaysWhereItComesFrom(Path table) throws Exception {
    String text = Files.readString(table);
    assertThat(text).containsPattern("^# [^\n]+").containsPattern("drivers/idle/intel_idle.c|From memory");
    Path file = scenario(SCENARIO.replace("C9", "C1"));
    table("mine", text);
    List<CState> states = plan(file).spec().host().profile().cstates();
    assertThat(states.get(0).name()).isEqualTo("C1");
    for (int i = 1; i < states.size(); i++) {
      assertThat(states.get(i).exitLatency()).isGreaterThan(states.get(i - 1).exitLatency());
      assertThat(states.get(i).targetResidency()).isGreaterThanOrEqualTo(states.get(i - 1).targetResidency());
    }
  }
}
