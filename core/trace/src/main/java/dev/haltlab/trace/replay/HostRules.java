package dev.haltlab.trace.replay;

import dev.haltlab.spi.HaltPoll;
import java.util.List;

/** Makes the strategy that follows the kernel's rule, with the parameters of a recording. */
public interface HostRules {

  /**
   * The rule of one vCPU with its window at 0.
   *
   * @param vcpu its number in the recording, from 0
   * @param parameters at the start of the recording
   * @param changes that were made since, in the order of time; times are on the clock the strategy will be given
   * @throws dev.haltlab.trace.UnfitRuleException if the strategy cannot follow that kernel or those parameters
   */
  HaltPoll create(int vcpu, Parameters parameters, List<Change> changes);
}
