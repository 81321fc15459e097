package dev.haltlab.platform.replay;

import dev.haltlab.spi.HostView;
import dev.haltlab.spi.Seat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Where a strategy sits while a recording is replayed. The host shows nothing of itself: a recording does not say who
 * else was runnable.
 */
record ReplaySeat(String vm, int vcpu, RandomGenerator random) implements Seat, HostView {
  ReplaySeat(String vm, int vcpu) {
    this(vm, vcpu, new SplittableRandom(vcpu)); // its numbers are laid down by its Javadoc, the same on every JDK
  }

  @Override
  public int vcpus() {
    return vcpu + 1; // at least: a recording begins with any of them
  }

  @Override
  public HostView host() {
    return this;
  }

  @Override
  public int otherRunnable() {
    return 0;
  }

  @Override
  public long stealNs() {
    return 0;
  }

  @Override
  public boolean siblingBusy() {
    return false;
  }
}
