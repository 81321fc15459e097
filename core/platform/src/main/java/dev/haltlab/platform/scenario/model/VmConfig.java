package dev.haltlab.platform.scenario.model;

import dev.haltlab.engine.ApicTimer;
import dev.haltlab.engine.PassThrough;
import dev.haltlab.platform.config.Doc;
import dev.haltlab.spi.KernelVersion;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A virtual machine. */
public record VmConfig(
    @Doc("Version of its Linux, quoted; none is a bare ring-0 guest: idle is HLT, no tick, no scheduler.")
        GuestKernel kernel,
    @Doc("Its tick, per second, 1 to 10000.") int hz,
    @Doc("Whether each vCPU has the soft-lockup watchdog's timer.") boolean watchdog,
    @Doc("Number of vCPUs, 1 to 1024.") int vcpus,
    @Doc("The pCPU of each vCPU. Empty: the host's scheduler places them.") List<Integer> pin,
    @Doc("The guest has asked the host not to poll for it (poll-control MSR).") boolean forbidHostPoll,
    @Doc("How it programs its timer: by a count (TMICT) or by a deadline (IA32_TSC_DEADLINE).") ApicTimer apicTimer,
    @Doc("What it executes without an exit: hlt, mwait. Both: QEMU's -overcommit cpu-pm=on.")
        Set<PassThrough> passThrough,
    @Doc("Halt-poll strategy of this VM. Without it the scenario's.") Optional<Slot> haltPoll,
    @Doc("What its idle loop does.") Slot idle,
    @Doc("What it runs.") Slot workload) {
  public VmConfig {
    Ranges.check("hz", hz, 1, 10_000);
    Ranges.check("vcpus", vcpus, 1, 1024);
    if (!pin.isEmpty() && pin.size() != vcpus) {
      throw new IllegalArgumentException(
          "pin must name one pCPU for each of the " + vcpus + " vCPUs, it names " + pin.size());
    }
  }

  /** What holds where the file says nothing. */
  public static VmConfig defaults() {
    return new VmConfig(
        new GuestKernel(Optional.of(new KernelVersion(3, 16, 0))), 250, true, 1, List.of(), false,
        ApicTimer.ONE_SHOT, Set.of(), Optional.empty(), Slot.of("nohz"), Required.byUser());
  }
}
