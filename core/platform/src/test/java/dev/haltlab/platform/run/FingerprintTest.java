package dev.haltlab.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.report.JsonReport;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import dev.haltlab.platform.scenario.Plugins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * Pins every figure of every shipped scenario: a fingerprint of the result of each variant, shortened. A change that was
 * not meant to change results, a dependence on JDK, clock or threads, or an order by chance shows here first. A change
 * that was meant to is acknowledged by {@code -Dhaltlab.update=true}, which rewrites the file, and shows in its diff.
 */
final class FingerprintTest {
  private static final Progress SILENT = (done, total, variant) -> {};
  private static final List<String> SHORTENED = List.of("run.for=20ms", "run.warmup=5ms");
  private static final long[] SEEDS = {1, 2};

  private static final Path BASEDIR = Path.of(System.getProperty("basedir", "."));
  private static final Path GOLDEN = BASEDIR.resolve("src/test/resources/fingerprints.csv");
  private static final Path ACTUAL = BASEDIR.resolve("target/fingerprints");

  @Test
  void resultsAreThoseOnRecord() throws Exception {
    List<String> actual = new ArrayList<>(List.of("scenario,variant,seed,sha256"));
    Files.createDirectories(ACTUAL);
    for (Path scenario : Plugins.scenarios()) {
      for (long seed : SEEDS) {
        Plan plan = plan(scenario, seed, 1);
        for (Plan.Variant variant : plan.variants()) {
          Plan alone = new Plan(plan.scenario(), plan.seed(), 1, List.of(variant));
          String json = JsonReport.of(new Runner().run(alone, 1, SILENT));
          String name = plan.scenario() + "," + variant.name() + "," + seed;
          Files.writeString(ACTUAL.resolve(name.replace(',', '-') + ".json"), json);
          actual.add(name + "," + hash(json));
        }
      }
    }
    if (Boolean.getBoolean("haltlab.update")) {
      Files.write(GOLDEN, actual);
    }
    assertThat(actual).hasSizeGreaterThan(2 * SEEDS.length * Plugins.scenarios().size());
    List<String> recorded = Files.readAllLines(GOLDEN);
    List<String> changed = new ArrayList<>(actual);
    changed.removeAll(recorded);
    assertThat(changed)
        .as("results that changed; they are in %s; if they were meant to, run again with -Dhaltlab.update=true", ACTUAL)
        .isEmpty();
    assertThat(recorded).isEqualTo(actual); // none gone, none out of order
  }

  @Test
  void theNumberOfThreadsLeavesNoTraceInAResult() throws Exception {
    Plan plan = plan(Plugins.configFolder().resolve("scenarios/tcp-rr-2vcpu.yaml"), 1, 5);
    String one = JsonReport.of(new Runner().run(plan, 1, SILENT));
    assertThat(JsonReport.of(new Runner().run(plan, 2, SILENT))).isEqualTo(one);
    assertThat(JsonReport.of(new Runner().run(plan, 5, SILENT))).isEqualTo(one);
  }

  private static Plan plan(Path scenario, long seed, int replications) throws ProblemsException {
    return new Planner(Plugins.builtIn())
        .plan(new PlanRequest(scenario, SHORTENED, OptionalLong.of(seed), OptionalInt.of(replications)));
  }

  private static String hash(String text) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }
}
