package dev.haltlab.platform.scenario;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.config.ProblemsException;

/** Reads a scenario file and resolves it against the installed plugins. */
public final class Planner {
  private final Catalog catalog;

  /** @param catalog the plugins a scenario may use */
  public Planner(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Resolves a scenario.
   *
   * @throws ProblemsException with every problem found, each with its place
   */
  public Plan plan(PlanRequest request) throws ProblemsException {
    throw new UnsupportedOperationException(catalog + " " + request);
  }
}
