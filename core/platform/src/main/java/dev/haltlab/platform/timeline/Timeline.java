package dev.haltlab.platform.timeline;

import dev.haltlab.engine.ExitReason;
import dev.haltlab.engine.MsrRegister;
import dev.haltlab.engine.PathStep;
import dev.haltlab.engine.PcpuState;
import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.VcpuState;
import dev.haltlab.platform.scenario.Plan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one replication of one variant during [{@code fromNs}, {@code toNs}) of simulated time. Times are ns
 * from the start of the replication; what reaches beyond is cut. Indices are those of {@link Recorder}.
 *
 * @param variant what ran
 * @param replication index from 0
 * @param threads what each thread did, in order of time: it tiles the window
 * @param idle idle times of all pCPUs
 * @param exits of each vCPU, in order of time; none natively
 * @param halts halts that ended in the window
 * @param ipis reschedule interrupts sent and handled in the window
 * @param runs when each vCPU ran a task
 * @param verbs what each task was at
 * @param messages sent in the window
 * @param transactions that overlap the window, in order of their start
 * @param names of tasks, queues and probes
 */
public record Timeline(
    Plan.Variant variant,
    int replication,
    long fromNs,
    long toNs,
    List<List<Span>> threads,
    List<Idle> idle,
    List<List<Exit>> exits,
    List<Halt> halts,
    List<Ipi> ipis,
    List<Run> runs,
    List<VerbSpan> verbs,
    List<Message> messages,
    List<Transaction> transactions,
    Names names) {

  /** Names by VM and index. */
  public record Names(List<List<String>> tasks, List<List<String>> queues, List<List<String>> probes) {}

  /** A stretch of time, never empty. */
  public interface Stretch {
    /** Begin, ns. */
    long fromNs();

    /** End, ns. */
    long toNs();

    /** Length, ns. */
    default long ns() {
      return toNs() - fromNs();
    }
  }

  /**
   * What a thread did.
   *
   * @param state null for a host task
   * @param place null while it is not on its pCPU
   * @param step null for a host task
   */
  public record Span(
      int pcpu, @Nullable VcpuState state, @Nullable PcpuState place, @Nullable PathStep step, long fromNs, long toNs)
      implements Stretch {}

  /** A pCPU in a C-state. */
  public record Idle(int pcpu, int cstate, long fromNs, long toNs) implements Stretch {}

  /** A vCPU out of guest mode. */
  public record Exit(ExitReason reason, @Nullable MsrRegister register, long fromNs, long toNs) implements Stretch {
    /** The reason, with the register if it is the write of one. */
    public String title() {
      return register == null ? reason.name() : reason.name() + " " + register.name();
    }
  }

  /** A halt, and the window the strategy then showed; −1 if none. */
  public record Halt(
      int vcpu, long fromNs, long pollEndNs, boolean polled, boolean hit, long windowNs, long toNs) {}

  /** A reschedule interrupt: ICR write, arrival, handler. */
  public record Ipi(int from, int to, long sentNs, long arrivedNs, long handledNs) {}

  /** A task on a vCPU. */
  public record Run(int vm, int task, int vcpu, long fromNs, long toNs) implements Stretch {}

  /** A task at a verb; {@code queue} is {@link Recorder#NONE} if it has none. */
  public record VerbSpan(int vm, int task, Recorder.Verb verb, int queue, long fromNs, long toNs)
      implements Stretch {}

  /** A message or signal; {@code receiver} is {@link Recorder#NONE} while nobody has taken it. */
  public record Message(int vm, int queue, int sender, long sentNs, int receiver, long takenNs) {}

  /**
   * A transaction.
   *
   * @param number counts within its probe, from 0
   * @param startNs when it began, maybe before the window
   * @param stopNs when it ended, or was given up; −1 if not within what was recorded
   * @param counted whether it ended and counts; not so the first that ends after the warm-up, which opens the count
   * @param parts its critical path within the window
   */
  public record Transaction(
      int vm, int probe, long number, long startNs, long stopNs, boolean counted, List<Part> parts) {}

  /** A part of a critical path; {@code vcpu} is {@link Recorder#NONE} where nobody worked at it. */
  public record Part(int vcpu, PathStep step, long fromNs, long toNs) implements Stretch {}

  /** Number of vCPUs: the threads with smaller indices. */
  public int vcpus() {
    return exits.size();
  }

  /** The VM of a vCPU. */
  public int vmOf(int vcpu) {
    int vm = 0;
    int first = 0;
    while (vcpu >= first + variant.spec().vms().get(vm).vcpus()) {
      first += variant.spec().vms().get(vm++).vcpus();
    }
    return vm;
  }

  /** Index of a vCPU within its VM. */
  public int indexInVm(int vcpu) {
    int first = 0;
    for (int vm = 0; vm < vmOf(vcpu); vm++) {
      first += variant.spec().vms().get(vm).vcpus();
    }
    return vcpu - first;
  }
}
