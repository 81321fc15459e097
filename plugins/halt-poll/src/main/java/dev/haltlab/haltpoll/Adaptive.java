package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Seat;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Linux's own strategy: a window per vCPU that grows after halts which polling a little longer would have caught, and
 * shrinks after long ones. As in the Linux version asked for; {@link AdaptiveRule} is the rule itself and {@link
 * Kernel} what changed in it. Before 4.3 it is one fixed window.
 *
 * <p>Source: {@code kvm_vcpu_halt()} and the functions it calls in virt/kvm/kvm_main.c, in older versions
 * {@code kvm_vcpu_block()}; Documentation/virt/kvm/halt-polling.rst.
 */
public final class Adaptive implements HaltPollProvider<Adaptive.Config> {
  /** A tick of s390, which has HZ=100. */
  private static final long S390_TICK_NS = 10_000_000;

  private static final Duration FIRST_WINDOW = Duration.ofNanos(10_000);
  private static final int MAX_STEAL = 10;
  private static final Duration LATEST = Duration.ofNanos(Long.MAX_VALUE);

  /**
   * The module parameters of {@code kvm}, each an unsigned number of 32 bits, and what a VM may set for itself. What is
   * left out has the default of that kernel and architecture, and what that kernel does not have is ignored, so that
   * one set can be tried on several kernels; {@link #complete} shows what comes of it.
   *
   * @param kernel the Linux whose rule to follow, 4.0 to 7.x; independent of the simulated host's
   * @param arch the architecture whose defaults to take
   * @param max {@code halt_poll_ns}: longest window, and the longest halt that lets it grow; 0 to 4.294967295 s; 0
   *     polls never
   * @param grow {@code halt_poll_ns_grow}: factor by which the window grows; 0 leaves it as it is, or before 5.1
   *     empties it
   * @param growStart {@code halt_poll_ns_grow_start}: first window above 0, and since 5.15 the least one left by
   *     shrinking; 0 to 4.294967295 s; before 5.1 fixed to 10 us
   * @param shrink {@code halt_poll_ns_shrink}: divisor by which it shrinks; 0 resets it to 0
   * @param cap {@code KVM_CAP_HALT_POLL}: this VM's own maximum from its creation on, since 5.8
   * @param maxSteal {@code halt_poll_max_steal}, s390 since 5.2: no polling from this percentage of stolen time on, 0
   *     to 100
   * @param changes what is written while the VM runs, in any order
   */
  public record Config(
      KernelVersion kernel,
      Arch arch,
      Optional<Duration> max,
      Optional<Long> grow,
      Optional<Duration> growStart,
      Optional<Long> shrink,
      Optional<Duration> cap,
      Optional<Integer> maxSteal,
      List<Change> changes) {
    public Config {
      changes = List.copyOf(changes);
      Kernel.require("kernel", kernel);
      max.ifPresent(v -> Unsigned.requireNs("max", v));
      grow.ifPresent(v -> Unsigned.require("grow", v));
      growStart.ifPresent(v -> Unsigned.requireNs("growStart", v));
      shrink.ifPresent(v -> Unsigned.require("shrink", v));
      cap.ifPresent(v -> Unsigned.requireNs("cap", v));
      maxSteal.ifPresent(v -> Unsigned.requireRange("maxSteal", v, 0, 100));
    }

    /** Everything as that kernel has it. */
    static Config of(KernelVersion kernel) {
      return new Config(
          kernel, Arch.X86, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty(), List.of());
    }

    Config complete() {
      Kernel rule = new Kernel(kernel);
      return new Config(
          kernel,
          arch,
          Optional.of(max.orElse(Duration.ofNanos(arch.defaultMaxNs(kernel)))),
          rule.fixed ? Optional.empty() : Optional.of(grow.orElse(2L)),
          rule.fixed ? Optional.empty()
              : Optional.of(rule.growthHasFloor ? growStart.orElse(FIRST_WINDOW) : FIRST_WINDOW),
          rule.fixed ? Optional.empty() : Optional.of(shrink.orElse(rule.defaultShrink)),
          rule.maximumPerVm ? cap : Optional.empty(),
          arch == Arch.S390 && rule.hasVeto ? Optional.of(maxSteal.orElse(MAX_STEAL)) : Optional.empty(),
          changes);
    }
  }

  /**
   * Parameters that are written while the VM runs. Each halt reads them when it starts and again when it ends.
   *
   * @param at when, in simulated time since the start of the run; warm-up counts
   * @param max {@code halt_poll_ns}
   * @param grow {@code halt_poll_ns_grow}
   * @param growStart {@code halt_poll_ns_grow_start}
   * @param shrink {@code halt_poll_ns_shrink}
   * @param cap {@code KVM_CAP_HALT_POLL}, which cannot be taken back
   */
  public record Change(
      Duration at,
      Optional<Duration> max,
      Optional<Long> grow,
      Optional<Duration> growStart,
      Optional<Long> shrink,
      Optional<Duration> cap) {
    public Change {
      if (at.isNegative() || at.compareTo(LATEST) > 0) {
        throw new IllegalArgumentException("at must be 0 to 292 years");
      }
      max.ifPresent(v -> Unsigned.requireNs("max", v));
      grow.ifPresent(v -> Unsigned.require("grow", v));
      growStart.ifPresent(v -> Unsigned.requireNs("growStart", v));
      shrink.ifPresent(v -> Unsigned.require("shrink", v));
      cap.ifPresent(v -> Unsigned.requireNs("cap", v));
      if (max.isEmpty() && grow.isEmpty() && growStart.isEmpty() && shrink.isEmpty() && cap.isEmpty()) {
        throw new IllegalArgumentException("at needs at least one of max, grow, growStart, shrink, cap beside it");
      }
    }
  }

  @Override
  public String id() {
    return "adaptive";
  }

  @Override
  public Config defaults() {
    return Config.of(Kernel.NEWEST);
  }

  @Override
  public Config complete(Config config) {
    return config.complete();
  }

  @Override
  public List<String> advice(Config config) {
    return AdaptiveAdvice.on(config);
  }

  @Override
  public String summary() {
    return "grows and shrinks its window as Linux does (kvm_vcpu_halt), any version from 4.0 on";
  }

  @Override
  public HaltPoll create(Config config, Seat seat) {
    return rule(config, seat);
  }

  static HaltPoll rule(Config config, Seat seat) {
    Config complete = config.complete();
    Kernel kernel = new Kernel(complete.kernel());
    AdaptiveRule.Veto veto =
        complete.maxSteal().isEmpty() ? AdaptiveRule.Veto.NEVER
            : new StolenTime(seat.host(), complete.maxSteal().get(), S390_TICK_NS);
    return new AdaptiveRule(kernel, new Parameters(kernel, complete), veto);
  }
}
