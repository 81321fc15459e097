package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a plugin pass that gets on with those it is put beside, every command listing it as usable with all it holds, and
 * that breaks no rule of {@code plugins verify}. Those look into a jar: an unpacked folder need only load.
 */
final class FullVerifier implements PluginVerifier {
  private final Installation installation;
  private final Verifier verifier;

  @Inject
  FullVerifier(Installation installation, Verifier verifier) {
    this.installation = installation;
    this.verifier = verifier;
  }

  @Override
  public List<String> problems(Path plugin, List<Path> beside) {
    List<String> problems = loading(plugin, beside);
    return problems.isEmpty() && Files.isRegularFile(plugin) ? broken(plugin) : problems;
  }

  private List<String> loading(Path plugin, List<Path> beside) {
    List<Path> places = new ArrayList<>(beside);
    places.add(plugin); // last: who was there first keeps an id
    Catalog catalog = Catalogs.load(new CatalogRequest(places, installation.patience()));
    return catalog.unusable().stream().filter(bad -> bad.location().startsWith(plugin.toString()))
        .map(Catalog.Unusable::reason).toList();
  }

  private List<String> broken(Path plugin) {
    return verifier.verify(plugin).checks().stream()
        .filter(Checked::violated)
        .map(check -> check.id() + ": " + check.sentence() + ", but " + String.join("; ", check.observed()))
        .map(line -> line.replaceAll("\\s*\\R\\s*", " "))
        .toList();
  }
}
