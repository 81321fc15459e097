package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.spi.Provider;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists every plugin, usable or not. */
@Command(
    name = "list",
    header = "Lists the plugins by kind; files that cannot be used stand last, each with its reason.",
    optionListHeading = "%nOptions:%n")
final class PluginsListCommand implements Callable<Integer> {
  private final Console console;
  private final Plugins plugins;

  @Option(names = "--format", paramLabel = "text|json", description = "Default: text.")
  Format format = Format.text;

  @Mixin PluginOptions pluginOptions = new PluginOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  PluginsListCommand(Console console, Plugins plugins) {
    this.console = console;
    this.plugins = plugins;
  }

  @Override
  public Integer call() {
    Catalog catalog = plugins.load(pluginOptions);
    console.result(format == Format.json ? json(catalog) : text(catalog));
    return ExitCode.DONE;
  }

  private static String text(Catalog catalog) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("KIND", "ID", "VERSION", "ORIGIN", "SUMMARY"));
    for (Kind<?> kind : Kind.ALL) {
      for (Catalog.Entry<?> entry : catalog.usable(kind)) {
        rows.add(List.of(kind.key(), entry.id(), entry.version(), entry.origin(), summary(entry)));
      }
    }
    StringBuilder text = new StringBuilder(Columns.of(rows));
    if (!catalog.unusable().isEmpty()) {
      text.append("\nUnusable:\n");
      catalog.unusable().forEach(bad -> text.append("  ").append(bad.location()).append(": ").append(bad.reason())
          .append('\n'));
    }
    return text.toString();
  }

  private static String json(Catalog catalog) {
    List<Map<String, Object>> usable = new ArrayList<>();
    for (Kind<?> kind : Kind.ALL) {
      for (Catalog.Entry<?> entry : catalog.usable(kind)) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind.key());
        map.put("id", entry.id());
        map.put("version", entry.version());
        map.put("origin", entry.origin());
        map.put("summary", summary(entry));
        usable.add(map);
      }
    }
    List<Map<String, Object>> unusable = new ArrayList<>();
    for (Catalog.Unusable bad : catalog.unusable()) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("location", bad.location());
      map.put("ids", bad.ids());
      map.put("reason", bad.reason());
      unusable.add(map);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("plugins", usable);
    all.put("unusable", unusable);
    return Json.of(all);
  }

  private static String summary(Catalog.Entry<?> entry) {
    return ((Provider<?>) entry.provider()).summary().replaceAll("\\R", " ").strip();
  }
}
