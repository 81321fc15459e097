package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells all problems and warnings of scenarios without running them. */
@Command(
    name = "validate",
    header = "Checks scenarios and tells all their problems, each with its place.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  haltlab validate *.yaml", "  haltlab validate x.yaml --format json"})
final class ValidateCommand implements Callable<Integer> {
  private final Console console;
  private final Plugins plugins;
  private final Planning planning;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Scenarios, YAML files.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "text: a line per problem or warning, on standard error. json: {problems: [{file, line, column,"
          + " path, message, hint}], warnings: [..]}. Default: text.")
  Format format = Format.text;

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  ValidateCommand(Console console, Plugins plugins, Planning planning) {
    this.console = console;
    this.plugins = plugins;
    this.planning = planning;
  }

  @Override
  public Integer call() throws InterruptedException {
    Catalog catalog = plugins.load(pluginOptions);
    List<Problem> problems = new ArrayList<>();
    List<Problem> warnings = new ArrayList<>();
    StringBuilder good = new StringBuilder();
    for (Path file : files) {
      try {
        Plan plan =
            planning.plan(catalog, new PlanRequest(file, List.of(), OptionalLong.empty(), OptionalInt.empty()));
        warnings.addAll(plan.warnings());
        good.append(file).append(": ok\n");
      } catch (ProblemsException e) {
        problems.addAll(e.problems());
      }
    }
    if (format == Format.json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("problems", problems.stream().map(ValidateCommand::json).toList());
      result.put("warnings", warnings.stream().map(ValidateCommand::json).toList());
      console.result(Json.of(result));
    } else {
      problems.forEach(console.err()::println);
      console.warn(warnings);
      console.result(good.toString());
    }
    return problems.isEmpty() ? ExitCode.DONE : ExitCode.PROBLEMS;
  }

  private static Map<String, Object> json(Problem problem) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", problem.file());
    map.put("line", problem.line());
    map.put("column", problem.column());
    map.put("path", problem.path());
    map.put("message", problem.message());
    map.put("hint", problem.hint());
    return map;
  }
}
