package dev.haltlab.platform.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import dev.haltlab.platform.scenario.Plugins;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Timelines loaded by Perfetto's own trace processor, which the viewer runs as well. Pins what only that can tell: that it
 * drops nothing, makes of our events the slices we mean, and draws arrows from cause to effect. Skipped where there is
 * none: it comes from no package registry. Any of 2022 or later will do, as {@code trace_processor_shell} on the PATH or
 * named by the variable TRACE_PROCESSOR.
 */
class TraceProcessorTest {
  private static final long MS = 1_000_000;

  @TempDir Path folder;

  private static Optional<Path> traceProcessor() {
    String named = System.getenv("TRACE_PROCESSOR");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(path -> Path.of(path, "trace_processor_shell"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Rows of the answer without its heading, as the processor prints them. */
  private List<String> ask(Path trace, String sql) throws Exception {
    Path query = Files.writeString(folder.resolve("query.sql"), sql);
    Path answer = folder.resolve("answer.csv");
    Process process = new ProcessBuilder(
            traceProcessor().orElseThrow().toString(), "-q", query.toString(), trace.toString())
        .redirectOutput(answer.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(process.waitFor()).isZero();
    return Files.readString(answer, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).skip(1).toList();
  }

  private Path timeline(String scenario, long fromMs, long forMs) throws Exception {
    var plan = new Planner(Plugins.builtIn()).plan(new PlanRequest(
        Plugins.configFolder().resolve("scenarios/" + scenario + ".yaml"), List.of(), OptionalLong.empty(),
        OptionalInt.empty()));
    return Files.write(
        folder.resolve(scenario + ".pftrace"), PerfettoTrace.of(Recording.of(plan, fromMs * MS, forMs * MS)));
  }

  @Test
  void itLoadsATimelineOfFiftyMilliseconds() throws Exception {
    assumeTrue(
        traceProcessor().isPresent(),
        "skipped: no trace_processor_shell of Perfetto on the PATH, and TRACE_PROCESSOR names none");
    Path trace = timeline("tcp-rr-2vcpu", 100, 50);
    assertThat(ask(trace, "select name from stats where severity in ('error', 'data_loss') and value > 0;")).isEmpty();
    assertThat(ask(trace, "select count(*) from slice where dur < 0;")).containsExactly("0");

    List<String> transactions = ask(trace, """
        select (select count(*) > 5000 from slice p join track t on p.track_id = t.id
                where t.name = 'transaction' and p.depth = 0) as enough,
               (select count(*) from slice p join track t on p.track_id = t.id
                where t.name = 'transaction' and p.depth = 0
                and p.dur != (select sum(c.dur) from slice c where c.parent_id = p.id)) as wrong;
        """);
    assertThat(transactions).as("transactions enough, and those whose parts do not add up").containsExactly("1,0");

    assertThat(ask(trace, """
        select distinct so.name, si.name from flow f
        join slice so on f.slice_out = so.id join slice si on f.slice_in = si.id order by 1, 2;
        """)).containsExactly(
            "\"IPI arrives\",\"IPI handler\"", "\"IPI to vCPU 0\",\"IPI arrives\"", "\"IPI to vCPU 1\",\"IPI arrives\"",
            "\"reply sent\",\"reply taken\"", "\"request sent\",\"request taken\"");
  }
}
