package dev.haltlab.haltpoll;

import dev.haltlab.spi.KernelVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Configurations of {@code adaptive} as tests need them: the defaults of a kernel with some values set, in ns. */
final class Given {
  private final KernelVersion kernel;
  private Arch arch = Arch.X86;
  private Optional<Duration> max = Optional.empty();
  private Optional<Long> grow = Optional.empty();
  private Optional<Duration> growStart = Optional.empty();
  private Optional<Long> shrink = Optional.empty();
  private Optional<Duration> cap = Optional.empty();
  private Optional<Integer> maxSteal = Optional.empty();
  private final List<Adaptive.Change> changes = new ArrayList<>();

  private Given(KernelVersion kernel) {
    this.kernel = kernel;
  }

  static Given kernel(String version) {
    return new Given(KernelVersion.parse(version));
  }

  Given arch(Arch value) {
    arch = value;
    return this;
  }

  Given max(long ns) {
    max = Optional.of(Duration.ofNanos(ns));
    return this;
  }

  Given grow(long factor) {
    grow = Optional.of(factor);
    return this;
  }

  Given growStart(long ns) {
    growStart = Optional.of(Duration.ofNanos(ns));
    return this;
  }

  Given shrink(long divisor) {
    shrink = Optional.of(divisor);
    return this;
  }

  Given cap(long ns) {
    cap = Optional.of(Duration.ofNanos(ns));
    return this;
  }

  Given maxSteal(int percent) {
    maxSteal = Optional.of(percent);
    return this;
  }

  /** A parameter written at a time: {@code max}, {@code grow}, {@code growStart}, {@code shrink} or {@code cap}. */
  Given at(long atNs, String parameter, long value) {
    Duration time = Duration.ofNanos(atNs);
    Optional<Duration> ns = Optional.of(Duration.ofNanos(value));
    Optional<Long> number = Optional.of(value);
    changes.add(
        switch (parameter) {
          case "max" -> new Adaptive.Change(
              time, ns, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
          case "grow" -> new Adaptive.Change(
              time, Optional.empty(), number, Optional.empty(), Optional.empty(), Optional.empty());
          case "growStart" -> new Adaptive.Change(
              time, Optional.empty(), Optional.empty(), ns, Optional.empty(), Optional.empty());
          case "shrink" -> new Adaptive.Change(
              time, Optional.empty(), Optional.empty(), Optional.empty(), number, Optional.empty());
          case "cap" -> new Adaptive.Change(
              time, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), ns);
          default -> throw new IllegalArgumentException("no such parameter: " + parameter);
        });
    return this;
  }

  Adaptive.Config config() {
    return new Adaptive.Config(kernel, arch, max, grow, growStart, shrink, cap, maxSteal, changes);
  }

  Vcpu vcpu() {
    return vcpu(new TestSeat());
  }

  Vcpu vcpu(TestSeat seat) {
    return new Vcpu(new Adaptive().create(config(), seat));
  }
}
