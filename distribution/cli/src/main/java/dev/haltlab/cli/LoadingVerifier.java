package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lets a plugin pass that loads: every command would list it as usable, with all it holds. */
final class LoadingVerifier implements PluginVerifier {
  private final Installation installation;

  @Inject
  LoadingVerifier(Installation installation) {
    this.installation = installation;
  }

  @Override
  public List<String> problems(Path plugin, List<Path> beside) {
    List<Path> places = new ArrayList<>(beside);
    places.add(plugin); // last: who was there first keeps an id
    Catalog catalog = Catalogs.load(new CatalogRequest(places, installation.patience()));
    return catalog.unusable().stream().filter(bad -> bad.location().startsWith(plugin.toString()))
        .map(Catalog.Unusable::reason).toList();
  }
}
