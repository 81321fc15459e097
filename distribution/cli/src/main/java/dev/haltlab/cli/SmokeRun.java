package dev.haltlab.cli;

import dev.haltlab.engine.Outcome;
import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.report.JsonReport;
import dev.haltlab.platform.run.FailedRun;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.run.Watch;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Runs a plugin with its defaults through the engine, in a scenario of a few milliseconds, twice. */
final class SmokeRun {
  private final Planning planning;
  private final Runner runner;

  @Inject
  SmokeRun(Planning planning, Runner runner) {
    this.planning = planning;
    this.runner = runner;
  }

  /** Runs one plugin of a catalog. */
  Checked of(Catalog.Entry<?> plugin, Catalog catalog) {
    if (!Kind.SLOTS.contains(plugin.kind())) {
      return checked(plugin, Checked.Status.SKIPPED, List.of("no scenario uses a " + plugin.kind().title()));
    }
    Path file = null;
    try {
      file = scenario();
      Plan plan = planning.plan(
          catalog, new PlanRequest(
              file, List.of(slot(plugin.kind()) + "=" + plugin.id()), OptionalLong.empty(), OptionalInt.empty()));
      return run(plugin, plan, planning.watch(catalog));
    } catch (ProblemsException e) {
      boolean refusal = plugin.kind() == Kind.WORKLOAD; // it may want a scenario of its own, and says so
      return checked(plugin, refusal ? Checked.Status.SKIPPED : Checked.Status.VIOLATED,
          e.problems().stream().map(Problem::message).toList());
    } catch (FailedRun | IllegalArgumentException e) {
      return checked(plugin, Checked.Status.VIOLATED, List.of(String.valueOf(e.getMessage()).replaceAll("\\R", " ")));
    } catch (IOException e) {
      throw new Refusal(ExitCode.PROBLEMS, "the scenario to try it with cannot be written: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(ExitCode.INTERRUPTED, "interrupted");
    } finally {
      remove(file);
    }
  }

  /** Where the scenario has a plugin of that kind. */
  private static String slot(Kind<?> kind) {
    String parent = kind.equals(Kind.HALT_POLL) ? "" : kind.equals(Kind.CPU) ? "host." : "vms.guest.";
    return parent + kind.key();
  }

  private Checked run(Catalog.Entry<?> plugin, Plan plan, Watch watch) throws InterruptedException {
    Results results = runner.run(plan, 1, Progress.NONE, watch);
    Plan.Variant variant = plan.variants().get(0);
    long transactions = 0;
    boolean probes = false;
    for (Outcome outcome : results.outcomes().get(0)) {
      Outcome.Vm vm = outcome.vms().get(variant.spec().primaryVm());
      transactions += vm.transactions();
      probes |= !vm.probes().isEmpty();
    }
    if (probes && transactions == 0) {
      return checked(plugin, Checked.Status.VIOLATED, List.of("no transaction was completed in 50 ms"));
    }
    if (!JsonReport.of(results).equals(JsonReport.of(runner.run(plan, 2, Progress.NONE, watch)))) {
      return checked(plugin, Checked.Status.VIOLATED, List.of("two runs of one plan and seed gave two results"));
    }
    return checked(plugin, Checked.Status.PASSED, List.of(
        String.format(Locale.ROOT, "%,d transactions in 2 x 50 ms, twice with the same result", transactions)));
  }

  private static Checked checked(Catalog.Entry<?> plugin, Checked.Status status, List<String> observed) {
    return new Checked(
        "run", Verifier.named(plugin), "RUNS", "a scenario with the plugin's defaults runs, twice with the same result",
        "what the contract promises is needed by the engine itself", status, observed);
  }

  private static Path scenario() throws IOException {
    Path file = Files.createTempFile("haltlab", ".yaml");
    try (InputStream in = SmokeRun.class.getResourceAsStream("smoke.yaml")) {
      if (in == null) {
        throw new IOException("smoke.yaml is missing in this build");
      }
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private static void remove(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // It stands among the temporary files, where somebody cleans up.
    }
  }
}
