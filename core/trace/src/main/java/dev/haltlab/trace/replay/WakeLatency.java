package dev.haltlab.trace.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Estimates the wake-up latency that the recorded lengths of halts contain: a halt that slept ended when its thread ran
 * again, not when it was woken. A replay under another strategy needs the moment of the wake-up itself.
 *
 * <ol>
 *   <li>{@link Method#WAKER}: the recording shows the waker ({@code sched_waking} or {@code sched_wakeup} of the vCPU's
 *       thread, else {@code kvm_apic_accept_irq} of its APIC in another thread): the time from there to the end of the
 *       halt, of each halt; the estimate is their median.
 *   <li>{@link Method#COMPARED}: lengths of polled halts are known exactly, of sleeping ones only that the wake-up came
 *       after the window had passed. From both, the distribution of wake-ups is estimated as in a clinical trial whose
 *       patients leave early (Kaplan and Meier 1958); what it says of the halts that slept is compared with their
 *       recorded lengths, rank by rank, and the median difference is the estimate. It must rest on {@value #FEWEST}
 *       halts, or on {@value #FEWEST_REGULAR} if wake-ups are so regular that one halt is like the other. And it takes
 *       halts whose lengths do not depend on the one before: if they do (correlation of neighbours above a half) there
 *       is no estimate, nor if another thread wanted the CPU so often that windows do not tell when polling ended.
 * </ol>
 *
 * <p>It is one figure for all halts, though deeper idle states make long sleeps wake more slowly.
 */
public final class WakeLatency implements HaltListener {
  private static final int FEWEST = 30;
  private static final int FEWEST_REGULAR = 5;
  private static final int FEWEST_AT_RISK = 20;

  private final LogHistogram polled = new LogHistogram();
  private final LogHistogram slept = new LogHistogram();
  private final LogHistogram windowsOfSlept = new LogHistogram();
  private final LogHistogram seen = new LogHistogram();
  private long halts;
  private long givenUp;

  private long neighbours;
  private double previous;
  private double sum;
  private double sumOfSquares;
  private double sumOfProducts;

  /** Where an estimate comes from. */
  public enum Method {
    /** The recording shows who woke the vCPU. */
    WAKER("from the recorded wakers"),
    /** Sleeping halts against what polled ones let expect. */
    COMPARED("from sleeping halts against what polled ones let expect"),
    /** The user said so. */
    SAID("as given"),
    /** There is no estimate. */
    NONE("not to be told from this recording");

    private final String words;

    Method(String words) {
      this.words = words;
    }

    /** In words, behind the figure. */
    public String words() {
      return words;
    }
  }

  /**
   * An estimate.
   *
   * @param method where it comes from
   * @param ns the latency of one wake-up; 0 if there is no estimate
   * @param samples halts it rests on
   */
  public record Estimate(Method method, long ns, long samples) {
    static final Estimate NONE = new Estimate(Method.NONE, 0, 0);

    /** What the user says. */
    public static Estimate said(long ns) {
      return new Estimate(Method.SAID, ns, 0);
    }

    /** Whether there is one. */
    public boolean known() {
      return method != Method.NONE;
    }
  }

  @Override
  public void halt(
      int vcpu, long startNs, long haltNs, boolean wentToSleep, boolean valid, long budgetNs, long latencyNs) {
    if (budgetNs == UNKNOWN) {
      return;
    }
    halts++;
    if (wentToSleep && budgetNs > 0 && haltNs <= budgetNs) {
      givenUp++;
      return;
    }
    if (latencyNs != UNKNOWN) {
      seen.add(latencyNs);
    }
    if (wentToSleep) {
      slept.add(haltNs);
      windowsOfSlept.add(Math.max(0, budgetNs));
    } else {
      polled.add(haltNs);
    }
    correlate(haltNs);
  }

  private void correlate(double length) {
    if (halts > 1) {
      neighbours++;
      sumOfProducts += length * previous;
    }
    sum += length;
    sumOfSquares += length * length;
    previous = length;
  }

  /** The estimate from all halts so far. */
  public Estimate estimate() {
    if (seen.total() >= FEWEST) {
      return new Estimate(Method.WAKER, seen.percentile(50), seen.total());
    }
    boolean comparable = polled.total() >= FEWEST && givenUp * 10 <= halts && !correlated();
    return comparable ? compared() : Estimate.NONE;
  }

  /** Whether polled halts are all about equally long, and most of those that slept must have been like them. */
  private boolean regular(double likePolled) {
    long spread = polled.percentile(75) - polled.percentile(25);
    return spread * 10 <= polled.percentile(50) && likePolled * 2 >= slept.total();
  }

  private boolean correlated() {
    long count = polled.total() + slept.total();
    double mean = sum / count;
    double variance = sumOfSquares / count - mean * mean;
    return sumOfProducts / Math.max(1, neighbours) - mean * mean > variance / 2;
  }

  /** A difference of ranks, and how many halts it stands for. */
  private record Difference(long ns, double weight) {}

  private Estimate compared() {
    List<Difference> differences = new ArrayList<>();
    double weight = 0;
    long atRisk = polled.total() + slept.total();
    double all = atRisk;
    double surviving = 1;
    double sleptBefore = 0;
    long polledSoFar = 0;
    for (int i = 0; i < LogHistogram.BUCKETS; i++) {
      long ended = polled.count(i);
      if (ended > 0 && atRisk >= FEWEST_AT_RISK) {
        surviving *= 1 - (double) ended / atRisk;
        polledSoFar += ended;
        double sleptNow = Math.min(slept.total(), all * (1 - surviving) - polledSoFar);
        long rank = Math.round((sleptBefore + sleptNow) / 2);
        if (sleptNow > sleptBefore && rank >= 1) {
          differences.add(new Difference(slept.ofRank(rank) - LogHistogram.middle(i), sleptNow - sleptBefore));
          weight += sleptNow - sleptBefore;
        }
        sleptBefore = Math.max(sleptBefore, sleptNow);
      }
      atRisk -= ended + windowsOfSlept.count(i);
    }
    if (weight < FEWEST && (weight < FEWEST_REGULAR || !regular(weight))) {
      return Estimate.NONE;
    }
    long ns = median(differences, weight);
    return ns > 0 ? new Estimate(Method.COMPARED, ns, Math.round(weight)) : Estimate.NONE;
  }

  private static long median(List<Difference> differences, double weight) {
    differences.sort(Comparator.comparingLong(Difference::ns));
    double below = 0;
    for (Difference difference : differences) {
      below += difference.weight;
      if (below * 2 >= weight) {
        return difference.ns;
      }
    }
    throw new IllegalArgumentException("nothing has no median");
  }
}
