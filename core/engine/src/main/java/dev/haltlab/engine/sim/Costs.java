package dev.haltlab.engine.sim;

import dev.haltlab.spi.Cost;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.Step;

/**
 * The prices of all steps for one place: each step draws from a stream of its own, so that a variant that takes a step
 * more or less often does not shift the draws of the others.
 */
public final class Costs {
  private static final Step[] STEPS = Step.values();

  private final Sampler[] samplers = new Sampler[STEPS.length];
  /** Prices that are always the same, ns; −1 where a sampler must be asked. Most are, and this is one look-up. */
  private final long[] constantNs = new long[STEPS.length];
  private final boolean[] drawn;

  /**
   * @param profile the prices; a step without one costs nothing
   * @param place names the streams, for example {@code rr/0}
   * @param drawn marked by step ordinal as steps are drawn; shared by all places of a run
   */
  public Costs(HostProfile profile, Streams streams, String place, boolean[] drawn) {
    this.drawn = drawn;
    Cost free = Cost.ofNs(0, dev.haltlab.spi.Basis.ASSUMED, "not priced");
    for (Step step : STEPS) {
      Cost cost = profile.steps().getOrDefault(step, free);
      Sampler sampler = cost.sampler(streams.stream(place + "/" + step.key()));
      samplers[step.ordinal()] = sampler;
      constantNs[step.ordinal()] = sampler.isConstant() ? sampler.nextNs() : -1;
    }
  }

  /** Draws the price of a step, ns, at least 0. */
  public long draw(int step) {
    drawn[step] = true;
    long ns = constantNs[step];
    return ns >= 0 ? ns : samplers[step].nextNs();
  }
}
