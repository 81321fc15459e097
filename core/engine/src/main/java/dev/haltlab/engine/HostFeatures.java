package dev.haltlab.engine;

import dev.haltlab.spi.Feature;
import dev.haltlab.spi.KernelVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which features of a CPU the Linux on it uses: it must know them, and some need others.
 *
 * <p>Source: merges of arch/x86/kvm (AVIC and the preemption timer 4.7, pi_inject_timer 5.3, IPI virtualisation 6.0, Idle
 * HLT 6.15); the module options enable_apicv, enable_ipiv and avic; kvm_can_post_timer_interrupt(),
 * kvm_can_use_hv_timer().
 */
public final class HostFeatures {
  private HostFeatures() {}

  /** Whether that kernel uses that one of a CPU's features. */
  public static boolean uses(Feature feature, Set<Feature> features, KernelVersion kernel) {
    return features.contains(feature) && whyUnused(feature, features, kernel) == null;
  }

  /** Why that kernel does not use that one of a CPU's features, in words that follow its name; null if it does. */
  public static @Nullable String whyUnused(Feature feature, Set<Feature> features, KernelVersion kernel) {
    return switch (feature) {
      case VIRTUAL_EOI, PV_EOI, POSTED_INTERRUPTS, HOST_MWAIT_IDLE -> null;
      case PREEMPTION_TIMER -> features.contains(Feature.AVIC) ? "is Intel's, and avic AMD's" : since(4, 7, kernel);
      case IDLE_HLT -> since(6, 15, kernel);
      case AVIC -> posted(features, since(4, 7, kernel));
      case POSTED_TIMER -> posted(features, since(5, 3, kernel));
      case IPI_VIRTUALIZATION -> features.contains(Feature.AVIC)
          ? "is Intel's, and avic AMD's" : posted(features, since(6, 0, kernel));
    };
  }

  private static @Nullable String since(int major, int minor, KernelVersion kernel) {
    return kernel.atLeast(major, minor) ? null : "is used since Linux " + major + "." + minor + ", and the host has " + kernel;
  }

  private static @Nullable String posted(Set<Feature> features, @Nullable String otherwise) {
    return features.contains(Feature.POSTED_INTERRUPTS) ? otherwise : "needs postedInterrupts";
  }
}
