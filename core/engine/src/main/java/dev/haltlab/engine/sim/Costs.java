package dev.haltlab.engine.sim;

import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.Step;
import java.util.Arrays;

/**
 * The prices of all steps for one place: each step draws from a stream of its own, so that a variant that takes a step
 * more or less often does not shift the draws of the others.
 */
public final class Costs {
  private static final Step[] STEPS = Step.values();

  /** Prices drawn at a time: the tables of one distribution after the other stay in the processor's first cache. */
  private static final int BATCH = 64;

  private static final long[] NONE = {};

  private final Sampler[] samplers = new Sampler[STEPS.length];
  /** Prices known to be always the same, ns; −1 where the next of those drawn ahead counts. */
  private final long[] knownNs = new long[STEPS.length];
  private final long[][] aheadNs = new long[STEPS.length][];
  private final int[] used = new int[STEPS.length];
  private final boolean[] drawn;

  /**
   * @param profile the prices; a step without one costs nothing
   * @param place names the streams, for example {@code rr/0}
   * @param drawn marked by step ordinal as steps are drawn; shared by all places of a run
   */
  public Costs(HostProfile profile, Streams streams, String place, boolean[] drawn) {
    this.drawn = drawn;
    Cost free = Cost.ofNs(0, Basis.ASSUMED, "not priced");
    for (Step step : STEPS) {
      Cost cost = profile.steps().getOrDefault(step, free);
      samplers[step.ordinal()] = cost.sampler(streams.stream(place + "/" + step.key()));
    }
    Arrays.fill(knownNs, -1);
    Arrays.fill(aheadNs, NONE);
  }

  /** Draws the price of a step, ns, at least 0. */
  public long draw(int step) {
    long ns = knownNs[step];
    return ns >= 0 ? ns : take(step);
  }

  /** Takes back the last draw of a step, whose price was not used: the next draw gives it again. */
  public void undraw(int step) {
    if (knownNs[step] < 0) {
      used[step]--;
    }
  }

  private long take(int step) {
    int next = used[step];
    long[] ahead = aheadNs[step];
    if (next == ahead.length) {
      return drawAhead(step);
    }
    used[step] = next + 1;
    return ahead[next];
  }

  private long drawAhead(int step) {
    drawn[step] = true;
    Sampler sampler = samplers[step];
    if (sampler.isConstant()) {
      knownNs[step] = sampler.nextNs();
      return knownNs[step];
    }
    if (aheadNs[step].length == 0) {
      aheadNs[step] = new long[BATCH];
    }
    long[] ahead = aheadNs[step];
    for (int i = 0; i < BATCH; i++) {
      ahead[i] = sampler.nextNs();
    }
    used[step] = 1;
    return ahead[0];
  }
}
