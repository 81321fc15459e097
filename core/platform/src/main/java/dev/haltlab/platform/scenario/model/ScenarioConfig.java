package dev.haltlab.platform.scenario.model;

import dev.haltlab.platform.config.Doc;
import java.util.Map;
import java.util.Optional;

/** A whole scenario. */
public record ScenarioConfig(
    @Doc("Name of the scenario, as results bear it.") String scenario,
    @Doc("Root of all random numbers: the same plan and seed give the same result, bit by bit.") long seed,
    @Doc("The machine.") HostConfig host,
    @Doc("Halt-poll strategy of every vCPU, the host's module parameter. A VM's own wins.") Slot haltPoll,
    @Doc("The VM whose transactions are reported first. Without it the first one.") Optional<String> measure,
    @Doc("The same guest on the same CPU with the hypervisor taken out. Needs one VM, each vCPU pinned to a pCPU of "
        + "its own; haltPoll is ignored.") boolean native_,
    @Doc("The virtual machines by name.") Map<String, VmConfig> vms,
    @Doc("How long and how often.") RunConfig run,
    @Doc("Variants by name: each is laid over the scenario, and exactly these run, in this order. Without it one "
        + "variant, base, runs.") Variants compare) {

  /** What holds where the file says nothing. */
  public static ScenarioConfig defaults() {
    return new ScenarioConfig(
        Required.byUser(), 1, HostConfig.defaults(), Slot.of("adaptive"), Optional.empty(), false, Required.byUser(),
        RunConfig.defaults(), Variants.NONE);
  }
}
