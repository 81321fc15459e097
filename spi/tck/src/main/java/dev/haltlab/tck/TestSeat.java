package dev.haltlab.tck;

import dev.haltlab.spi.HostView;
import dev.haltlab.spi.Seat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A seat on a made-up host, which notes when it is asked at the wrong time. */
final class TestSeat implements Seat, HostView {
  private final int vcpu;
  private final int vcpus;
  private final SplittableRandom random;
  private boolean open;
  private long asked;
  private String early = "";

  /** The only vCPU of a guest; equal seeds make equal seats. */
  TestSeat(long seed) {
    this(seed, 0, 1);
  }

  TestSeat(long seed, int vcpu, int vcpus) {
    this.vcpu = vcpu;
    this.vcpus = vcpus;
    this.random = new SplittableRandom(seed);
  }

  /** From now on the host may be asked. */
  void open() {
    open = true;
    asked++;
  }

  /** From now on it may not. */
  void close() {
    open = false;
  }

  /** The host's method that was called while it was closed; empty if none was. */
  String calledWhileClosed() {
    return early;
  }

  @Override
  public String vm() {
    return "guest";
  }

  @Override
  public int vcpu() {
    return vcpu;
  }

  @Override
  public int vcpus() {
    return vcpus;
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
    note("otherRunnable()");
    return (int) (asked % 3);
  }

  @Override
  public long stealNs() {
    note("stealNs()");
    return asked * 1_000;
  }

  @Override
  public boolean siblingBusy() {
    note("siblingBusy()");
    return asked % 2 == 0;
  }

  private void note(String method) {
    if (!open && early.isEmpty()) {
      early = method;
    }
  }
}
