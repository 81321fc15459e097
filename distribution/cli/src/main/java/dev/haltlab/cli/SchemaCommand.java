package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.schema.ScenarioSchema;
import jakarta.inject.Inject;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the JSON Schema of scenarios, with every installed plugin in it. */
@Command(
    name = "schema",
    header = "Prints the JSON Schema of scenarios, for editors that complete and check YAML.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  haltlab schema > scenario.schema.json", "  haltlab schema haltPoll"})
final class SchemaCommand implements Callable<Integer> {
  private final Console console;
  private final Plugins plugins;

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "KIND",
      arity = "0..1",
      completionCandidates = Kinds.class,
      description = "Only what may be written for one kind of plugin: ${COMPLETION-CANDIDATES}.")
  @Nullable String kind;

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  SchemaCommand(Console console, Plugins plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    Kind<?> asked = kind == null ? null : kind(kind);
    console.result(ScenarioSchema.of(plugins.load(pluginOptions), asked));
    return ExitCode.DONE;
  }

  private Kind<?> kind(String key) {
    return Kind.SLOTS.stream().filter(kind -> kind.key().equals(key)).findFirst()
        .orElseThrow(() -> new ParameterException(
            spec.commandLine(), "there is no kind " + key + "; there are "
                + Kind.SLOTS.stream().map(Kind::key).collect(Collectors.joining(", "))));
  }

  /** The kinds' keys, for help and completion. */
  static final class Kinds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Kind.SLOTS.stream().<String>map(Kind::key).iterator();
    }
  }
}
