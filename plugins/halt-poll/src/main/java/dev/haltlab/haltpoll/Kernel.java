package dev.haltlab.haltpoll;

import dev.haltlab.spi.KernelVersion;

/**
 * How the grow/shrink rule of one Linux version differs from the others', one switch per difference, each with the
 * commit that threw it. Bug fixes that stable releases took over count from the release that has them; a distribution's
 * own backports are not known, as its version numbers do not tell.
 *
 * <p>Two differences are none of the rule's but of the host that runs it, and the simulated host's own kernel decides
 * them: from 5.13 a poll ends on need_resched() too (262de4102c7b), and from 5.17 a poll counts as successful unless
 * its thread was scheduled out, where before the loop itself had to see the interrupt. The rule looks at neither.
 */
final class Kernel {
  static final KernelVersion NEWEST = new KernelVersion(7, 1, 0);

  private static final int[][] CAPPED_BY_VM_IN_STABLE = {{5, 10, 38}, {5, 11, 22}, {5, 12, 5}};
  private static final int[][] FLOORED_IN_STABLE = {{5, 4, 152}, {5, 10, 72}, {5, 14, 11}};

  /** There is one window for ever, the module's parameter: before the per-vCPU window of 4.3 (19020f8ab83d). */
  final boolean fixed;
  /** A maximum of 0 empties the window; 4.3 forgot to, and polled on. */
  final boolean zeroMaximumEmpties;
  /** Growth stops at a limit (313f636d5c49, in 4.4's stable releases), until the next halt's start took over. */
  final boolean clampsGrowth;
  /** That limit is the module's parameter although the maximum is the VM's, before 258785ef08b3. */
  final boolean clampsGrowthToModule;
  /** The window is cut back to the maximum when the next halt starts (97b6847ac10b). */
  final boolean clampsAtHalt;
  /** A wake-up that was for another vCPU shrinks a window that did not cover it (3491caf2755e). */
  final boolean longInvalidShrinks;
  /** A wake-up that was for another vCPU shrinks the window whatever else holds (2086d3200d0e). */
  final boolean invalidShrinks;
  /** Growth never ends below the first window, which is a parameter, and a factor of 0 is none (49113d360bde). */
  final boolean growthHasFloor;
  /** Shrinking below the first window ends at 0 (ae232ea46088). */
  final boolean shrinkingHasFloor;
  /** The maximum is the VM's own: the module's parameter when it was created, or KVM_CAP_HALT_POLL (acd05785e48c). */
  final boolean maximumPerVm;
  /** Only a VM that used KVM_CAP_HALT_POLL has a maximum of its own, others follow the module (175d5dc79dcb). */
  final boolean followsModule;
  /** {@code halt_poll_ns_grow} and {@code halt_poll_ns_shrink} can be written at run time (6b6de68c6397). */
  final boolean factorsWritable;
  /** The architecture may veto a poll, which freezes the window (cdd6ad3ac639). */
  final boolean hasVeto;
  /** What {@code halt_poll_ns_shrink} is unless set (aeb1b22a3ac8). */
  final long defaultShrink;

  private final KernelVersion version;

  Kernel(KernelVersion version) {
    this.version = version;
    fixed = !version.atLeast(4, 3);
    zeroMaximumEmpties = version.atLeast(4, 4);
    clampsAtHalt = version.atLeast(6, 1);
    clampsGrowth = version.atLeast(4, 4) && !clampsAtHalt;
    maximumPerVm = version.atLeast(5, 8);
    followsModule = version.atLeast(6, 1);
    clampsGrowthToModule = maximumPerVm && !version.atLeast(5, 13) && !isIn(CAPPED_BY_VM_IN_STABLE);
    longInvalidShrinks = version.atLeast(4, 7);
    invalidShrinks = version.atLeast(4, 8);
    growthHasFloor = version.atLeast(5, 1);
    shrinkingHasFloor = version.atLeast(5, 15) || isIn(FLOORED_IN_STABLE);
    factorsWritable = version.atLeast(4, 6);
    hasVeto = version.atLeast(5, 2);
    defaultShrink = version.atLeast(6, 11) ? 2 : 0;
  }

  /**
   * Whether there is a rule to follow.
   *
   * @throws IllegalArgumentException if the version is older than halt polling, or newer than what is known
   */
  static void require(String name, KernelVersion version) {
    if (!version.atLeast(4, 0)) {
      throw new IllegalArgumentException(
          name + " must be 4.0 or later, was " + version + ": before, KVM did not poll, as with haltPoll: off");
    }
    if (version.major() > NEWEST.major()) {
      throw new IllegalArgumentException(
          name + " must be 4.0 to " + NEWEST.major() + ".x, was " + version
              + ": its rule is not known; the newest known is " + NEWEST);
    }
  }

  private boolean isIn(int[][] stable) {
    for (int[] since : stable) {
      if (version.major() == since[0] && version.minor() == since[1] && version.patch() >= since[2]) {
        return true;
      }
    }
    return false;
  }

  /** {@code Linux 6.11}. */
  @Override
  public String toString() {
    return "Linux " + version;
  }
}
