package dev.haltlab.trace.replay;

import dev.haltlab.spi.IdlePolicy;
import java.util.List;

/** Makes the idle policy that follows the guest kernel's rule, with the parameters of a recording. */
public interface GuestRules {

  /**
   * The policy of one guest CPU with its limit at 0. Its first state is POLL, every other one a halt.
   *
   * @param cpu number of the CPU
   * @param parameters at the start of the recording
   * @param changes that were made since, in the order of time
   * @throws dev.haltlab.trace.UnfitRuleException if the policy cannot follow that kernel or those parameters
   */
  IdlePolicy create(int cpu, Parameters parameters, List<Change> changes);

  /** The longest limit in force, ns: the maximum the kernel compares a halt with. */
  long maxNs(Parameters parameters, List<Change> changes);
}
