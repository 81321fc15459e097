package dev.haltlab.spi;

import java.util.random.RandomGenerator;

/**
 * A VM being populated. Valid only inside {@link WorkloadProvider#define}.
 *
 * <p>Checked by {@code required_302_declarationsFitTheVm}, {@code required_309_guestsShareNothing},
 * {@code required_310_guestIsUsedInDefineOnly}.
 */
@Stability(Stability.Level.STABLE)
public interface Guest {
  /** In {@link #task}: the guest's scheduler chooses the vCPU. */
  int ANY = -1;

  /** Number of vCPUs, at least 1. */
  int vcpus();

  /** A stream of random numbers that depends on the run's seed, the VM and {@code name} only. */
  RandomGenerator random(String name);

  /** Makes a socket. Names are unique within the VM. */
  Socket socket(String name);

  /** Makes an event. Names are unique within the VM. */
  Event event(String name, boolean autoReset);

  /** Makes a probe. The first one made is the VM's transaction. Names are unique within the VM. */
  Probe probe(String name);

  /**
   * Makes a task, runnable at time 0. Tasks of one vCPU start in the order of these calls.
   *
   * @param vcpu where it runs, 0 to {@code vcpus() - 1}, or {@link #ANY}
   */
  void task(String name, int vcpu, Body body);

  /**
   * Adds background timers of the guest kernel's timer wheel on one vCPU: housekeeping that is served by the tick, keeps
   * it when due within one tick, and bounds how long it may stop.
   *
   * @param interval time from one expiry to the next, rounded up to the guest's tick as the wheel does
   */
  void wheelTimers(int vcpu, Dist interval);
}
