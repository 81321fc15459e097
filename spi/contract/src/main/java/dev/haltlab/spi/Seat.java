package dev.haltlab.spi;

import java.util.random.RandomGenerator;

/** Where a per-vCPU instance sits: its VM, its vCPU, its random numbers and what it may see of the host. */
@Stability(Stability.Level.STABLE)
public interface Seat {
  /** Name of the VM, as in the scenario. */
  String vm();

  /** Index of the vCPU in its VM, from 0. */
  int vcpu();

  /** Number of vCPUs of the VM, at least 1. */
  int vcpus();

  /**
   * This instance's own random numbers: the same for every plugin in this seat, so that variants meet the same draws.
   * The only randomness a plugin may use.
   */
  RandomGenerator random();

  /** What the host shows of itself at the moment of the call. */
  HostView host();

  /** What its guest CPU shows of itself at the moment of the call; only an idle policy's seat shows more than nothing. */
  default GuestView guest() {
    return GuestView.QUIET;
  }
}
