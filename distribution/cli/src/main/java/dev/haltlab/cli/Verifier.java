package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.catalog.Patience;
import dev.haltlab.platform.catalog.PluginCode;
import dev.haltlab.rules.Finding;
import dev.haltlab.rules.JarRules;
import dev.haltlab.rules.PluginRules;
import dev.haltlab.spi.Provider;
import dev.haltlab.tck.Conformance;
import dev.haltlab.tck.Result;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks a plugin's jar by all we have: its entries, whether it loads as it would for a run, its code, the contract of
 * its kind, and a small simulation. Each stage needs the one before it to have found something to look at.
 */
final class Verifier {
  private static final String NOT_BACK = "did not come back within ";

  private final Installation installation;
  private final SmokeRun smoke;

  @Inject
  Verifier(Installation installation, SmokeRun smoke) {
    this.installation = installation;
    this.smoke = smoke;
  }

  /**
   * What was found.
   *
   * @param plugins the plugins of the file that load
   * @param checks in the order they were made
   */
  record Report(List<Catalog.Entry<?>> plugins, List<Checked> checks) {
    long count(Checked.Status status) {
      return checks.stream().filter(check -> check.status() == status).count();
    }
  }

  /** Checks a jar; runs its code. */
  Report verify(Path file) {
    List<Checked> checks = new ArrayList<>();
    String name = String.valueOf(file.getFileName());
    if (!jar(file, name, checks)) {
      return new Report(List.of(), checks); // whoever unpacked or loaded it might regret it
    }
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(file), installation.patience()));
    List<Catalog.Entry<?>> plugins = loading(catalog, file, name, checks);
    code(file, name, checks);
    for (Catalog.Entry<?> plugin : plugins) {
      contract(plugin, new PluginCode(catalog), checks);
      checks.add(smoke.of(plugin, catalog));
    }
    return new Report(plugins, checks);
  }

  /** Whether there is a jar to go on with. */
  private static boolean jar(Path file, String name, List<Checked> checks) {
    try {
      boolean safe = true;
      for (Finding finding : JarRules.check(file)) {
        checks.add(checked("jar", name, finding));
        safe &= finding.kept() || !finding.id().equals(JarRules.NO_PATHS_OUTSIDE.name());
      }
      return safe;
    } catch (IOException e) {
      checks.add(new Checked(
          "jar", name, "READABLE", "the file is a jar", "there is nothing to look at otherwise",
          Checked.Status.VIOLATED, List.of("not a jar, or a damaged one: " + e.getMessage())));
      return false;
    }
  }

  private static List<Catalog.Entry<?>> loading(Catalog catalog, Path file, String name, List<Checked> checks) {
    List<Catalog.Entry<?>> plugins = new ArrayList<>();
    List<String> loaded = new ArrayList<>();
    for (Kind<?> kind : Kind.ALL) {
      for (Catalog.Entry<?> entry : catalog.usable(kind)) {
        if (entry.origin().equals(file.toString())) {
          plugins.add(entry);
          loaded.add(named(entry) + " " + entry.version());
        }
      }
    }
    List<String> reasons = catalog.unusable().stream()
        .map(bad -> bad.location().replace(file.toString(), name) + ": " + bad.reason()).toList();
    checks.add(new Checked(
        "loading", name, "LOADS", "every provider in the file is usable, as 'plugins list' shows it",
        "a scenario cannot name it otherwise", reasons.isEmpty() ? Checked.Status.PASSED : Checked.Status.VIOLATED,
        reasons.isEmpty() ? loaded : reasons));
    return plugins;
  }

  private static void code(Path file, String name, List<Checked> checks) {
    try {
      for (Finding finding : PluginRules.check(file)) {
        checks.add(checked("code", name, finding));
      }
    } catch (IOException e) {
      throw new Refusal(ExitCode.PROBLEMS, file + ": cannot be read: " + e.getMessage());
    }
  }

  private void contract(Catalog.Entry<?> plugin, PluginCode code, List<Checked> checks) {
    String stuck = "";
    for (Conformance.Pending pending : Conformance.pending((Provider<?>) plugin.provider())) {
      if (!stuck.isEmpty()) {
        checks.add(checked(plugin, pending.instead(Result.Status.SKIPPED, "it did not come back in " + stuck)));
        continue;
      }
      Result result = result(pending, code);
      checks.add(checked(plugin, result));
      stuck = result.observed().startsWith(NOT_BACK) ? pending.rule().id() : "";
    }
  }

  /** A check, not waited for without end. */
  private Result result(Conformance.Pending pending, PluginCode code) {
    Patience patience = installation.patience();
    try {
      return patience.call(pending::run, stack -> code.on(stack).isPresent());
    } catch (Patience.Exhausted e) {
      String where = code.on(e.stack()).map(found -> ", it is in " + found.frames().get(0)).orElse("");
      return pending.instead(Result.Status.VIOLATED, NOT_BACK + patience.inWords() + where);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(ExitCode.INTERRUPTED, "interrupted");
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // a check throws no other
    }
  }

  private static Checked checked(String stage, String name, Finding finding) {
    return new Checked(
        stage, name, finding.id(), finding.sentence(), finding.why(),
        finding.kept() ? Checked.Status.PASSED : Checked.Status.VIOLATED, finding.violations());
  }

  private static Checked checked(Catalog.Entry<?> plugin, Result result) {
    return new Checked(
        "contract", named(plugin), result.id(), result.sentence(), result.why(),
        Checked.Status.valueOf(result.status().name()), List.of(result.observed()));
  }

  /** Kind and id. */
  static String named(Catalog.Entry<?> plugin) {
    return plugin.kind().key() + " " + plugin.id();
  }
}
