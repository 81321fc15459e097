package dev.haltlab.engine;

import dev.haltlab.spi.Guest;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Seat;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One variant of a scenario, ready to run. Factories are called anew for each replication.
 *
 * @param seed root of every random stream
 * @param nativeRun the same guest on the same CPU with the hypervisor taken out; needs exactly one VM, pinned
 * @param host the machine
 * @param vms at least one; names are unique
 * @param primaryVm index of the VM whose first probe is the run's transaction
 * @param warmupNs simulated time before counting may start, ns, at least 0
 * @param forNs simulated time to count, ns, at least 1
 */
public record SimulationSpec(
    long seed, boolean nativeRun, Host host, List<Vm> vms, int primaryVm, long warmupNs, long forNs) {

  public SimulationSpec {
    vms = List.copyOf(vms);
    if (vms.isEmpty()) {
      throw new IllegalArgumentException("vms must name at least one VM");
    }
    if (primaryVm < 0 || primaryVm >= vms.size()) {
      throw new IllegalArgumentException("primaryVm must be an index into vms, was " + primaryVm);
    }
    if (warmupNs < 0) {
      throw new IllegalArgumentException("warmupNs must be at least 0, was " + warmupNs);
    }
    if (forNs < 1) {
      throw new IllegalArgumentException("forNs must be at least 1, was " + forNs);
    }
    Set<String> names = new HashSet<>();
    for (Vm vm : vms) {
      if (!names.add(vm.name)) {
        throw new IllegalArgumentException("vms: two VMs are named '" + vm.name + "'");
      }
      for (int pcpu : vm.pin) {
        if (pcpu < 0 || pcpu >= host.pcpus) {
          throw new IllegalArgumentException(
              "vms: '" + vm.name + "' is pinned to pCPU " + pcpu + ", the host has 0 to " + (host.pcpus - 1));
        }
      }
    }
    if (nativeRun) {
      if (vms.size() != 1) {
        throw new IllegalArgumentException("native needs exactly one VM, there are " + vms.size());
      }
      Vm only = vms.get(0);
      Set<Integer> places = new HashSet<>(only.pin);
      if (only.pin.isEmpty() || places.size() != only.pin.size()) {
        throw new IllegalArgumentException("native needs each vCPU of '" + only.name + "' pinned to a pCPU of its own");
      }
    }
  }

  /**
   * The machine.
   *
   * @param profile prices, C-states and features of its CPU
   * @param kernel version of its Linux: which wake-up path and counters it has
   * @param hz its own tick, per second, 1 to 10,000
   * @param pcpus number of CPUs, 1 to 1024
   * @param deepestCState index into the profile's C-states: the deepest one allowed
   * @param idleGovernor how it chooses among the C-states allowed
   * @param lazySwitchNs how long a pCPU with nothing to run keeps the context of the thread that went to sleep, ns, at
   *     least 0: woken meanwhile, a vCPU need not be scheduled in
   * @param tpauseNs how long a halt poll pauses between two looks (TPAUSE), ns, at least 0; 0 for a plain PAUSE
   * @param tasks threads of the host other than vCPUs
   */
  public record Host(
      HostProfile profile, KernelVersion kernel, int hz, int pcpus, int deepestCState, HostIdleGovernor idleGovernor,
      long lazySwitchNs, long tpauseNs, List<HostTask> tasks) {
    public Host {
      tasks = List.copyOf(tasks);
      if (hz < 1 || hz > 10_000) {
        throw new IllegalArgumentException("hz must be 1 to 10000, was " + hz);
      }
      if (pcpus < 1 || pcpus > 1024) {
        throw new IllegalArgumentException("pcpus must be 1 to 1024, was " + pcpus);
      }
      if (deepestCState < 0 || deepestCState >= profile.cstates().size()) {
        throw new IllegalArgumentException("deepestCState must be an index into the profile's C-states");
      }
      if (lazySwitchNs < 0) {
        throw new IllegalArgumentException("lazySwitch must be at least 0 ns, was " + lazySwitchNs);
      }
      if (tpauseNs < 0) {
        throw new IllegalArgumentException("tpause must be at least 0 ns, was " + tpauseNs);
      }
      for (HostTask task : tasks) {
        if (task.pcpu >= pcpus) {
          throw new IllegalArgumentException(
              "tasks: '" + task.name + "' is placed on pCPU " + task.pcpu + ", the host has 0 to " + (pcpus - 1));
        }
      }
    }

    /** A host with the plain idle governor, which switches to idle at once and polls with PAUSE. */
    public Host(
        HostProfile profile, KernelVersion kernel, int hz, int pcpus, int deepestCState, List<HostTask> tasks) {
      this(profile, kernel, hz, pcpus, deepestCState, HostIdleGovernor.AVERAGE, 0, 0, tasks);
    }
  }

  /**
   * A host thread that becomes runnable every period and then runs for a burst. A burst not shorter than the period
   * makes it always runnable.
   *
   * @param name as in reports
   * @param pcpu where it runs; −1 lets the scheduler choose
   * @param periodNs from one activation to the next, ns, at least 1
   * @param burstNs CPU time wanted each period, ns, at least 1
   */
  public record HostTask(String name, int pcpu, long periodNs, long burstNs) {
    public HostTask {
      if (periodNs < 1) {
        throw new IllegalArgumentException("period must be at least 1 ns, was " + periodNs);
      }
      if (burstNs < 1) {
        throw new IllegalArgumentException("burst must be at least 1 ns, was " + burstNs);
      }
    }
  }

  /**
   * A virtual machine.
   *
   * @param name as in reports
   * @param kernel version of its Linux; null for a bare ring-0 guest: idle is HLT, no tick, no scheduler or system call
   *     costs
   * @param hz its tick, per second, 1 to 10,000
   * @param watchdog whether each vCPU has the soft-lockup watchdog's 4 s high-resolution timer
   * @param vcpus number of vCPUs, 1 to 1024
   * @param pin pCPU of each vCPU; empty lets the host scheduler place them
   * @param forbidHostPoll the guest has written 0 to the poll-control MSR
   * @param apicTimer how it programs its timer
   * @param passThrough what it executes without an exit
   * @param haltPoll makes the strategy of a vCPU
   * @param idle makes the idle policy of a vCPU
   * @param workload populates the guest
   */
  public record Vm(
      String name,
      @Nullable KernelVersion kernel,
      int hz,
      boolean watchdog,
      int vcpus,
      List<Integer> pin,
      boolean forbidHostPoll,
      ApicTimer apicTimer,
      Set<PassThrough> passThrough,
      Function<Seat, HaltPoll> haltPoll,
      Function<Seat, IdlePolicy> idle,
      Consumer<Guest> workload) {
    public Vm {
      pin = List.copyOf(pin);
      passThrough = Collections.unmodifiableSet(new LinkedHashSet<>(passThrough));
      if (hz < 1 || hz > 10_000) {
        throw new IllegalArgumentException("hz must be 1 to 10000, was " + hz);
      }
      if (vcpus < 1 || vcpus > 1024) {
        throw new IllegalArgumentException("vcpus must be 1 to 1024, was " + vcpus);
      }
      if (!pin.isEmpty() && pin.size() != vcpus) {
        throw new IllegalArgumentException(
            "pin must name one pCPU for each of the " + vcpus + " vCPUs, it names " + pin.size());
      }
    }

    /** A guest with one-shot timers to whom nothing is passed through. */
    public Vm(
        String name, @Nullable KernelVersion kernel, int hz, boolean watchdog, int vcpus, List<Integer> pin,
        boolean forbidHostPoll, Function<Seat, HaltPoll> haltPoll, Function<Seat, IdlePolicy> idle,
        Consumer<Guest> workload) {
      this(
          name, kernel, hz, watchdog, vcpus, pin, forbidHostPoll, ApicTimer.ONE_SHOT, Set.of(), haltPoll, idle, workload);
    }
  }
}
