package dev.haltlab.spi;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A distribution of durations. In YAML: {@code 100us} (always that), {@code { exponential: 100us }}, {@code { uniform:
 * [5us, 20us] }}, {@code { quantiles: { min: 1us, p50: 2us, p90: 3us, p99: 9us, max: 20us } }}.
 */
@Stability(Stability.Level.STABLE)
public sealed interface Dist {

  /** The mean in ns, rounded down. */
  long meanNs();

  /**
   * Compiles the distribution to a table over {@code random}. Done when the run is built; the sampler allocates nothing.
   */
  default Sampler sampler(RandomGenerator random) {
    return Sampler.of(this, random);
  }

  /** Always the same duration. */
  static Dist fixed(Duration value) {
    return new Fixed(value);
  }

  /** Exponential with this mean: the waiting time of a Poisson process. */
  static Dist exponential(Duration mean) {
    return new Exponential(mean);
  }

  /** Uniform between the two. */
  static Dist uniform(Duration from, Duration to) {
    return new Uniform(from, to);
  }

  /**
   * Always the same duration.
   *
   * @param value at least 0
   */
  record Fixed(Duration value) implements Dist {
    public Fixed {
      notNegative("value", value);
    }

    @Override
    public long meanNs() {
      return value.toNanos();
    }
  }

  /**
   * Exponential.
   *
   * @param mean at least 0
   */
  record Exponential(Duration mean) implements Dist {
    public Exponential {
      notNegative("mean", mean);
    }

    @Override
    public long meanNs() {
      return mean.toNanos();
    }
  }

  /**
   * Uniform over [from, to].
   *
   * @param from at least 0
   * @param to at least {@code from}
   */
  record Uniform(Duration from, Duration to) implements Dist {
    public Uniform {
      notNegative("from", from);
      notBelow("to", to, from);
    }

    @Override
    public long meanNs() {
      return (from.toNanos() + to.toNanos()) / 2;
    }
  }

  /**
   * Quantiles joined by straight lines.
   *
   * @param min smallest value, at least 0
   * @param p50 median
   * @param p90 90 % are at most this
   * @param p99 99 % are at most this
   * @param max largest value
   */
  record Quantiles(Duration min, Duration p50, Duration p90, Duration p99, Duration max) implements Dist {
    public Quantiles {
      notNegative("min", min);
      notBelow("p50", p50, min);
      notBelow("p90", p90, p50);
      notBelow("p99", p99, p90);
      notBelow("max", max, p99);
    }

    @Override
    public long meanNs() {
      return Cost.meanPs(min.toNanos(), p50.toNanos(), p90.toNanos(), p99.toNanos(), max.toNanos());
    }
  }

  private static void notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative");
    }
  }

  private static void notBelow(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new IllegalArgumentException(name + " must not be less than the one before it");
    }
  }
}
