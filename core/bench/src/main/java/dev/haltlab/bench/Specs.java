package dev.haltlab.bench;

import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.haltpoll.Adaptive;
import dev.haltlab.haltpoll.Off;
import dev.haltlab.host.IvyBridge;
import dev.haltlab.idle.Nohz;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.WorkloadProvider;
import dev.haltlab.workload.TcpRr;
import java.util.List;

/** The shipped scenario tcp-rr-2vcpu, put together without YAML: what is measured is the engine. */
public final class Specs {
  private static final long WARMUP_NS = 100_000_000;

  private Specs() {}

  /** Request and response between two pinned vCPUs on hardware of their own. */
  static SimulationSpec tcpRr(Variant variant, long forNs) {
    return switch (variant) {
      case NATIVE -> tcpRr(new Off(), true, forNs);
      case KVM -> tcpRr(new Off(), false, forNs);
      case KVM_ADAPTIVE -> tcpRr(new Adaptive(), false, forNs);
    };
  }

  private static <H extends Record> SimulationSpec tcpRr(HaltPollProvider<H> strategy, boolean onHardware, long forNs) {
    return tcpRr(strategy, new Nohz(), new TcpRr(), onHardware, forNs);
  }

  private static <H extends Record, I extends Record, W extends Record> SimulationSpec tcpRr(
      HaltPollProvider<H> strategy, IdlePolicyProvider<I> idle, WorkloadProvider<W> workload, boolean onHardware,
      long forNs) {
    SimulationSpec.Host host =
        new SimulationSpec.Host(new IvyBridge().defaults(), KernelVersion.parse("3.11"), 1000, 2, 0, List.of());
    SimulationSpec.Vm guest =
        new SimulationSpec.Vm(
            "guest", KernelVersion.parse("3.16"), 250, true, 2, List.of(0, 1), false,
            seat -> strategy.create(strategy.defaults(), seat),
            seat -> idle.create(idle.defaults(), seat),
            g -> workload.define(workload.defaults(), g));
    return new SimulationSpec(1, onHardware, host, List.of(guest), 0, WARMUP_NS, forNs);
  }

  /** What is compared. */
  public enum Variant {
    NATIVE,
    KVM,
    KVM_ADAPTIVE
  }
}
