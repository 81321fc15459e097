package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.report.CsvReport;
import dev.haltlab.platform.report.HtmlReport;
import dev.haltlab.platform.report.JsonReport;
import dev.haltlab.platform.report.KvmStatReport;
import dev.haltlab.platform.report.ResultFiles;
import dev.haltlab.platform.report.TextReport;
import dev.haltlab.platform.run.FailedRun;
import dev.haltlab.platform.run.PollHistory;
import dev.haltlab.platform.run.Progress;
import dev.haltlab.platform.run.Results;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.platform.run.Watch;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads a scenario, simulates it and reports. */
@Command(
    name = "run",
    header = "Simulates a scenario and prints what it measured.",
    description = {
      "%nThe tables of all variants stand side by side: latency, exits, the critical path. The same scenario and seed"
          + " give the same result, byte by byte, on any number of threads."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  haltlab run tcp-rr-2vcpu.yaml",
      "  haltlab run tcp-rr-2vcpu.yaml --format json > result.json",
      "  haltlab run x.yaml --set haltPoll.window=50us --set compare.fixed.vms.rr.vcpus=4",
      "  haltlab run x.yaml --replications 20 --out results/x",
      "  haltlab run x.yaml --report x.html",
      "  haltlab run x.yaml --explain",
      "  haltlab run x.yaml --timeline x.pftrace --timeline-for 50ms"
    })
final class RunCommand implements Callable<Integer> {
  private final Console console;
  private final Plugins plugins;
  private final Planning planning;
  private final Runner runner;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The scenario, a YAML file.")
  Path file;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = "Sets one value before variants are laid over; compare.NAME.PATH=VALUE reaches one variant."
          + " Repeatable.")
  List<String> settings = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", description = "Root of all random numbers, instead of the file's.")
  @Nullable Long seed;

  @Option(
      names = "--replications",
      paramLabel = "N",
      description = "How often each variant runs, each time with other random numbers, instead of the file's.")
  @Nullable Integer replications;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Replications that run at a time; default: the processors of this machine. No effect on the"
          + " result.")
  @Nullable Integer threads;

  @Option(
      names = "--format",
      paramLabel = "text|json|csv|perf",
      description = "How to print the result; default: text. csv: a value a row; perf: the exits as perf kvm stat"
          + " report prints them.")
  RunFormat format = RunFormat.text;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also writes the result into this new folder, all of it or nothing: JSON, text, CSV, the plan,"
          + " HdrHistogram files and tables of perf kvm stat.")
  @Nullable Path out;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Also writes charts and sortable tables as one HTML file that needs no network.")
  @Nullable Path report;

  @Option(names = "--force", description = "Replaces the result that --out already holds, and the files of --report and --timeline.")
  boolean force;

  @Option(names = "--quiet", description = "No progress bar.")
  boolean quiet;

  @Option(names = "--stats", description = "Tells on standard error how fast the simulation itself ran.")
  boolean stats;

  @Mixin TimelineOptions timelineOptions = new TimelineOptions();

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  RunCommand(Console console, Plugins plugins, Planning planning, Runner runner) {
    this.console = console;
    this.plugins = plugins;
    this.planning = planning;
    this.runner = runner;
  }

  @Override
  public Integer call() throws ProblemsException, InterruptedException {
    atLeastOne("--replications", replications);
    atLeastOne("--threads", threads);
    // Asked before the simulation: nobody wants to learn after minutes that there is no place for the result.
    ResultFolder folder = out == null ? null : ResultFolder.at(out, force);
    OutputFile page = report == null ? null : OutputFile.at("--report", report, "report.html", force);
    OutputFile trace = timelineOptions.file(spec.commandLine(), format, force);
    Catalog catalog = plugins.load(pluginOptions);
    Plan plan = planning.plan(
        catalog,
        new PlanRequest(
            file, settings, seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
            replications == null ? OptionalInt.empty() : OptionalInt.of(replications)));
    timelineOptions.check(plan);
    console.warn(plan.warnings());
    Results results;
    try {
      results = simulate(plan, planning.watch(catalog));
    } catch (FailedRun failure) {
      // A part is for the eye: --out keeps whole results only.
      failure.finished().ifPresent(this::print);
      throw failure;
    }
    if (folder != null) {
      folder.write(ResultFiles.of(results));
    }
    if (page != null) {
      page.write(HtmlReport.of(results, PollHistory.of(plan), Versions.of(plan, catalog)));
    }
    if (trace != null) {
      trace.write(timelineOptions.trace(plan));
    }
    if (stats) {
      StatsReport.of(results).forEach(console.err()::println);
    }
    if (timelineOptions.explains()) {
      console.result(timelineOptions.explanations(plan, format, console.width()));
    } else {
      print(results);
    }
    return ExitCode.DONE;
  }

  private void print(Results results) {
    console.result(switch (format) {
      case text -> TextReport.of(results, console.width(), console.color());
      case json -> JsonReport.of(results);
      case csv -> CsvReport.of(results);
      case perf -> KvmStatReport.of(results);
    });
  }

  private Results simulate(Plan plan, Watch watch) throws InterruptedException {
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    boolean watched = console.errTerminal() && !quiet;
    try (ProgressLine line = watched ? new ProgressLine(console) : null) {
      return runner.run(plan, workers, line == null ? Progress.NONE : line, watch);
    } catch (IllegalArgumentException e) {
      // How the engine says that a workload cannot run in its guest.
      throw new Refusal(ExitCode.PROBLEMS, file + ": " + e.getMessage());
    }
  }

  private void atLeastOne(String option, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new ParameterException(spec.commandLine(), option + " must be at least 1, was " + value);
    }
  }
}
