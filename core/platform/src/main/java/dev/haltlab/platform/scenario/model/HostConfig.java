package dev.haltlab.platform.scenario.model;

import dev.haltlab.platform.config.Doc;
import dev.haltlab.spi.KernelVersion;
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
    @Doc("Threads of the host other than vCPUs, by name.") Map<String, TaskConfig> tasks) {
  public HostConfig {
    Ranges.check("hz", hz, 1, 10_000);
    pcpus.ifPresent(n -> Ranges.check("pcpus", n, 1, 1024));
  }

  /** What holds where the file says nothing. */
  public static HostConfig defaults() {
    return new HostConfig(
        Required.byUser(), new KernelVersion(6, 11, 0), 1000, Optional.empty(), Optional.empty(), Map.of());
  }
}
