package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.explain.ExitMix;
import dev.haltlab.platform.explain.Rule;
import dev.haltlab.platform.explain.WhatIf;
import dev.haltlab.platform.kvmstat.KvmStat;
import dev.haltlab.platform.kvmstat.KvmStatReader;
import dev.haltlab.platform.report.ExplainJson;
import dev.haltlab.platform.report.ExplainText;
import dev.haltlab.platform.report.Explained;
import dev.haltlab.platform.run.Runner;
import dev.haltlab.spi.KernelVersion;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says in plain words what a table of a real host shows. */
@Command(
    name = "explain",
    header = "Explains a table of 'perf kvm stat': what it shows, and what would change it.",
    description = {
      "%nReads what 'perf kvm stat report' or 'live' printed, of any version, on Intel, AMD and ARM. What it shows comes"
          + " from rules, each with its source; what would change it from simulating a load whose halts are as long,"
          + " with what was assumed."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  perf kvm stat record -a sleep 10; perf kvm stat report --stdio > table.txt",
      "  haltlab explain table.txt",
      "  haltlab explain table.txt --halt-poll off --guest-kernel 6.8",
      "  haltlab explain table.txt --scenario like-mine.yaml",
      "  haltlab explain --rules"
    })
final class ExplainCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 16 << 20;
  private static final int MOST_WARNINGS = 8;

  private final Console console;
  private final Plugins plugins;
  private final Planning planning;
  private final Runner runner;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "The table.")
  @Nullable Path file;

  @Option(
      names = "--cpu",
      paramLabel = "PROFILE",
      description = "The host to simulate, as after 'cpu:' in a scenario; default: ${DEFAULT-VALUE}.")
  String cpu = "ivy-bridge";

  @Option(
      names = "--halt-poll",
      paramLabel = "STRATEGY",
      description = "The host's strategy when the table was recorded, as after 'haltPoll:' in a scenario; default:"
          + " ${DEFAULT-VALUE}, which is what KVM does.")
  String haltPoll = "adaptive";

  @Option(
      names = "--guest-kernel",
      paramLabel = "VERSION",
      description = "The guest's Linux; default: what the table's MSR writes look like.")
  @Nullable String guestKernel;

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description = "Longest poll window, halt_poll_ns: ns, or with a unit; default: ${DEFAULT-VALUE}, that of x86.")
  String window = "200us";

  @Option(
      names = "--scenario",
      paramLabel = "FILE.yaml",
      description = "Also writes what was simulated as a scenario, to run and change.")
  @Nullable Path scenario;

  @Option(names = "--force", description = "Replaces the file of --scenario.")
  boolean force;

  @Option(names = "--no-model", description = "Only tells what the table shows; simulates nothing.")
  boolean noModel;

  @Option(names = "--rules", description = "Lists all rules with their sources.")
  boolean rules;

  @Option(names = "--format", paramLabel = "text|json", description = "How to print the result; default: text.")
  Format format = Format.text;

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  ExplainCommand(Console console, Plugins plugins, Planning planning, Runner runner) {
    this.console = console;
    this.plugins = plugins;
    this.planning = planning;
    this.runner = runner;
  }

  @Override
  public Integer call() throws ProblemsException, InterruptedException {
    if (rules) {
      console.result(ExplainText.rules(console.width(), console.color()));
      return ExitCode.DONE;
    }
    if (file == null) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: FILE, or --rules");
    }
    LikeLoad.Assumed assumed = assumed();
    OutputFile place = scenario == null ? null : OutputFile.at("--scenario", scenario, "like.yaml", force);
    KvmStatReader.Reading reading = KvmStatReader.read(file.toString(), text(file));
    tell(reading);
    Catalog catalog = plugins.load(pluginOptions);
    LikeLoad load = new LikeLoad(planning, runner, catalog, assumed);
    List<Explained> explained = new ArrayList<>();
    for (KvmStat table : reading.tables()) {
      if (table.event().equals(KvmStat.EXITS)) {
        explained.add(explained(file.toString(), table, load));
      } else {
        console.err().println(file + ":" + table.line() + ": a table of " + table.event() + " is read and not explained;"
            + " print the exits with: perf kvm stat report --event=vmexit");
      }
    }
    Optional<String> simulated = explained.stream().flatMap(each -> each.whatIf().stream()).map(WhatIf::scenario)
        .findFirst();
    if (place != null && simulated.isPresent()) {
      place.write(simulated.get());
    }
    if (!explained.isEmpty()) {
      console.result(
          format == Format.json
              ? ExplainJson.of(explained) : ExplainText.of(explained, console.width(), console.color()));
    }
    return reading.problems().isEmpty() && !explained.isEmpty() ? ExitCode.DONE : ExitCode.PROBLEMS;
  }

  private Explained explained(String name, KvmStat table, LikeLoad load)
      throws ProblemsException, InterruptedException {
    ExitMix mix = new ExitMix(table);
    LikeLoad.Found found = noModel ? LikeLoad.Found.none("Nothing was simulated, as you asked.") : load.like(mix);
    return new Explained(
        name, table, Rule.explain(mix, BigDecimal.valueOf(windowNs(), 3)), found.whatIf(), found.without());
  }

  private void tell(KvmStatReader.Reading reading) {
    reading.problems().forEach(problem -> console.err().println(problem));
    List<Problem> warnings = reading.warnings();
    console.warn(warnings.subList(0, Math.min(MOST_WARNINGS, warnings.size())));
    if (warnings.size() > MOST_WARNINGS) {
      console.err().println(file + ": and " + (warnings.size() - MOST_WARNINGS) + " more warnings");
    }
  }

  private LikeLoad.Assumed assumed() {
    if (guestKernel != null) {
      try {
        KernelVersion.parse(guestKernel);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--guest-kernel: not a kernel version: " + guestKernel);
      }
    }
    for (String value : List.of(cpu, haltPoll)) {
      if (value.lines().count() != 1 || value.contains("#")) {
        throw new ParameterException(spec.commandLine(), "--cpu and --halt-poll take one line");
      }
    }
    return new LikeLoad.Assumed(cpu, haltPoll, guestKernel, windowNs());
  }

  private long windowNs() {
    String ns = Nanoseconds.plain(window);
    if (!ns.matches("[1-9][0-9]{0,8}")) {
      throw new ParameterException(
          spec.commandLine(), "--window: expected a time from 1 ns to 999 ms, such as 200us, found " + window);
    }
    return Long.parseLong(ns);
  }

  private static String text(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MOST_BYTES) {
        throw new Refusal(ExitCode.PROBLEMS, file + ": is larger than 16 MiB; it can hardly be a table");
      }
      // Whatever the bytes are, a line that is no text is told as one.
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new Refusal(ExitCode.PROBLEMS, file + ": no such file");
    } catch (IOException e) {
      throw new Refusal(ExitCode.PROBLEMS, file + ": cannot be read: " + Unfinished.why(e));
    }
  }
}
