package dev.haltlab.engine.measure;

import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.Recorder;

/** How one thread spends its time, told to a recorder span by span. Exists only where there is a recorder. */
public final class Track {
  private final Recorder recorder;
  private final int thread;
  private final boolean isVcpu;

  private int pcpu;
  private int way;
  private int label;
  private long sinceNs;

  /**
   * A thread that does nothing yet, at time 0.
   *
   * @param thread as in {@link Recorder}
   * @param pcpu where it starts
   * @param way how it starts spending its time, by {@link CpuTime}
   * @param label its path step; {@link Recorder#NONE} makes it a host task
   */
  public Track(Recorder recorder, int thread, int pcpu, int way, int label) {
    this.recorder = recorder;
    this.thread = thread;
    this.isVcpu = label != Recorder.NONE;
    this.pcpu = pcpu;
    this.way = way;
    this.label = label;
  }

  /** To whom it is told. */
  public Recorder recorder() {
    return recorder;
  }

  /** Which thread this is. */
  public int thread() {
    return thread;
  }

  /** From {@code atNs} on it spends its time another way, or at another step. */
  public void spends(int newWay, int newLabel, long atNs) {
    if (newWay != way || newLabel != label) {
      tellUpTo(atNs);
      way = newWay;
      label = newLabel;
    }
  }

  /** From {@code atNs} on it is on another pCPU. */
  public void movesTo(int newPcpu, long atNs) {
    if (newPcpu != pcpu) {
      tellUpTo(atNs);
      pcpu = newPcpu;
    }
  }

  /** What it does now it has done since {@code fromNs}, though nobody knew. Not before the last change. */
  public void spentSince(int newWay, int newLabel, long fromNs) {
    long atNs = Math.max(fromNs, sinceNs);
    tellUpTo(atNs);
    way = newWay;
    label = newLabel;
  }

  /** Tells what it has done since the last change, as far as {@code atNs}. */
  public void tellUpTo(long atNs) {
    if (atNs > sinceNs) {
      PcpuState place = CpuTime.ofPcpu(way);
      recorder.spent(
          thread, pcpu, isVcpu ? CpuTime.ofVcpu(way).ordinal() : Recorder.NONE,
          place == null ? Recorder.NONE : place.ordinal(), label, sinceNs, atNs);
      sinceNs = atNs;
    }
  }
}
