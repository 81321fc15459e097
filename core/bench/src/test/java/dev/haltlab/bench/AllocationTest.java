package dev.haltlab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.haltlab.engine.Simulation;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.engine.sim.Calendar;
import dev.haltlab.engine.sim.Stream;
import dev.haltlab.engine.sim.Streams;
import dev.haltlab.spi.Basis;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Sampler;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins that nothing hot allocates: a boxed number or a captured lambda on the way of an event would pass every other
 * test, and cost a third of the speed. Here and not beside the code, because only the class path sees the JVM's counter
 * without the product's modules having to require it.
 */
final class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int TIMES = 1_000_000;

  @ParameterizedTest
  @ValueSource(ints = {4, 16})
  void theCalendarAllocatesNothing(int slots) {
    Calendar calendar = new Calendar(slots);
    for (int slot = 0; slot < slots; slot++) {
      calendar.schedule(slot, slot);
    }
    assertThat(bytesOf(() -> drive(calendar, slots))).isLessThan(TIMES / 100);
  }

  private static void drive(Calendar calendar, int slots) {
    for (int i = 0; i < TIMES; i++) {
      int slot = calendar.next();
      calendar.cancel((slot + 1) % slots);
      calendar.schedule((slot + 1) % slots, calendar.nowNs() + 5);
      long time = calendar.nowNs() + 1 + (i * 31 & 15);
      if (calendar.precedes(slot, time)) {
        calendar.advanceTo(time);
      }
      calendar.schedule(slot, calendar.nowNs() + 1 + (i * 7 & 15));
    }
  }

  @Test
  void aDrawAllocatesNothing() {
    Stream stream = new Streams(1, 0).stream("allocation");
    Cost cost = new Cost(500, 700, 900, 2_000, 9_000, new Cost.Rare(100_000, 20_000_000), Basis.ASSUMED, "test");
    Sampler quantiles = cost.sampler(stream);
    Sampler exponential = Dist.exponential(Duration.ofNanos(1000)).sampler(stream);
    long[] sum = {0};
    assertThat(
            bytesOf(
                () -> {
                  for (int i = 0; i < TIMES; i++) {
                    sum[0] += quantiles.nextNs() + exponential.nextNs() + stream.nextInt(6);
                  }
                }))
        .isLessThan(TIMES / 100);
    assertThat(sum[0]).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Specs.Variant.class)
  void aTransactionAllocatesNothing(Specs.Variant variant) {
    Run brief = new Run(Specs.tcpRr(variant, 100_000_000));
    Run tenfold = new Run(Specs.tcpRr(variant, 1_000_000_000));
    long more = bytesOf(tenfold) - bytesOf(brief); // what building a run and its outcome allocate falls out
    long transactions = tenfold.transactions - brief.transactions;
    assertThat(transactions).isGreaterThan(10_000);
    // histograms may grow by a few kilobytes when a longer run meets a larger value
    assertThat(more).as("bytes more for %s transactions more", transactions).isLessThan(transactions / 2);
  }

  /** The least of three, after a warm-up: a compiler thread's neighbour may be charged to us once. */
  private static long bytesOf(Runnable work) {
    work.run();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      work.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  private static final class Run implements Runnable {
    private final SimulationSpec spec;
    private long transactions;

    Run(SimulationSpec spec) {
      this.spec = spec;
    }

    @Override
    public void run() {
      try {
        transactions = Simulation.run(spec, 0).vms().get(0).transactions();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
