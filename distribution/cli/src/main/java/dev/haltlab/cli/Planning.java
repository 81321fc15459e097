package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.scenario.Planner;
import jakarta.inject.Inject;

/** Makes the planner of a catalog: which plugins there are is known only once a command's options are. */
final class Planning {
  private final Installation installation;

  @Inject
  Planning(Installation installation) {
    this.installation = installation;
  }

  Planner planner(Catalog catalog) {
    return new Planner(catalog, installation.hosts().stream().toList());
  }
}
