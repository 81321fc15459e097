package dev.haltlab.bench;

import dev.haltlab.engine.sim.Calendar;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The classic hold model: take the earliest of N pending events, and its handler schedules its own next one an
 * exponential time later. An operation is a hold. With five handler classes the call cannot be predicted, as when
 * plugins answer; that is the harder and truer case.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:-UseCompressedOops"})
public class CalendarHold {
  private static final int HOLDS = 10_000;
  private static final int GAPS = 1 << 12;
  private static final double MEAN_NS = 1e6;

  @Param({"2", "8", "16", "1024", "65536"})
  int pending;

  @Param({"1", "5"})
  int handlerClasses;

  private final long[] gaps = gaps();
  private Calendar calendar = new Calendar(1);
  private Handler[] handlers = {};
  private int at;

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    calendar = new Calendar(pending);
    handlers = new Handler[pending];
    for (int slot = 0; slot < pending; slot++) {
      handlers[slot] =
          switch (random.nextInt(handlerClasses)) {
            case 0 -> new Plain();
            case 1 -> new PlusOne();
            case 2 -> new PlusTwo();
            case 3 -> new PlusThree();
            default -> new PlusFour();
          };
      calendar.schedule(slot, gaps[slot & (GAPS - 1)]);
    }
  }

  @Benchmark
  @OperationsPerInvocation(HOLDS)
  public long hold() {
    Calendar c = calendar;
    Handler[] h = handlers;
    long[] g = gaps;
    int next = at;
    for (int i = 0; i < HOLDS; i++) {
      int slot = c.next();
      h[slot].handle(c, slot, g[next++ & (GAPS - 1)]);
    }
    at = next;
    return c.nowNs();
  }

  /** Drawn beforehand and handed in, so that the queue and the call are measured and not the draw. */
  private static long[] gaps() {
    SplittableRandom random = new SplittableRandom(2);
    long[] gaps = new long[GAPS];
    for (int i = 0; i < GAPS; i++) {
      gaps[i] = (long) (-MEAN_NS * StrictMath.log(1 - random.nextDouble()));
    }
    return gaps;
  }

  interface Handler {
    void handle(Calendar calendar, int slot, long gapNs);
  }

  static final class Plain implements Handler {
    @Override
    public void handle(Calendar calendar, int slot, long gapNs) {
      calendar.schedule(slot, calendar.nowNs() + gapNs);
    }
  }

  static final class PlusOne implements Handler {
    @Override
    public void handle(Calendar calendar, int slot, long gapNs) {
      calendar.schedule(slot, calendar.nowNs() + gapNs + 1);
    }
  }

  static final class PlusTwo implements Handler {
    @Override
    public void handle(Calendar calendar, int slot, long gapNs) {
      calendar.schedule(slot, calendar.nowNs() + gapNs + 2);
    }
  }

  static final class PlusThree implements Handler {
    @Override
    public void handle(Calendar calendar, int slot, long gapNs) {
      calendar.schedule(slot, calendar.nowNs() + gapNs + 3);
    }
  }

  static final class PlusFour implements Handler {
    @Override
    public void handle(Calendar calendar, int slot, long gapNs) {
      calendar.schedule(slot, calendar.nowNs() + gapNs + 4);
    }
  }
}
