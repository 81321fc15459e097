package dev.haltlab.engine;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;
import dev.haltlab.spi.Step;

/**
 * What one replication of one variant measured. Counts and sums only, so that replications pool exactly.
 *
 * <p>The counting window runs from the first transaction of the primary VM completed after the warm-up to the first
 * completed at or after the end; without transactions it is exactly the configured time.
 *
 * @param simulatedNs length of the counting window, ns
 * @param vms in the order of the spec
 * @param pcpus in order
 * @param hostTasks in the order of the spec
 * @param calendarEvents events taken from the calendar in the whole replication; for {@code --stats}
 * @param stepsCharged steps of the profile that were drawn at least once in this replication: only these influence it
 */
public record Outcome(
    long simulatedNs,
    List<Vm> vms,
    List<Pcpu> pcpus,
    List<HostTask> hostTasks,
    long calendarEvents,
    Set<Step> stepsCharged) {

  /**
   * One VM.
   *
   * @param name as in the spec
   * @param transactions stops of its first probe within the window
   * @param probes by name, in the order of declaration; the first is the transaction
   * @param exits by reason; all zero natively
   * @param msrWrites by register, a split of MSR_WRITE
   * @param halts KVM's counters
   * @param vcpus in order
   */
  public record Vm(
      String name,
      long transactions,
      Map<String, ProbeOutcome> probes,
      Map<ExitReason, Count> exits,
      Map<MsrRegister, Count> msrWrites,
      Halts halts,
      List<Vcpu> vcpus) {}

  /**
   * How often, and how long each took.
   *
   * @param count number
   * @param timeNs summed time, ns; for exits from the exit to the next entry
   * @param minNs the shortest; {@link Long#MAX_VALUE} if none
   * @param maxNs the longest; 0 if none
   * @param squares the exact sum of the squared times, ns²
   */
  public record Count(long count, long timeNs, long minNs, long maxNs, BigInteger squares) {
    /** None. */
    public static final Count NONE = new Count(0, 0, Long.MAX_VALUE, 0, BigInteger.ZERO);

    /** Both taken together. */
    public Count plus(Count other) {
      return new Count(
          count + other.count, timeNs + other.timeNs, Math.min(minNs, other.minNs), Math.max(maxNs, other.maxNs),
          squares.add(other.squares));
    }
  }

  /**
   * One probe.
   *
   * @param histogram latencies, ns, three significant digits; not to be changed
   * @param count number of latencies
   * @param sumNs their exact sum
   * @param minNs the exact smallest; {@link Long#MAX_VALUE} if none
   * @param maxNs the exact largest; 0 if none
   * @param path the exact split of {@code sumNs} over steps; sums to it
   */
  public record ProbeOutcome(
      Histogram histogram, long count, long sumNs, long minNs, long maxNs, Map<PathStep, Long> path) {}

  /**
   * KVM's halt counters of a VM, by their names in the kernel's statistics, and what the simulator adds.
   *
   * @param attemptedPoll halt_attempted_poll
   * @param successfulPoll halt_successful_poll
   * @param pollInvalid halt_poll_invalid
   * @param wakeup halt_wakeup: sleeping vCPUs woken by a kick
   * @param pollSuccessNs halt_poll_success_ns
   * @param pollFailNs halt_poll_fail_ns: time polled in vain
   * @param waitNs halt_wait_ns: time asleep
   * @param exits halt_exits
   * @param pollCutShort polls given up because another thread was runnable
   * @param decisions decisions after which the strategy showed a window
   * @param windowSumNs sum of the windows it showed after each decision
   * @param windowMaxNs the largest window it showed; −1 if it shows none
   */
  public record Halts(
      long attemptedPoll, long successfulPoll, long pollInvalid, long wakeup,
      long pollSuccessNs, long pollFailNs, long waitNs, long exits, long pollCutShort,
      long decisions, long windowSumNs, long windowMaxNs) {
    /** Both summed; the maximum of the maxima. */
    public Halts plus(Halts o) {
      return new Halts(
          attemptedPoll + o.attemptedPoll, successfulPoll + o.successfulPoll, pollInvalid + o.pollInvalid, wakeup + o.wakeup,
          pollSuccessNs + o.pollSuccessNs, pollFailNs + o.pollFailNs, waitNs + o.waitNs, exits + o.exits,
          pollCutShort + o.pollCutShort, decisions + o.decisions, windowSumNs + o.windowSumNs,
          Math.max(windowMaxNs, o.windowMaxNs));
    }
  }

  /**
   * One vCPU.
   *
   * @param id index in its VM
   * @param byState time in each state; sums to the window
   */
  public record Vcpu(int id, Map<VcpuState, Long> byState) {}

  /**
   * One pCPU.
   *
   * @param id index
   * @param byState time in each state; sums to the window
   * @param byCState idle time by C-state name; sums to {@link PcpuState#IDLE}
   */
  public record Pcpu(int id, Map<PcpuState, Long> byState, Map<String, Long> byCState) {}

  /**
   * One host task.
   *
   * @param name as in the spec
   * @param cpuNs CPU time it got within the window
   * @param wantedNs CPU time its activations in the window asked for
   */
  public record HostTask(String name, long cpuNs, long wantedNs) {}
}
