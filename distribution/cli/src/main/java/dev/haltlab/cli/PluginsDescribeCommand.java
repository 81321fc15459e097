package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.spi.Provider;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what is known of one plugin, and what a scenario may set in it. */
@Command(
    name = "describe",
    header = "Describes a plugin: its kind, version, origin, and its keys with types and defaults.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExample:%n",
    footer = "  haltlab plugins describe adaptive")
final class PluginsDescribeCommand implements Callable<Integer> {
  private final Console console;
  private final Plugins plugins;

  @Parameters(paramLabel = "ID", description = "The plugin's id, as after 'use:' in a scenario.")
  String id;

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  PluginsDescribeCommand(Console console, Plugins plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    Catalog catalog = plugins.load(pluginOptions);
    List<String> found = new ArrayList<>();
    for (Kind<?> kind : Kind.ALL) {
      catalog.find(kind, id).ifPresent(entry -> found.add(describe(entry)));
    }
    if (found.isEmpty()) {
      throw new Refusal(ExitCode.PROBLEMS, missing(catalog));
    }
    console.result(String.join("\n", found));
    return ExitCode.DONE;
  }

  private static String describe(Catalog.Entry<?> entry) {
    Provider<?> provider = (Provider<?>) entry.provider();
    List<List<String>> head = new ArrayList<>();
    head.add(List.of("id", entry.id()));
    head.add(List.of("kind", entry.kind().key() + " (" + entry.kind().title() + ")"));
    head.add(List.of("version", entry.version()));
    head.add(List.of("origin", entry.origin()));
    head.add(List.of("class", provider.getClass().getName()));
    if (!provider.summary().isBlank()) {
      head.add(List.of("summary", provider.summary().replaceAll("\\R", " ").strip()));
    }
    List<List<String>> keys = ConfigKeys.of(completeDefaults(provider));
    return Columns.of(head) + (keys.isEmpty() ? "\nNothing to set.\n" : "\n" + Columns.of(keys));
  }

  private static <C extends Record> C completeDefaults(Provider<C> provider) {
    return provider.complete(provider.defaults());
  }

  private String missing(Catalog catalog) {
    for (Catalog.Unusable bad : catalog.unusable()) {
      if (bad.ids().contains(id)) {
        return "the plugin " + id + " cannot be used: " + bad.location() + ": " + bad.reason();
      }
    }
    return "there is no plugin " + id + "; 'haltlab plugins list' tells which there are"
        + (catalog.unusable().isEmpty() ? "" : ", and which files cannot be used");
  }
}
