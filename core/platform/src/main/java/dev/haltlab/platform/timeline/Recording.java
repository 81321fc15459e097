package dev.haltlab.platform.timeline;

import dev.haltlab.engine.PluginFailure;
import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.Simulation;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.run.FailedRun;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs replications again, recorded. As a replication depends on its plan and seed alone, this is what happened in the
 * run that was counted; a plugin that makes it depend on more ends the recording as a {@link FailedRun}.
 */
public final class Recording {
  /** Events that all timelines of a file may have together: some 100 MB of memory, and a file that a browser opens. */
  public static final long MOST_EVENTS = 2_000_000;

  private Recording() {}

  /** There was more to record than {@link #MOST_EVENTS}. */
  public static final class TooLong extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Plan.Variant variant;
    private final long reachedNs;

    TooLong(Plan.Variant variant, long reachedNs) {
      super("more than " + MOST_EVENTS + " events");
      this.variant = variant;
      this.reachedNs = reachedNs;
    }

    /** Where there was too much. */
    public Plan.Variant variant() {
      return variant;
    }

    /** How much of the time asked for was recorded by then, ns. */
    public long reachedNs() {
      return reachedNs;
    }
  }

  /**
   * Records the first replication of every variant.
   *
   * @param fromNs begin, simulated ns from the start of the replication, warm-up included
   * @param forNs length, ns, above 0
   * @throws TooLong if that is more than may be kept
   */
  public static List<Timeline> of(Plan plan, long fromNs, long forNs) throws TooLong, InterruptedException {
    List<Timeline> timelines = new ArrayList<>();
    long most = MOST_EVENTS / plan.variants().size();
    for (Plan.Variant variant : plan.variants()) {
      timelines.add(of(variant, fromNs, Math.addExact(fromNs, forNs), most));
    }
    return timelines;
  }

  static Timeline of(Plan.Variant variant, long fromNs, long toNs, long most) throws TooLong, InterruptedException {
    Log log = new Log(variant, 0, fromNs, toNs, most);
    run(variant, until(variant.spec(), toNs), log);
    if (log.fullNs() >= 0) {
      throw new TooLong(variant, log.fullNs() - fromNs);
    }
    return log.timeline();
  }

  /** Runs the first replication of a variant, with its own spec. */
  static void run(Plan.Variant variant, Recorder recorder) throws InterruptedException {
    run(variant, variant.spec(), recorder);
  }

  private static void run(Plan.Variant variant, SimulationSpec spec, Recorder recorder) throws InterruptedException {
    try {
      Simulation.run(spec, 0, recorder, nowNs -> {});
    } catch (PluginFailure | IllegalArgumentException e) { // it went well when it was counted
      throw FailedRun.notRepeatable(variant.name(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The same machine, stopped once that time has come: when counting ends has no influence on what happens before. */
  private static SimulationSpec until(SimulationSpec spec, long toNs) {
    long forNs = Math.min(spec.forNs(), Math.max(1, toNs - spec.warmupNs()));
    return new SimulationSpec(
        spec.seed(), spec.nativeRun(), spec.host(), spec.vms(), spec.primaryVm(), spec.warmupNs(), forNs);
  }
}
