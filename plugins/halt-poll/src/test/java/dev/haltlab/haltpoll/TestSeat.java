package dev.haltlab.haltpoll;

import dev.haltlab.spi.HostView;
import dev.haltlab.spi.Seat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** One vCPU of one, on a host that shows what a test sets. */
final class TestSeat implements Seat, HostView {
  int otherRunnable;
  long stealNs;
  boolean siblingBusy;

  private final RandomGenerator random = new SplittableRandom(1);

  @Override
  public String vm() {
    return "guest";
  }

  @Override
  public int vcpu() {
    return 0;
  }

  @Override
  public int vcpus() {
    return 1;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public HostView host() {
    return this;
  }

  @Override
  public int otherRunnable() {
    return otherRunnable;
  }

  @Override
  public long stealNs() {
    return stealNs;
  }

  @Override
  public boolean siblingBusy() {
    return siblingBusy;
  }
}
