package dev.haltlab.cli;

import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.replay.ReplayRequest;
import dev.haltlab.platform.replay.Replayed;
import dev.haltlab.platform.replay.Replayer;
import dev.haltlab.platform.report.ReplayJson;
import dev.haltlab.platform.report.ReplayPage;
import dev.haltlab.platform.report.ReplayText;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.trace.TraceFile;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.UnreadableTraceException;
import dev.haltlab.trace.replay.Parameter;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

/** Holds recordings of real kernels against a strategy. */
@Command(
    name = "replay",
    header = "Replays recorded halts: does the kernel's rule decide as the kernel did?",
    description = {
      "%nReads what ftrace, trace-cmd report or perf script print, packed by gzip or not. The kernel's rule is given"
          + " the recorded lengths of halts and nothing else; every window it comes to is compared with the traced one."
          + " Parameters come from the recording's '# haltlab key=value' lines or from these options, which win."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  haltlab replay trace.txt.gz --verify",
      "  haltlab replay trace.txt --kernel 5.15 --max 200000 --shrink 0",
      "  haltlab replay trace.txt --strategy off --strategy adaptive --strategy '{use: fixed, window: 50us}'",
      "  haltlab replay trace.txt --strategy off --report replay.html",
      "  haltlab replay *.txt.gz --format json > replay.json"
    })
final class ReplayCommand implements Callable<Integer> {
  private final Console console;
  private final Plugins plugins;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "TRACE", arity = "1..*", description = "Recordings.")
  List<Path> files = new ArrayList<>();

  @Option(names = "--verify", description = "Exit code 1 if rule and kernel differ anywhere.")
  boolean verify;

  @Option(names = "--kernel", paramLabel = "VERSION", description = "Version of the recording kernel, such as 6.1.")
  @Nullable String kernel;

  @Option(
      names = "--max",
      paramLabel = "TIME",
      description = "halt_poll_ns (in a guest guest_halt_poll_ns and so on): ns, or with a unit, such as 200us.")
  @Nullable String max;

  @Option(names = "--grow", paramLabel = "N", description = "halt_poll_ns_grow.")
  @Nullable String grow;

  @Option(names = "--grow-start", paramLabel = "TIME", description = "halt_poll_ns_grow_start.")
  @Nullable String growStart;

  @Option(names = "--shrink", paramLabel = "N", description = "halt_poll_ns_shrink.")
  @Nullable String shrink;

  @Option(names = "--cap", paramLabel = "TIME", description = "The VM's own maximum, KVM_CAP_HALT_POLL.")
  @Nullable String cap;

  @Option(names = "--no-poll", description = "The guest forbids the host to poll.")
  boolean noPoll;

  @Option(
      names = "--running",
      description = "The vCPUs had run before the recording began: take each one's window up from its first traced"
          + " decision instead of starting at 0.")
  boolean running;

  @Option(
      names = "--rule",
      paramLabel = "STRATEGY",
      description = "What follows the host kernel's rule, as after 'haltPoll:' in a scenario; default:"
          + " ${DEFAULT-VALUE}.")
  String rule = ReplayRequest.HOST_RULE;

  @Option(
      names = "--guest-rule",
      paramLabel = "POLICY",
      description = "What follows the guest kernel's rule, as after 'idle:' in a scenario; default: ${DEFAULT-VALUE}.")
  String guestRule = ReplayRequest.GUEST_RULE;

  @Option(
      names = "--strategy",
      paramLabel = "STRATEGY",
      description = "Also tells what this strategy would have made of the recorded halts, as after 'haltPoll:' in a"
          + " scenario. Repeatable; the bound, oracle, is always shown with them.")
  List<String> strategies = new ArrayList<>();

  @Option(
      names = "--wake-latency",
      paramLabel = "TIME",
      description = "The recording host's wake-up latency, which recorded lengths contain; default: an estimate.")
  @Nullable String wakeLatency;

  @Option(
      names = "--reader",
      paramLabel = "ID",
      description = "The recordings' format, as 'haltlab plugins list' names it; default: what their content looks"
          + " like.")
  @Nullable String reader;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Also writes charts and sortable tables as one HTML file that needs no network.")
  @Nullable Path report;

  @Option(names = "--force", description = "Replaces the file of --report.")
  boolean force;

  @Option(names = "--format", paramLabel = "text|json", description = "How to print the result; default: text.")
  Format format = Format.text;

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  ReplayCommand(Console console, Plugins plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() throws ProblemsException {
    ReplayRequest request = new ReplayRequest(
        parameters(), checkedKernel(), running, reader, rule, guestRule, strategies, wakeLatency());
    OutputFile page = report == null ? null : OutputFile.at("--report", report, "report.html", force);
    Replayer replayer = new Replayer(plugins.load(pluginOptions), request);
    List<Replayed> replays = new ArrayList<>();
    boolean problems = false;
    for (Path file : files) {
      try {
        Replayed replay = replayer.replay(TraceFile.of(file));
        tell(replay);
        problems |= replay.troubles().dropped() > 0 || verify && replay.differs();
        replays.add(replay);
      } catch (UnreadableTraceException e) {
        console.err().println(e.getMessage());
        problems = true;
      }
    }
    if (page != null && !replays.isEmpty()) {
      page.write(ReplayPage.of(replays, Versions.ours()));
    }
    if (format == Format.json || !replays.isEmpty()) {
      console.result(format == Format.json ? ReplayJson.of(replays) : ReplayText.of(replays, console.width()));
    }
    return problems ? ExitCode.PROBLEMS : ExitCode.DONE;
  }

  private void tell(Replayed replay) {
    for (Troubles.Trouble trouble : replay.troubles().first()) {
      console.err().println(replay.file() + ":" + trouble.line() + ": " + trouble.what());
    }
    if (replay.troubles().unsaid() > 0) {
      console.err().println(replay.file() + ": and " + replay.troubles().unsaid() + " more lines");
    }
    if (replay.parts().stream().allMatch(part -> part.halts() == 0)) {
      console.err().println(replay.file() + ": no halts in it; record the events kvm_vcpu_wakeup and"
          + " kvm_halt_poll_ns, in a guest cpu_idle and guest_halt_poll_ns");
    } else if (!strategies.isEmpty() && replay.whatIf().isEmpty()) {
      console.err().println(replay.file() + ": strategies are tried on a host's halts, and there are none in it");
    }
  }

  private Map<Parameter, Long> parameters() {
    Map<Parameter, Long> parameters = new EnumMap<>(Parameter.class);
    put(parameters, Parameter.MAX, "--max", max);
    put(parameters, Parameter.GROW, "--grow", grow);
    put(parameters, Parameter.GROW_START, "--grow-start", growStart);
    put(parameters, Parameter.SHRINK, "--shrink", shrink);
    put(parameters, Parameter.CAP, "--cap", cap);
    if (noPoll) {
      parameters.put(Parameter.NO_POLL, 1L);
    }
    return parameters;
  }

  private void put(Map<Parameter, Long> parameters, Parameter parameter, String option, @Nullable String text) {
    if (text != null) {
      try {
        parameters.put(parameter, parameter.read(parameter.isTime() ? Nanoseconds.plain(text) : text));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage());
      }
    }
  }

  private OptionalLong wakeLatency() {
    if (wakeLatency == null) {
      return OptionalLong.empty();
    }
    String ns = Nanoseconds.plain(wakeLatency);
    if (!ns.matches("[0-9]{1,12}")) {
      throw new ParameterException(spec.commandLine(), "--wake-latency: expected a time such as 45us, found " + ns);
    }
    return OptionalLong.of(Long.parseLong(ns));
  }

  private @Nullable String checkedKernel() {
    if (kernel != null) {
      try {
        KernelVersion.parse(kernel);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--kernel: not a kernel version: " + kernel);
      }
    }
    return kernel;
  }
}
