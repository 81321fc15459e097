package dev.haltlab.platform.run;

import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.Simulation;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a variant's poll windows and their hit rate went over time: the first replication's first second once more, with
 * somebody who watches. The halts of the primary VM fall into slices that grow with time, {@value
 * #SLICES_PER_DECADE} to a factor of ten, so that both the first halts and the steady state show.
 *
 * @param slices in order, those without a halt left out
 */
public record PollHistory(List<Slice> slices) {
  /** Slices to a factor of ten in time. */
  public static final int SLICES_PER_DECADE = 20;

  private static final long LONGEST_NS = 1_000_000_000L;

  public PollHistory {
    slices = List.copyOf(slices);
  }

  /**
   * The halts that ended in a slice of time.
   *
   * @param index its place: it ends at 10^((index + 1) / {@link #SLICES_PER_DECADE}) ns since the replication's start
   * @param windows halts after which the strategy showed a window
   * @param windowSumNs sum of those windows
   * @param polls polls attempted
   * @param hits of those, the ones that hit
   */
  public record Slice(int index, long windows, long windowSumNs, long polls, long hits) {}

  /**
   * Watches each variant of a plan that has been run: what failed would have failed then.
   *
   * @throws InterruptedException if the thread was interrupted
   */
  public static List<PollHistory> of(Plan plan) throws InterruptedException {
    List<PollHistory> histories = new ArrayList<>();
    for (Plan.Variant variant : plan.variants()) {
      Watcher watcher = new Watcher(variant.spec());
      if (!variant.nativeRun()) {
        SimulationSpec spec = variant.spec();
        SimulationSpec shortened = new SimulationSpec(
            spec.seed(), spec.nativeRun(), spec.host(), spec.vms(), spec.primaryVm(), spec.warmupNs(),
            Math.min(LONGEST_NS, spec.forNs()));
        Simulation.run(shortened, 0, watcher, now -> {});
      }
      histories.add(watcher.history());
    }
    return histories;
  }

  private static final class Watcher implements Recorder {
    private static final int SLICES = 19 * SLICES_PER_DECADE; // to the largest long
    private static final long[] ENDS = ends();

    private final int first;
    private final int last;
    private final long[] windows = new long[SLICES];
    private final long[] windowSums = new long[SLICES];
    private final long[] polls = new long[SLICES];
    private final long[] hits = new long[SLICES];

    Watcher(SimulationSpec spec) {
      int before = spec.vms().subList(0, spec.primaryVm()).stream().mapToInt(SimulationSpec.Vm::vcpus).sum();
      this.first = before;
      this.last = before + spec.vms().get(spec.primaryVm()).vcpus() - 1;
    }

    private static long[] ends() {
      long[] ends = new long[SLICES];
      for (int i = 0; i < SLICES; i++) {
        double end = StrictMath.pow(10, (i + 1.0) / SLICES_PER_DECADE);
        ends[i] = end >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) end;
      }
      return ends;
    }

    @Override
    public void halted(
        int vcpu, long fromNs, long pollEndNs, boolean polled, boolean hit, long windowNs, long toNs) {
      if (vcpu < first || vcpu > last) {
        return;
      }
      int slice = Arrays.binarySearch(ENDS, toNs);
      slice = slice >= 0 ? slice + 1 : -slice - 1;
      if (windowNs >= 0) {
        windows[slice]++;
        windowSums[slice] += windowNs;
      }
      if (polled) {
        polls[slice]++;
        hits[slice] += hit ? 1 : 0;
      }
    }

    PollHistory history() {
      List<Slice> slices = new ArrayList<>();
      for (int i = 0; i < SLICES; i++) {
        if (windows[i] + polls[i] > 0) {
          slices.add(new Slice(i, windows[i], windowSums[i], polls[i], hits[i]));
        }
      }
      return new PollHistory(slices);
    }
  }
}
