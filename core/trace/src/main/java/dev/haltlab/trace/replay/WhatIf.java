package dev.haltlab.trace.replay;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.trace.PluginFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What other strategies would have made of the recorded halts: how many wake-ups they would have caught polling, how
 * long the others would have waited for the thread to run, and what polling would have cost.
 *
 * <p>The wake-ups come when they came in the recording: of a halt that slept, at its end less the {@link WakeLatency};
 * of a halt that did not, at its end. A strategy whose budget reaches the wake-up catches it at no latency and pays the
 * time up to it; one whose budget does not pays the budget in vain, and the latency is added. Where the recording's own
 * poll was given up because another thread wanted the CPU, any strategy that yields gives up too, at a moment that is
 * not known: it sleeps, and its poll is counted as nothing.
 */
public final class WhatIf implements HaltListener {
  private final WakeLatency.Estimate latency;
  private final List<Candidate> candidates = new ArrayList<>();
  private final Candidate[] all;

  private final Tally recorded = new Tally();
  private long halts;
  private long givenUp;
  private long forbidden;

  /**
   * A strategy to be tried.
   *
   * @param name as in reports
   * @param strategy makes an instance for a vCPU of that number
   */
  public record Trial(String name, IntFunction<HaltPoll> strategy) {}

  /**
   * What came of one strategy.
   *
   * @param name as in reports
   * @param bound whether it judges with hindsight, so that no strategy can be like it
   * @param caught wake-ups that came while it polled
   * @param slept wake-ups of a sleeping thread
   * @param addedNs sum of the wake-up latencies of those; no meaning if there is no estimate
   * @param vainNs CPU time polled before going to sleep all the same
   * @param polledNs CPU time polled in all
   */
  public record Row(
      String name, boolean bound, long caught, long slept, long addedNs, long vainNs, long polledNs) {}

  /**
   * What came of it all.
   *
   * @param latency what was taken from the length of each halt that slept
   * @param halts how many there are
   * @param givenUp halts whose poll the recording kernel gave up for another thread
   * @param forbidden halts whose guest did not let the recording kernel poll
   * @param recorded what the recording itself shows
   * @param trials the strategies, in the order given
   */
  public record Outcome(
      WakeLatency.Estimate latency, long halts, long givenUp, long forbidden, Row recorded, List<Row> trials) {}

  /**
   * Nothing tried yet.
   *
   * @param latency what recorded lengths contain; if there is no estimate nothing is taken away
   */
  public WhatIf(WakeLatency.Estimate latency, List<Trial> trials) {
    this.latency = latency;
    trials.forEach(trial -> candidates.add(new Candidate(trial)));
    this.all = candidates.toArray(new Candidate[0]);
  }

  /** What came of it so far. */
  public Outcome outcome() {
    List<Row> rows = new ArrayList<>();
    candidates.forEach(candidate -> rows.add(candidate.tally.row(candidate.trial.name(), candidate.bound)));
    return new Outcome(latency, halts, givenUp, forbidden, recorded.row("recorded", false), List.copyOf(rows));
  }

  @Override
  public void halt(
      int vcpu, long startNs, long haltNs, boolean slept, boolean valid, long budgetNs, long latencyNs) {
    halts++;
    boolean yielded = slept && budgetNs > 0 && haltNs <= budgetNs;
    givenUp += yielded ? 1 : 0;
    forbidden += budgetNs == FORBIDDEN ? 1 : 0;
    long wakeNs = latencyNs == UNKNOWN ? latency.ns() : latencyNs;
    long arrivalNs = haltNs;
    if (slept) {
      // a wake-up within the window would have been caught, unless the poll was given up
      arrivalNs = Math.max(haltNs - wakeNs, yielded ? 0 : Math.min(Math.max(0, budgetNs), haltNs));
    }
    recorded.add(!slept, slept ? haltNs - arrivalNs : 0, slept ? yielded ? 0 : Math.max(0, budgetNs) : haltNs);
    for (Candidate candidate : all) {
      candidate.vcpu(vcpu).halt(startNs, arrivalNs, wakeNs, yielded, valid);
    }
  }

  private static final class Tally {
    private long caught;
    private long slept;
    private long addedNs;
    private long vainNs;
    private long polledNs;

    void add(boolean hit, long waitedNs, long pollNs) {
      polledNs += pollNs;
      if (hit) {
        caught++;
      } else {
        slept++;
        addedNs += waitedNs;
        vainNs += pollNs;
      }
    }

    Row row(String name, boolean bound) {
      return new Row(name, bound, caught, slept, addedNs, vainNs, polledNs);
    }
  }

  private static final class Candidate {
    private final Trial trial;
    private final Tally tally = new Tally();
    private final boolean bound;
    private Judge[] judges = new Judge[0];

    Candidate(Trial trial) {
      this.trial = trial;
      this.bound = trial.strategy().apply(0) instanceof HaltPoll.Hindsight;
    }

    Judge vcpu(int vcpu) {
      return vcpu < judges.length ? judges[vcpu] : more(vcpu);
    }

    private Judge more(int vcpu) {
      Judge[] grown = Arrays.copyOf(judges, Math.max(vcpu + 1, judges.length * 2));
      for (int i = judges.length; i < grown.length; i++) {
        grown[i] = new Judge(trial, i, tally);
      }
      judges = grown;
      return judges[vcpu];
    }
  }

  /** One strategy on one vCPU. */
  private static final class Judge {
    private final String name;
    private final Tally tally;
    private final HaltPoll strategy;
    private final boolean hindsight;
    private final boolean yields;
    private long nowNs;

    Judge(Trial trial, int vcpu, Tally tally) {
      this.name = trial.name();
      this.tally = tally;
      this.strategy = trial.strategy().apply(vcpu);
      this.hindsight = strategy instanceof HaltPoll.Hindsight;
      this.yields = strategy.yields();
    }

    void halt(long recordedStartNs, long arrivalNs, long wakeNs, boolean yielded, boolean valid) {
      long startNs = Math.max(nowNs, recordedStartNs);
      long budgetNs = budget(startNs);
      boolean givesUp = yielded && yields && !hindsight;
      boolean hit = budgetNs > 0 && arrivalNs <= budgetNs && !givesUp;
      long polledNs = hit ? arrivalNs : hindsight || givesUp ? 0 : budgetNs;
      long blockNs = hit ? arrivalNs : arrivalNs + wakeNs;
      nowNs = startNs + blockNs;
      tally.add(hit, wakeNs, polledNs);
      woken(blockNs, polledNs, !hit, valid);
    }

    private long budget(long startNs) {
      long budgetNs;
      try {
        budgetNs = strategy.budget(startNs);
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        throw new PluginFault("the halt-poll strategy " + name + " threw in budget: " + e, e);
      }
      if (budgetNs < 0) {
        throw new PluginFault("the halt-poll strategy " + name + " answered a negative budget: " + budgetNs, null);
      }
      return budgetNs;
    }

    private void woken(long blockNs, long polledNs, boolean slept, boolean valid) {
      try {
        strategy.woken(nowNs, blockNs, polledNs, slept, valid);
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        throw new PluginFault("the halt-poll strategy " + name + " threw in woken: " + e, e);
      }
    }
  }
}
