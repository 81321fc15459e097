package example.lawful;

import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Hertz;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Uses what a plugin may use: lambdas, records, enums, switches, text, assertions, exact and strict mathematics. */
public final class Careful implements HaltPollProvider<Careful.Config> {
  static final long DEFAULT_NS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long[] TABLE = new long[16];
  private static final List<String> NAMES = List.of("a", "b");

  static {
    for (int i = 0; i < TABLE.length; i++) {
      TABLE[i] = Math.round(StrictMath.exp(i) * DEFAULT_NS);
    }
  }

  /** How. */
  public enum Mode { CALM, EAGER }

  /** Nested. */
  public record Limits(Duration most, Optional<Integer> divisor) {}

  /** All that may be set. */
  public record Config(
      boolean on, int count, long number, Mode mode, String title, Duration window, Hertz clock, Bytes size, Dist time,
      Cost cost, KernelVersion kernel, Limits limits, List<Long> steps, Map<String, Limits> perVm,
      Optional<List<Mode>> modes) {
    public Config {
      if (count < 0) {
        throw new IllegalArgumentException("count must be at least 0, was " + count);
      }
      steps = List.copyOf(steps);
    }
  }

  @Override
  public String id() {
    return "careful";
  }

  @Override
  public Config defaults() {
    return new Config(
        true, 1, 2, Mode.CALM, NAMES.get(0), Duration.ofNanos(DEFAULT_NS), new Hertz(1), new Bytes(1),
        Dist.fixed(Duration.ZERO), Cost.ofNs(1, dev.haltlab.spi.Basis.ASSUMED, "x"), KernelVersion.parse("6.1"),
        new Limits(Duration.ZERO, Optional.empty()), List.of(), Map.of(), Optional.empty());
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    RandomGenerator random = seat.random();
    Deque<long[]> once = new ArrayDeque<>();
    assert once.isEmpty();
    Runnable warm = () -> once.add(TABLE.clone());
    warm.run();
    return switch (config.mode()) {
      case CALM -> now -> TABLE[random.nextInt(TABLE.length)];
      case EAGER -> now -> Math.max(seat.host().stealNs(), Math.abs(now % 7) + config.title().hashCode());
    };
  }
}
