package dev.haltlab.bench;

import dev.haltlab.engine.Outcome;
import dev.haltlab.engine.Simulation;
import dev.haltlab.engine.SimulationSpec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The full model: a replication of tcp-rr-2vcpu from construction to outcome. Read the line {@code run:transactions},
 * transactions a second; a replication is long enough that building it does not count. What a transaction allocates is a
 * test, AllocationTest, because it is 0 or wrong.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:-UseCompressedOops"})
public class TcpRrBench {
  private static final long FOR_NS = 5_000_000_000L;

  @Param({"NATIVE", "KVM", "KVM_ADAPTIVE"})
  Specs.Variant variant = Specs.Variant.KVM;

  private SimulationSpec spec = Specs.tcpRr(variant, FOR_NS);

  @Setup
  public void assemble() {
    spec = Specs.tcpRr(variant, FOR_NS);
  }

  @Benchmark
  public Outcome run(Counted counted) throws InterruptedException {
    Outcome outcome = Simulation.run(spec, 0);
    counted.transactions += outcome.vms().get(0).transactions();
    counted.events += outcome.calendarEvents();
    return outcome;
  }

  /** What a run was made of; JMH divides by time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counted {
    public long transactions;
    public long events;
  }
}
