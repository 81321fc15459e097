package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a plugin's jar and tells what was checked. */
@Command(
    name = "verify",
    header = "Checks a plugin's jar: its entries, its code, the contract of its kind, and a small run.",
    description = {
      "%nThe rules are those of the kits in sdk/; an author finds them in the build already. The plugin's code is run,"
          + " as by any command that loads it. Exit code 1 if a rule is broken."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  haltlab plugins verify my-poll-1.0.0.jar",
      "  haltlab plugins verify my-poll-1.0.0.jar --format json"
    })
final class PluginsVerifyCommand implements Callable<Integer> {
  private static final int MOST_LINES = 5;

  private final Console console;
  private final Verifier verifier;

  @Parameters(paramLabel = "FILE", description = "The plugin's jar.")
  Path file;

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "text: a table. json: {file, plugins: [{kind, id, version}], checks: [{stage, plugin, id, rule, why,"
          + " status, observed: []}], passed, violated, skipped}. Default: text.")
  Format format = Format.text;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  PluginsVerifyCommand(Console console, Verifier verifier) {
    this.console = console;
    this.verifier = verifier;
  }

  @Override
  public Integer call() {
    if (!Files.exists(file)) {
      throw new Refusal(ExitCode.PROBLEMS, file + ": there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new Refusal(ExitCode.PROBLEMS, file + ": not a jar; pack a folder by 'jar --create --file x.jar -C "
          + file + " .'");
    }
    Verifier.Report report = verifier.verify(file);
    console.result(format == Format.json ? json(report) : text(report));
    return report.count(Checked.Status.VIOLATED) == 0 ? ExitCode.DONE : ExitCode.PROBLEMS;
  }

  private String text(Verifier.Report report) {
    StringBuilder text = new StringBuilder();
    List<List<String>> rows = new ArrayList<>();
    String heading = "";
    for (Checked check : report.checks()) {
      String under = check.stage() + " (" + check.plugin() + ")";
      if (!under.equals(heading)) {
        flush(text, rows);
        text.append(text.isEmpty() ? "" : "\n").append(under).append('\n');
        heading = under;
      }
      rows.add(List.of("  " + word(check.status()), check.id(), first(check)));
      if (check.violated()) {
        flush(text, rows);
        tell(text, check);
      }
    }
    flush(text, rows);
    return text.append('\n').append(summary(report)).append('\n').toString();
  }

  private static void flush(StringBuilder text, List<List<String>> rows) {
    text.append(Columns.of(rows));
    rows.clear();
  }

  private static String word(Checked.Status status) {
    return switch (status) {
      case PASSED -> "ok";
      case VIOLATED -> "BROKEN";
      case SKIPPED -> "skipped";
    };
  }

  /** What stands beside the rule: where it was kept what was seen, else what it asks. */
  private static String first(Checked check) {
    return check.violated() || check.observed().isEmpty() ? check.sentence() : String.join(", ", check.observed());
  }

  private static void tell(StringBuilder text, Checked check) {
    List<String> lines = check.observed();
    for (String line : lines.subList(0, Math.min(MOST_LINES, lines.size()))) {
      text.append("    - ").append(line.replaceAll("\\s*\\R\\s*", " ")).append('\n');
    }
    if (lines.size() > MOST_LINES) {
      text.append("    - and ").append(lines.size() - MOST_LINES).append(" more\n");
    }
    text.append("    because ").append(check.why()).append('\n');
  }

  private String summary(Verifier.Report report) {
    return String.format(
        Locale.ROOT, "%s: %d checks, %d passed, %d skipped, %d broken", file, report.checks().size(),
        report.count(Checked.Status.PASSED), report.count(Checked.Status.SKIPPED),
        report.count(Checked.Status.VIOLATED));
  }

  private String json(Verifier.Report report) {
    List<Map<String, Object>> plugins = new ArrayList<>();
    for (Catalog.Entry<?> plugin : report.plugins()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("kind", plugin.kind().key());
      map.put("id", plugin.id());
      map.put("version", plugin.version());
      plugins.add(map);
    }
    List<Map<String, Object>> checks = new ArrayList<>();
    for (Checked check : report.checks()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("stage", check.stage());
      map.put("plugin", check.plugin());
      map.put("id", check.id());
      map.put("rule", check.sentence());
      map.put("why", check.why());
      map.put("status", check.status().name().toLowerCase(Locale.ROOT));
      map.put("observed", check.observed());
      checks.add(map);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("file", file.toString());
    all.put("plugins", plugins);
    all.put("checks", checks);
    for (Checked.Status status : Checked.Status.values()) {
      all.put(status.name().toLowerCase(Locale.ROOT), report.count(status));
    }
    return Json.of(all);
  }
}
