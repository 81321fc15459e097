package dev.haltlab.engine.measure;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.Recorder;
import dev.haltlab.spi.Probe;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Latencies of one probe: a histogram for percentiles, exact sums for everything else, and the tokens in use. */
public final class ProbeRecorder implements Probe {
  private static final PathStep[] STEPS = PathStep.values();
  /** One hour; a longer latency counts in the sums and as one hour in the percentiles. */
  private static final long HIGHEST_NS = 3_600_000_000_000L;

  private final String name;
  private final long[] pathNs = new long[STEPS.length];
  private Histogram histogram = new Histogram(1, HIGHEST_NS, 3);
  private long count;
  private long sumNs;
  private long minNs = Long.MAX_VALUE;
  private long maxNs;

  private Token[] free = new Token[4];
  private int freeCount;
  private long begun;

  private @Nullable Recorder recorder;
  private int vm;
  private int index;

  /** @param name given by the workload */
  public ProbeRecorder(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  /** Tells a recorder of each transaction from now on. */
  public void recordTo(Recorder newRecorder, int ofVm, int ofIndex) {
    recorder = newRecorder;
    vm = ofVm;
    index = ofIndex;
    newRecorder.probe(ofVm, ofIndex, name);
  }

  boolean isRecorded() {
    return recorder != null;
  }

  /** A part of a transaction, for the recorder. */
  void tell(Token token, int vcpu, int step, long fromNs, long toNs) {
    if (recorder != null && toNs > fromNs) {
      recorder.charged(vm, index, token.number(), vcpu, step, fromNs, toNs);
    }
  }

  /** Starts a measurement. */
  public Token begin(long nowNs) {
    Token token = freeCount > 0 ? free[--freeCount] : new Token();
    token.begin(this, begun++, nowNs);
    if (recorder != null) {
      recorder.started(vm, index, token.number(), nowNs);
    }
    return token;
  }

  /** Ends a measurement and records it; the token must be neither held nor parked. */
  public void end(Token token, long nowNs) {
    long latencyNs = nowNs - token.startNs();
    histogram.recordValue(Math.min(latencyNs, HIGHEST_NS));
    count++;
    sumNs += latencyNs;
    if (latencyNs < minNs) {
      minNs = latencyNs;
    }
    if (latencyNs > maxNs) {
      maxNs = latencyNs;
    }
    long[] charged = token.pathNs;
    for (int i = 0; i < charged.length; i++) {
      pathNs[i] += charged[i];
    }
    if (recorder != null) {
      recorder.stopped(vm, index, token.number(), nowNs);
    }
    putBack(token);
  }

  /** Gives a token back without recording it. */
  public void discard(Token token) {
    if (recorder != null) {
      recorder.dropped(vm, index, token.number());
    }
    putBack(token);
  }

  private void putBack(Token token) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = token;
  }

  /** Latencies recorded since the last reset. */
  public long count() {
    return count;
  }

  /** Forgets what was recorded; measurements under way go on. */
  public void reset() {
    histogram.reset();
    count = 0;
    sumNs = 0;
    minNs = Long.MAX_VALUE;
    maxNs = 0;
    Arrays.fill(pathNs, 0);
  }

  /** What was recorded. */
  public Outcome.ProbeOutcome outcome() {
    Map<PathStep, Long> path = new LinkedHashMap<>();
    for (PathStep step : STEPS) {
      path.put(step, pathNs[step.ordinal()]);
    }
    Histogram recorded = histogram;
    histogram = new Histogram(1, HIGHEST_NS, 3);
    return new Outcome.ProbeOutcome(recorded, count, sumNs, minNs, maxNs, path);
  }
}
