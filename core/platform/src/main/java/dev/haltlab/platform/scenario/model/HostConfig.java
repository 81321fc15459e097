package dev.haltlab.platform.scenario.model;

import dev.haltlab.engine.HostIdleGovernor;
import dev.haltlab.platform.config.Doc;
import dev.haltlab.spi.KernelVersion;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The machine. */
public record HostConfig(
    @Doc("CPU profile: an installed one, or a file NAME.yaml in config/hosts.") Slot cpu,
    @Doc("Version of the host's Linux, quoted: decides its paths and counters.") KernelVersion kernel,
    @Doc("The host's own tick, per second, 1 to 10000.") int hz,
    @Doc("Number of CPUs, 1 to 1024. Without it as many as the VMs need.") Optional<Integer> pcpus,
    @Doc("Deepest idle state allowed, by its name in the profile. Without it the shallowest.")
        Optional<String> deepestCState,
    @Doc("How it chooses among those: average, the deepest one that the next timer and recent idle periods let expect "
        + "to pay; ladder, as Linux with a periodic tick; deepest, always.") HostIdleGovernor idleGovernor,
    @Doc("How long a pCPU with nothing else to run waits before it switches from a sleeping vCPU to idle: woken "
        + "meanwhile, the vCPU need not be scheduled in. 0 switches at once, as Linux does.") Duration lazySwitch,
    @Doc("How long each turn of a halt poll pauses in TPAUSE before it looks again, at most 100 us. 0 polls with "
        + "PAUSE, as Linux does.") Duration tpause,
    @Doc("Threads of the host other than vCPUs, by name.") Map<String, TaskConfig> tasks) {
  private static final Duration LONGEST_TPAUSE = Duration.ofNanos(100_000);

  public HostConfig {
    Ranges.check("hz", hz, 1, 10_000);
    pcpus.ifPresent(n -> Ranges.check("pcpus", n, 1, 1024));
    Ranges.check("lazySwitch", lazySwitch, true);
    if (tpause.compareTo(LONGEST_TPAUSE) > 0) {
      throw new IllegalArgumentException("tpause must be at most 100us, was " + tpause.toNanos() + "ns");
    }
  }

  /** What holds where the file says nothing. */
  public static HostConfig defaults() {
    return new HostConfig(
        Required.byUser(), new KernelVersion(6, 11, 0), 1000, Optional.empty(), Optional.empty(),
        HostIdleGovernor.AVERAGE, Duration.ZERO, Duration.ZERO, Map.of());
  }
}
