package dev.haltlab.bench;

import dev.haltlab.haltpoll.Adaptive;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HostView;
import dev.haltlab.spi.Seat;
import dev.haltlab.spi.TraceSink;
import dev.haltlab.trace.TraceFile;
import dev.haltlab.trace.TraceScan;
import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.UnreadableTraceException;
import dev.haltlab.trace.format.Ftrace;
import dev.haltlab.trace.replay.HaltListener;
import dev.haltlab.trace.replay.HostReplay;
import dev.haltlab.trace.replay.Parameters;
import dev.haltlab.trace.replay.WakeLatency;
import dev.haltlab.trace.replay.WhatIf;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Recorded halts of eight vCPUs. {@code verify} and {@code whatIf} count halts, each of which is one decision, taken from
 * memory; {@code read} counts lines of ftrace text, {@code readAndVerify} too, with the replay behind the reader.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:-UseCompressedOops"})
public class TraceBench {
  private static final int HALTS = 1 << 16;
  private static final int LINES = 1 << 17;
  private static final int VCPUS = 8;
  private static final long MAX_NS = 200_000;

  private final long[] haltNs = new long[HALTS];
  private final long[] endNs = new long[HALTS];
  private final boolean[] slept = new boolean[HALTS];
  private final byte[][] comms = new byte[VCPUS][];
  private byte[] text = {};

  @Setup
  public void record() {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < VCPUS; i++) {
      comms[i] = ("CPU " + i + "/KVM").getBytes(StandardCharsets.US_ASCII);
    }
    HaltPoll rule = adaptive(0);
    long now = 0;
    for (int i = 0; i < HALTS; i++) {
      haltNs[i] = 1_000 + (long) (-100_000 * StrictMath.log(1 - random.nextDouble()));
      now += 1_000 + haltNs[i];
      endNs[i] = now;
      slept[i] = haltNs[i] > rule.budget(now - haltNs[i]);
      long before = rule.windowNs();
      rule.woken(now, haltNs[i], 0, slept[i], true);
      String head = String.format(
          Locale.ROOT, "       CPU %d/KVM-%d     [%03d] .....  %d.%06d: ", i % VCPUS, 100 + i % VCPUS, i % VCPUS,
          now / 1_000_000_000, now / 1_000 % 1_000_000);
      lines.append(head).append(String.format(
          Locale.ROOT, "kvm_halt_poll_ns: vcpu %d: halt_poll_ns %d (grow %d)%n", i % VCPUS, rule.windowNs(), before));
      lines.append(head).append(String.format(
          Locale.ROOT, "kvm_vcpu_wakeup: %s time %d ns, polling valid%n", slept[i] ? "wait" : "poll", haltNs[i]));
    }
    text = lines.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static HaltPoll adaptive(int vcpu) {
    Adaptive adaptive = new Adaptive();
    return adaptive.create(adaptive.defaults(), new Quiet(vcpu));
  }

  private static HostReplay replay() {
    return new HostReplay(
        new Parameters(Map.of(), null, false), (vcpu, parameters, changes) -> adaptive(vcpu), () -> 1, new Troubles(),
        HaltListener.NONE);
  }

  @Benchmark
  @OperationsPerInvocation(HALTS)
  public HostReplay.Outcome verify() {
    HostReplay replay = replay();
    for (int i = 0; i < HALTS; i++) {
      byte[] comm = comms[i % VCPUS];
      replay.event(endNs[i], i % VCPUS, 100 + i % VCPUS, comm, 0, comm.length);
      replay.kvmVcpuWakeup(haltNs[i], slept[i], true);
    }
    return replay.outcome();
  }

  @Benchmark
  @OperationsPerInvocation(HALTS)
  public WhatIf.Outcome whatIf() {
    WhatIf whatIf = new WhatIf(
        WakeLatency.Estimate.said(40_000), List.of(new WhatIf.Trial("adaptive", TraceBench::adaptive)));
    for (int i = 0; i < HALTS; i++) {
      whatIf.halt(i % VCPUS, endNs[i] - haltNs[i], haltNs[i], slept[i], true, MAX_NS, HaltListener.UNKNOWN);
    }
    return whatIf.outcome();
  }

  @Benchmark
  @OperationsPerInvocation(LINES)
  public long read() throws UnreadableTraceException {
    Troubles troubles = new Troubles();
    TraceScan scan = scan(troubles);
    scan.run(new WakeUps());
    return scan.line() - troubles.dropped();
  }

  @Benchmark
  @OperationsPerInvocation(LINES)
  public HostReplay.Outcome readAndVerify() throws UnreadableTraceException {
    HostReplay replay = replay();
    scan(new Troubles()).run(replay);
    return replay.outcome();
  }

  private TraceScan scan(Troubles troubles) {
    Ftrace format = new Ftrace();
    return new TraceScan(
        new TraceFile("memory", () -> new ByteArrayInputStream(text)), format.create(format.defaults()), troubles);
  }

  /** Hears of wake-ups and adds them up. */
  private static final class WakeUps implements TraceSink {
    private long sumNs;

    @Override
    public void kvmVcpuWakeup(long ns, boolean waited, boolean valid) {
      sumNs += ns;
    }
  }

  /** A seat that shows nothing of its host. */
  private record Quiet(int vcpu) implements Seat, HostView {
    @Override
    public String vm() {
      return "recorded";
    }

    @Override
    public int vcpus() {
      return VCPUS;
    }

    @Override
    public RandomGenerator random() {
      return new SplittableRandom(vcpu);
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
}
