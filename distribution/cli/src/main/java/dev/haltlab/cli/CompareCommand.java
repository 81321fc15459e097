package dev.haltlab.cli;

import dev.haltlab.platform.compare.Comparison;
import dev.haltlab.platform.compare.SavedRun;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.config.Words;
import dev.haltlab.platform.report.CompareJson;
import dev.haltlab.platform.report.ComparePage;
import dev.haltlab.platform.report.CompareText;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds saved results against each other. */
@Command(
    name = "compare",
    header = "Compares saved results: which differences are real and which are noise?",
    description = {
      "%nReads the folders that 'run --out' wrote. With the same seed, replications and workload each replication is"
          + " compared with its counterpart that drew the same random numbers, which shows far smaller differences than"
          + " between strangers. Without a variant's name, variants of the same name are compared, or the only ones."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  haltlab compare results/before results/after",
      "  haltlab compare results/x:off results/x:adaptive",
      "  haltlab compare results/before results/after --format json",
      "  haltlab compare results/before results/after --report difference.html"
    })
final class CompareCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      index = "0", paramLabel = "RUN[:VARIANT]", description = "The one: a folder of 'run --out', or its result.json.")
  String first = "";

  @Parameters(index = "1", paramLabel = "RUN[:VARIANT]", description = "The other.")
  String second = "";

  @Option(names = "--format", paramLabel = "text|json", description = "How to print the result; default: text.")
  Format format = Format.text;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Also writes charts and a sortable table as one HTML file that needs no network.")
  @Nullable Path report;

  @Option(names = "--force", description = "Replaces the file of --report.")
  boolean force;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  CompareCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws ProblemsException {
    OutputFile page = report == null ? null : OutputFile.at("--report", report, "report.html", force);
    List<Comparison> comparisons = new ArrayList<>();
    Named one = Named.of(first);
    Named other = Named.of(second);
    List<List<Comparison.Side>> pairs = pairs(one, other);
    tellAlone(one, pairs, 0);
    tellAlone(other, pairs, 1);
    for (List<Comparison.Side> pair : pairs) {
      comparisons.add(Comparison.of(pair.get(0), pair.get(1)));
    }
    if (page != null) {
      page.write(ComparePage.of(comparisons, Versions.ours()));
    }
    console.result(
        format == Format.json
            ? CompareJson.of(comparisons) : CompareText.of(comparisons, console.width(), console.color()));
    return ExitCode.DONE;
  }

  /** Variants that nothing was compared with. */
  private void tellAlone(Named of, List<List<Comparison.Side>> pairs, int side) {
    List<Comparison.Side> compared = pairs.stream().map(pair -> pair.get(side)).toList();
    List<String> alone = of.sides().stream().filter(each -> !compared.contains(each))
        .map(each -> each.variant().name()).toList();
    if (!alone.isEmpty()) {
      console.err().println("only in " + of.run.name() + ", not compared: " + String.join(", ", alone));
    }
  }

  /** A result as the user named it, and the variant behind a colon. */
  private record Named(SavedRun run, @Nullable String variant) {
    static Named of(String text) throws ProblemsException {
      int colon = text.lastIndexOf(':');
      // A folder may have a colon in its name, as a drive has on Windows.
      return colon < 1 || Files.exists(Path.of(text))
          ? new Named(SavedRun.read(Path.of(text)), null)
          : new Named(SavedRun.read(Path.of(text.substring(0, colon))), text.substring(colon + 1));
    }

    List<Comparison.Side> sides() {
      if (variant == null) {
        return run.variants().stream().map(each -> new Comparison.Side(run, each)).toList();
      }
      List<String> names = run.variants().stream().map(SavedRun.Variant::name).toList();
      return List.of(new Comparison.Side(run, run.variant(variant).orElseThrow(() -> new Refusal(
          ExitCode.PROBLEMS,
          run.name() + ": no variant " + variant + " in it (" + Words.suggest(variant, names) + ")"))));
    }
  }

  private static List<List<Comparison.Side>> pairs(Named one, Named other) {
    List<Comparison.Side> firsts = one.sides();
    List<Comparison.Side> seconds = other.sides();
    List<List<Comparison.Side>> pairs = new ArrayList<>();
    if (firsts.size() == 1 && seconds.size() == 1) {
      pairs.add(List.of(firsts.get(0), seconds.get(0)));
      return pairs;
    }
    for (Comparison.Side side : firsts) {
      seconds.stream().filter(each -> each.variant().name().equals(side.variant().name())).findFirst()
          .ifPresent(found -> pairs.add(List.of(side, found)));
    }
    if (pairs.isEmpty()) {
      throw new Refusal(ExitCode.PROBLEMS, "no variant has the same name in both; name them, as " + one.run.name() + ":"
          + firsts.get(0).variant().name() + " " + other.run.name() + ":" + seconds.get(0).variant().name());
    }
    return pairs;
  }
}
