package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Patience;
import dev.haltlab.platform.catalog.PluginCode;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.run.Watch;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.scenario.PlanRequest;
import dev.haltlab.platform.scenario.Planner;
import jakarta.inject.Inject;

/** Makes plans, which asks plugins: a plan is not waited for without end. */
final class Planning {
  private final Installation installation;

  @Inject
  Planning(Installation installation) {
    this.installation = installation;
  }

  /**
   * Resolves a scenario.
   *
   * @param catalog which plugins there are is known only once a command's options are
   * @throws dev.haltlab.platform.run.FailedRun if a plugin does not come back
   */
  Plan plan(Catalog catalog, PlanRequest request) throws ProblemsException, InterruptedException {
    Planner planner = new Planner(catalog, installation.hosts().stream().toList());
    PluginCode code = new PluginCode(catalog);
    try {
      return installation.patience().call(() -> planner.plan(request), stack -> code.on(stack).isPresent());
    } catch (Patience.Exhausted e) {
      throw watch(catalog).stuckPlanning(e.stack(), request.file());
    } catch (ProblemsException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // a plan throws no other
    }
  }

  Watch watch(Catalog catalog) {
    return new Watch(catalog, installation.patience());
  }
}
