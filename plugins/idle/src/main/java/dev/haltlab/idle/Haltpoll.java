package dev.haltlab.idle;

import dev.haltlab.spi.IdlePolicy;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest that polls for itself before it halts: Linux's cpuidle governor and driver {@code haltpoll}. It spins for up
 * to a limit per CPU, with the polling flag set, so that a waker sends no interrupt; only then it executes HLT. The
 * limit grows after halts that were short and shrinks after long ones.
 *
 * <p>The driver also asks the host to leave polling to it, where the host can be asked (MSR_KVM_POLL_CONTROL). Unlike
 * the host's own polling it goes on when other threads wait for the physical CPU: they see it as a busy vCPU.
 *
 * <p>Source: drivers/cpuidle/governors/haltpoll.c, Linux 5.4 and later; Documentation/virt/guest-halt-polling.rst.
 */
public final class Haltpoll implements IdlePolicyProvider<Haltpoll.Config> {

  /**
   * The parameters of the module {@code haltpoll}; numbers are unsigned with 32 bits.
   *
   * @param max {@code guest_halt_poll_ns}: longest limit, and the longest halt that lets it grow; 0 to 4.294967295 s
   * @param grow {@code guest_halt_poll_grow}: factor by which the limit grows
   * @param growStart {@code guest_halt_poll_grow_start}: first limit above 0; 0 to 4.294967295 s
   * @param shrink {@code guest_halt_poll_shrink}: divisor by which it shrinks; 0 resets it to 0
   * @param allowShrink {@code guest_halt_poll_allow_shrink}: false keeps a limit that was once reached
   * @param resetBelowStart whether shrinking below {@code growStart} ends at 0. False for Linux 5.4 and up to at least
   *     5.15, where 50 us decays to 25 us, 12.5 us and so on; true by 6.18; kernels between were not looked at
   */
  public record Config(
      Duration max, long grow, Duration growStart, long shrink, boolean allowShrink, boolean resetBelowStart) {
    public Config {
      HaltpollGovernor.requireNs("max", max);
      HaltpollGovernor.require("grow", grow);
      HaltpollGovernor.requireNs("growStart", growStart);
      HaltpollGovernor.require("shrink", shrink);
    }
  }

  @Override
  public String id() {
    return "haltpoll";
  }

  @Override
  public Config defaults() {
    return new Config(Duration.ofNanos(200_000), 2, Duration.ofNanos(50_000), 2, true, true);
  }

  @Override
  public List<String> advice(Config config) {
    List<String> advice = new ArrayList<>();
    if (config.max().isZero()) {
      advice.add("max is 0, so the limit never grows and every idle episode halts at once, as with idle: nohz");
    } else if (config.growStart().compareTo(config.max()) > 0) {
      advice.add("growStart is above max, so the first growth goes straight to max and the limit is all or nothing (the"
          + " slip of a much-copied SAP HANA guide, where it is ten times the maximum: RH bug 1734502)");
    }
    if (config.growStart().isZero() && !config.max().isZero()) {
      advice.add("growStart is 0, and grow times 0 is 0: the limit never leaves 0 and nothing is polled");
    }
    if (!config.allowShrink() || config.shrink() == 1) {
      advice.add((config.allowShrink() ? "shrink is 1" : "allowShrink is false")
          + ", so a limit that was once reached stays and an idle guest polls before every halt");
    }
    return advice;
  }

  @Override
  public String summary() {
    return "polls in the guest before it halts: cpuidle's haltpoll (Linux 5.4)";
  }

  @Override
  public IdlePolicy create(Config config, Seat seat) {
    return new HaltpollGovernor(config);
  }
}
