package dev.haltlab.bench;

import dev.haltlab.engine.sim.Streams;
import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
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

/** One draw of a step's price: every step of a transaction pays for it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:-UseCompressedOops"})
public class SamplerBench {

  @Param({"CONSTANT", "COST", "COST_WITH_RARE", "EXPONENTIAL"})
  Shape shape = Shape.CONSTANT;

  private Sampler sampler = Dist.fixed(Duration.ZERO).sampler(new Streams(0, 0).stream("unused"));

  @Setup
  public void compile() {
    RandomGenerator random = new Streams(1, 0).stream("bench");
    Cost cost = new Cost(500_000, 700_000, 900_000, 2_000_000, 9_000_000, Cost.Rare.NONE, Basis.ASSUMED, "benchmark");
    sampler =
        switch (shape) {
          case CONSTANT -> Cost.ofNs(700, Basis.ASSUMED, "benchmark").sampler(random);
          case COST -> cost.sampler(random);
          case COST_WITH_RARE -> cost.withRare(new Cost.Rare(1000, 20_000_000)).sampler(random);
          case EXPONENTIAL -> Dist.exponential(Duration.ofNanos(100_000)).sampler(random);
        };
  }

  @Benchmark
  public long draw() {
    return sampler.nextNs();
  }

  /** What is drawn. */
  public enum Shape {
    CONSTANT,
    COST,
    COST_WITH_RARE,
    EXPONENTIAL
  }
}
