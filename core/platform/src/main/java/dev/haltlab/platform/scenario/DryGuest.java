package dev.haltlab.platform.scenario;

import dev.haltlab.platform.scenario.model.VmConfig;
import dev.haltlab.spi.Body;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.GuestView;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A guest that only checks what a workload declares, so that a workload that cannot run in its VM is a problem of the
 * scenario with a place, and not a failure in the middle of a run.
 */
final class DryGuest implements Guest {
  private final int vcpus;
  private final Set<String> names = new HashSet<>();
  private int tasks;

  DryGuest(int vcpus) {
    this.vcpus = vcpus;
  }

  /** Number of tasks declared. */
  int tasks() {
    return tasks;
  }

  /** A seat on an idle host, for instances that are made to see whether they can be. */
  static Seat seat(String vm, int vcpu, int vcpus, GuestView guest) {
    return new DrySeat(vm, vcpu, vcpus, guest);
  }

  @Override
  public int vcpus() {
    return vcpus;
  }

  @Override
  public RandomGenerator random(String name) {
    return new SplittableRandom(0);
  }

  @Override
  public Socket socket(String name) {
    unique("socket", name);
    return new DrySocket(name);
  }

  @Override
  public Event event(String name, boolean autoReset) {
    unique("event", name);
    return new DryEvent(name);
  }

  @Override
  public Probe probe(String name) {
    unique("probe", name);
    return new DryProbe(name);
  }

  @Override
  public void task(String name, int vcpu, Body body) {
    unique("task", name);
    if (vcpu != ANY) {
      index("task '" + name + "'", vcpu);
    }
    body.bind(new SplittableRandom(0));
    tasks++;
  }

  @Override
  public void wheelTimers(int vcpu, Dist interval) {
    index("its wheel timer", vcpu);
    interval.sampler(new SplittableRandom(0));
  }

  private void index(String what, int vcpu) {
    if (vcpu < 0 || vcpu >= vcpus) {
      throw new IllegalArgumentException(
          what + " is on vCPU " + vcpu + ", the VM has " + (vcpus == 1 ? "vCPU 0 only" : "0 to " + (vcpus - 1)));
    }
  }

  private void unique(String kind, String name) {
    if (!names.add(kind + " " + name)) {
      throw new IllegalArgumentException("it declares two " + kind + "s named '" + name + "'");
    }
  }

  private record DrySocket(String name) implements Socket {}

  private record DryEvent(String name) implements Event {}

  private record DryProbe(String name) implements Probe {}

  /** What an idle policy sees of a CPU of this VM before it runs. */
  static GuestView view(VmConfig config, List<CState> mwaitStates) {
    return new DryView(config.kernel().version(), 1_000_000_000L / config.hz(), mwaitStates);
  }

  private record DryView(Optional<KernelVersion> kernel, long tickPeriodNs, List<CState> mwaitStates)
      implements GuestView {
    @Override
    public long nextEventNs() {
      return Long.MAX_VALUE;
    }

    @Override
    public int pass() {
      return 0;
    }

    @Override
    public boolean tickCame() {
      return false;
    }
  }

  private record DrySeat(String vm, int vcpu, int vcpus, GuestView guest) implements Seat {
    @Override
    public RandomGenerator random() {
      return new SplittableRandom(0);
    }

    @Override
    public HostView host() {
      return IdleHost.INSTANCE;
    }
  }

  private enum IdleHost implements HostView {
    INSTANCE;

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
}
