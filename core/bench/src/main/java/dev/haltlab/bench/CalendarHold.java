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
 * exponential time later. An operation is a hold. With five handler classes the call cannot be predicted, as when plugins
 * answer; that is the harder and truer case.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-XX:+UseSerialGC")
public class CalendarHold {
  private static final int HOLDS = 10_000;
  private static final int GAPS = 1 << 12;
  private static final double MEAN_NS = 1e6;

  @Param({"2", "8", "16", "1024", "65536"})
  int pending;

  @Param({"1", "5"})
  int handlerClasses;

  private Calendar calendar = new Calendar(1);
  private Handler[] handlers = {};
  private Gaps gaps = new Gaps();

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    gaps = new Gaps();
    calendar = new Calendar(pending);
    handlers = new Handler[pending];
    for (int slot = 0; slot < pending; slot++) {
      handlers[slot] =
          switch (random.nextInt(handlerClasses)) {
            case 0 -> new Plain(gaps);
            case 1 -> new PlusOne(gaps);
            case 2 -> new PlusTwo(gaps);
            case 3 -> new PlusThree(gaps);
            default -> new PlusFour(gaps);
          };
      calendar.schedule(slot, gaps.next());
    }
  }

  @Benchmark
  @OperationsPerInvocation(HOLDS)
  public long hold() {
    Calendar c = calendar;
    Handler[] h = handlers;
    for (int i = 0; i < HOLDS; i++) {
      int slot = c.next();
      h[slot].handle(c, slot);
    }
    return c.nowNs();
  }

  interface Handler {
    void handle(Calendar calendar, int slot);
  }

  /** Times drawn beforehand, so that the queue is measured and not the draw. */
  static final class Gaps {
    private final long[] table = new long[GAPS];
    private int at;

    Gaps() {
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < GAPS; i++) {
        table[i] = (long) (-MEAN_NS * StrictMath.log(1 - random.nextDouble()));
      }
    }

    long next() {
      return table[at++ & (GAPS - 1)];
    }
  }

  record Plain(Gaps gaps) implements Handler {
    @Override
    public void handle(Calendar calendar, int slot) {
      calendar.schedule(slot, calendar.nowNs() + gaps.next());
    }
  }

  record PlusOne(Gaps gaps) implements Handler {
    @Override
    public void handle(Calendar calendar, int slot) {
      calendar.schedule(slot, calendar.nowNs() + gaps.next() + 1);
    }
  }

  record PlusTwo(Gaps gaps) implements Handler {
    @Override
    public void handle(Calendar calendar, int slot) {
      calendar.schedule(slot, calendar.nowNs() + gaps.next() + 2);
    }
  }

  record PlusThree(Gaps gaps) implements Handler {
    @Override
    public void handle(Calendar calendar, int slot) {
      calendar.schedule(slot, calendar.nowNs() + gaps.next() + 3);
    }
  }

  record PlusFour(Gaps gaps) implements Handler {
    @Override
    public void handle(Calendar calendar, int slot) {
      calendar.schedule(slot, calendar.nowNs() + gaps.next() + 4);
    }
  }
}
