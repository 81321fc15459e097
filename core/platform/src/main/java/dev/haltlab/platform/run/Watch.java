package dev.haltlab.platform.run;

import dev.haltlab.engine.PluginFailure;
import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.catalog.Patience;
import dev.haltlab.platform.catalog.PluginCode;
import dev.haltlab.platform.config.Words;
import dev.haltlab.platform.scenario.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keeps an eye on the plugins of a run: how long one may take, and who it was when one fails. */
public final class Watch {
  /** Knows no plugin and waits as long as it takes. */
  public static final Watch NOBODY = new Watch(Catalogs.of(List.of(), "", ""), Patience.ENDLESS);

  private static final int LONGEST = 400;

  private final Catalog catalog;
  private final PluginCode code;
  private final Patience patience;

  /**
   * @param catalog the plugins the plan was made with
   * @param patience how long one may go on without simulated time passing
   */
  public Watch(Catalog catalog, Patience patience) {
    this.catalog = catalog;
    this.code = new PluginCode(catalog);
    this.patience = patience;
  }

  Patience patience() {
    return patience;
  }

  Optional<PluginCode.Found> pluginOn(StackTraceElement[] stack) {
    return code.on(stack);
  }

  /** The failure of a replication, with the plugin's name if it was one that failed. */
  Throwable named(Plan.Variant variant, int replication, Throwable failure) {
    String where = " failed in variant '" + variant.name() + "', replication " + replication + ": ";
    if (failure instanceof PluginFailure plugin) {
      Kind<?> kind = switch (plugin.kind()) {
        case HALT_POLL -> Kind.HALT_POLL;
        case IDLE -> Kind.IDLE;
        case WORKLOAD -> Kind.WORKLOAD;
      };
      String name = variant.plugin(kind, plugin.vm()).map(id -> " " + named(kind, id)).orElse("");
      return new FailedRun(
          "the " + kind.title() + name + where + oneLine(failure.getMessage()), failure, List.of(), Optional.empty());
    }
    if (failure instanceof IllegalArgumentException || failure instanceof OutOfMemoryError) {
      return failure; // how the engine says that a workload cannot run in its guest; and nobody's fault
    }
    return code.thrown(failure)
        .<Throwable>map(found -> new FailedRun(
            names(found, variant) + where + oneLine(failure.toString()) + " at " + found.frames().get(0),
            failure, List.of(), Optional.empty()))
        .orElse(failure);
  }

  /** A plugin's words may be many lines, and long ones. */
  private static String oneLine(@Nullable String text) {
    return Words.oneLine(String.valueOf(text), LONGEST);
  }

  /** That a plugin did not come back. */
  FailedRun stuck(
      Plan.Variant variant, int replication, PluginCode.Found found, long nowNs, Optional<Results> finished) {
    String when = nowNs < 0 ? "before the simulation began" : "at " + nowNs + " ns of simulated time";
    return new FailedRun(
        names(found, variant) + " did not come back within " + patience.inWords() + " in variant '" + variant.name()
            + "', replication " + replication + ", " + when + "; "
            + finished.map(part -> "reported is what was finished: " + variants(part))
                .orElse("no variant was finished"),
        null, found.frames(), finished);
  }

  /**
   * That a plugin did not come back while a scenario was planned.
   *
   * @param stack of the planning thread, inside plugin code
   */
  public FailedRun stuckPlanning(StackTraceElement[] stack, Path scenario) {
    PluginCode.Found found = code.on(stack).orElseThrow();
    return new FailedRun(
        names(found.plugins()) + " did not come back within " + patience.inWords() + " when " + scenario
            + " was checked", null, found.frames(), Optional.empty());
  }

  /** Those that the variant uses, if that tells apart what the stack does not. */
  private static String names(PluginCode.Found found, Plan.Variant variant) {
    List<Catalog.Entry<?>> used = found.plugins().stream().filter(entry -> uses(variant, entry)).toList();
    return names(used.isEmpty() ? found.plugins() : used);
  }

  private static String variants(Results part) {
    return part.plan().variants().stream().map(Plan.Variant::name).collect(Collectors.joining(", "));
  }

  private static String names(List<Catalog.Entry<?>> plugins) {
    return plugins.stream()
        .map(entry -> "the " + entry.kind().title() + " " + entry.id() + " (" + entry.origin() + ")")
        .collect(Collectors.joining(" or "));
  }

  private static boolean uses(Plan.Variant variant, Catalog.Entry<?> entry) {
    return variant.spec().vms().stream()
        .anyMatch(vm -> variant.plugin(entry.kind(), vm.name()).filter(entry.id()::equals).isPresent());
  }

  private <P> String named(Kind<P> kind, String id) {
    return catalog.find(kind, id).map(entry -> id + " (" + entry.origin() + ")").orElse(id);
  }
}
