package dev.haltlab.engine.measure;

import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * One running measurement. It travels with a message; whoever holds it charges it with what they are doing. A token
 * that nobody holds is parked: it waits in a queue or with a task that does not run.
 */
public final class Token {
  private static final int STEPS = PathStep.values().length;

  /** Time charged so far, ns, by {@link PathStep} ordinal. */
  final long[] pathNs = new long[STEPS];

  /** Who charges it now; null while parked. */
  public @Nullable Holder holder;

  private @Nullable ProbeRecorder probe;
  /** Counts within the probe; for recorders. */
  private long number;
  private long startNs;
  private long parkedSinceNs;
  private int parkedAs;
  private long parkedUntilNs;
  private int parkedThen;

  /** Somebody whose elapsed time is charged to the token: a CPU. */
  public interface Holder {
    /** Charges what has passed and lets go of the token, which then belongs to nobody. */
    void release(Token token);
  }

  void begin(ProbeRecorder forProbe, long newNumber, long nowNs) {
    probe = forProbe;
    number = newNumber;
    startNs = nowNs;
    parkedSinceNs = nowNs;
    parkedUntilNs = Long.MAX_VALUE;
    java.util.Arrays.fill(pathNs, 0);
  }

  /** The probe this token measures for. */
  public @Nullable ProbeRecorder probe() {
    return probe;
  }

  long number() {
    return number;
  }

  long startNs() {
    return startNs;
  }

  /** Charges {@code ns} to a step. */
  public void charge(int pathStep, long ns) {
    pathNs[pathStep] += ns;
  }

  /** Tells a recorder, if there is one, that a vCPU has charged it so. */
  public void tell(int vcpu, int pathStep, long fromNs, long toNs) {
    if (probe != null) {
      probe.tell(this, vcpu, pathStep, fromNs, toNs);
    }
  }

  /** Nobody holds the token from now on; the wait will be charged to {@code pathStep}. */
  public void park(long nowNs, int pathStep) {
    parkedSinceNs = nowNs;
    parkedAs = pathStep;
    parkedUntilNs = Long.MAX_VALUE;
  }

  /** As {@link #park}, but from {@code untilNs} > {@code nowNs} on the wait will be charged to {@code thenPathStep}. */
  public void parkUntil(long nowNs, int pathStep, long untilNs, int thenPathStep) {
    park(nowNs, pathStep);
    parkedUntilNs = untilNs;
    parkedThen = thenPathStep;
  }

  /** Ends a wait that {@link #park} or {@link #parkUntil} began. */
  public void unpark(long nowNs) {
    long changeNs = Math.min(nowNs, parkedUntilNs);
    pathNs[parkedAs] += changeNs - parkedSinceNs;
    pathNs[parkedThen] += nowNs - changeNs;
    if (probe != null && probe.isRecorded()) {
      tell(Recorder.NONE, parkedAs, parkedSinceNs, changeNs);
      tell(Recorder.NONE, parkedThen, changeNs, nowNs);
    }
  }
}
