package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads the catalog for one command: the installed places and those the command names. */
final class Plugins {
  private final Installation installation;

  @Inject
  Plugins(Installation installation) {
    this.installation = installation;
  }

  Catalog load(PluginOptions options) {
    List<Path> places = new ArrayList<>(installation.pluginPlaces());
    for (Path place : options.places) {
      if (!Files.exists(place)) {
        throw new Refusal(ExitCode.USAGE, "--plugins: there is no folder " + place);
      }
      places.add(place);
    }
    return Catalogs.load(new CatalogRequest(places, installation.patience()));
  }
}
