package dev.haltlab.platform.timeline;

import dev.haltlab.engine.PathStep;
import dev.haltlab.platform.run.FailedRun;
import dev.haltlab.platform.scenario.Plan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One transaction, step by step: of the first replication the first that took exactly the median. It is shown until the
 * next one begins, at most as long again, as the waiter goes idle only after its answer is sent.
 *
 * @param variant what ran
 * @param vm name of the primary VM
 * @param probe name of its first probe
 * @param number the transaction's, counted within its probe from 0
 * @param of how many the median is of
 * @param startNs when it began, simulated ns from the start of the replication
 * @param stopNs when it ended
 * @param shownToNs until when it is shown
 * @param lanes what each vCPU that worked at it did, by index in the VM
 * @param path its critical path; adds up to its latency
 * @param exits exits of these vCPUs that ended in the time shown, by title
 */
public record Explanation(
    Plan.Variant variant,
    String vm,
    String probe,
    long number,
    int of,
    long startNs,
    long stopNs,
    long shownToNs,
    Map<Integer, List<Step>> lanes,
    Map<PathStep, Long> path,
    Map<String, Exits> exits) {

  /**
   * What a vCPU did.
   *
   * @param exit the exit it was in; empty in guest mode and natively
   * @param title in words
   * @param critical whether it was on this transaction's critical path
   */
  public record Step(String exit, String title, boolean critical, long fromNs, long toNs)
      implements Timeline.Stretch {}

  /**
   * Exits of one reason.
   *
   * @param count how many
   * @param critical how many of them were on the critical path, wholly or in part
   * @param criticalNs time of them on it, ns
   */
  public record Exits(long count, long critical, long criticalNs) {
    Exits plus(Exits other) {
      return new Exits(count + other.count, critical + other.critical, criticalNs + other.criticalNs);
    }
  }

  /** Its latency, ns. */
  public long latencyNs() {
    return stopNs - startNs;
  }

  /**
   * Runs the first replication of a variant again and explains a transaction of it.
   *
   * @return empty if the primary VM has no probe, or none of its transactions counts
   */
  public static Optional<Explanation> of(Plan.Variant variant) throws InterruptedException {
    int vm = variant.spec().primaryVm();
    MedianOf median = new MedianOf(vm, 0, variant.spec().warmupNs());
    Recording.run(variant, median);
    MedianOf.Found found = median.found();
    if (found == null) {
      return Optional.empty();
    }
    long longestNs = found.stopNs() + found.stopNs() - found.startNs();
    long shownToNs = Math.max(found.stopNs(), found.nextNs() < 0 ? longestNs : Math.min(found.nextNs(), longestNs));
    Timeline timeline;
    try {
      timeline = Recording.of(variant, found.startNs(), shownToNs + 1, Long.MAX_VALUE);
    } catch (Recording.TooLong e) {
      throw new IllegalStateException(e);
    }
    return Optional.of(of(timeline, vm, found, Math.min(shownToNs, timeline.toNs())));
  }

  private static Explanation of(Timeline timeline, int vm, MedianOf.Found found, long shownToNs) {
    Timeline.Transaction transaction = timeline.transactions().stream()
        .filter(each -> each.vm() == vm && each.probe() == 0 && each.number() == found.number())
        .findFirst()
        .orElseThrow(() -> FailedRun.notRepeatable(
            timeline.variant().name(), "transaction " + found.number() + " did not happen again", null));
    Map<PathStep, Long> path = new EnumMap<>(PathStep.class);
    transaction.parts().forEach(part -> path.merge(part.step(), part.ns(), Long::sum));
    Map<Integer, List<Step>> lanes = new LinkedHashMap<>();
    Map<String, Exits> exits = new TreeMap<>();
    for (int vcpu = 0; vcpu < timeline.vcpus(); vcpu++) {
      int lane = vcpu;
      if (transaction.parts().stream().anyMatch(part -> part.vcpu() == lane)) {
        List<Step> steps = new ArrayList<>();
        for (Layers.Outer outer : Layers.of(timeline, vcpu)) {
          add(outer, transaction, shownToNs, steps, exits);
        }
        lanes.put(timeline.indexInVm(vcpu), List.copyOf(steps));
      }
    }
    return new Explanation(
        timeline.variant(), timeline.variant().spec().vms().get(vm).name(),
        timeline.names().probes().get(vm).get(0), found.number(), found.of(), found.startNs(), found.stopNs(),
        shownToNs, lanes, path, exits);
  }

  private static void add(
      Layers.Outer outer, Timeline.Transaction transaction, long shownToNs, List<Step> steps,
      Map<String, Exits> exits) {
    Timeline.Exit exit = outer.exit();
    long criticalNs = 0;
    for (Layers.Piece piece : outer.pieces()) {
      boolean critical = piece.part() == transaction;
      criticalNs += critical ? piece.ns() : 0;
      if (piece.fromNs() < shownToNs) {
        String title = piece.title().equals(outer.title()) || !outer.title().equals("halted")
            ? piece.title() : outer.title();
        steps.add(new Step(
            exit == null ? "" : exit.title(), title, critical, piece.fromNs(), Math.min(piece.toNs(), shownToNs)));
      }
    }
    if (exit != null && exit.toNs() <= shownToNs) {
      exits.merge(exit.title(), new Exits(1, criticalNs > 0 ? 1 : 0, criticalNs), Exits::plus);
    }
  }
}
