package dev.haltlab.haltpoll;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Seat;
import java.util.List;

/**
 * {@link Adaptive} under the name of a release, for people who look for theirs: {@code linux-5.4} is {@code adaptive}
 * with {@code kernel: "5.4"}. There is one for each change of the rule, where a release is named that people run.
 */
public abstract class LinuxRelease implements HaltPollProvider<Adaptive.Config> {
  private final KernelVersion kernel;
  private final String difference;

  private LinuxRelease(int major, int minor, String difference) {
    this.kernel = new KernelVersion(major, minor, 0);
    this.difference = difference;
  }

  @Override
  public final String id() {
    return "linux-" + kernel;
  }

  @Override
  public final String summary() {
    return "as Linux " + kernel + ": " + difference;
  }

  @Override
  public final Adaptive.Config defaults() {
    return Adaptive.Config.of(kernel);
  }

  @Override
  public final Adaptive.Config complete(Adaptive.Config config) {
    if (config.kernel().major() != kernel.major() || config.kernel().minor() != kernel.minor()) {
      throw new IllegalArgumentException(
          "kernel must be " + kernel + " or one of its stable releases, was " + config.kernel()
              + "; use: adaptive takes any version");
    }
    return config.complete();
  }

  @Override
  public final List<String> advice(Adaptive.Config config) {
    return AdaptiveAdvice.on(config);
  }

  @Override
  public final HaltPoll create(Adaptive.Config config, Seat seat) {
    return Adaptive.rule(complete(config), seat);
  }

  /** The first one that polls. */
  public static final class V4_0 extends LinuxRelease {
    /** For the service loader. */
    public V4_0() {
      super(4, 0, "one fixed window, 0 unless set");
    }
  }

  /** A window per vCPU. */
  public static final class V4_3 extends LinuxRelease {
    /** For the service loader. */
    public V4_3() {
      super(4, 3, "the window adapts, and may pass the maximum for good");
    }
  }

  /** Growth is limited. */
  public static final class V4_4 extends LinuxRelease {
    /** For the service loader. */
    public V4_4() {
      super(4, 4, "growth ends at the maximum");
    }
  }

  /** Wake-ups for another vCPU. */
  public static final class V4_7 extends LinuxRelease {
    /** For the service loader. */
    public V4_7() {
      super(4, 7, "a long halt that ends for another vCPU shrinks the window");
    }
  }

  /** The same after short halts. */
  public static final class V4_19 extends LinuxRelease {
    /** For the service loader. */
    public V4_19() {
      super(4, 19, "any halt that ends for another vCPU shrinks the window");
    }
  }

  /** The first window is a parameter. */
  public static final class V5_4 extends LinuxRelease {
    /** For the service loader. */
    public V5_4() {
      super(5, 4, "the first window can be set");
    }
  }

  /** A maximum per VM. */
  public static final class V5_10 extends LinuxRelease {
    /** For the service loader. */
    public V5_10() {
      super(5, 10, "a VM keeps the maximum it was created with, but grows up to the module's");
    }
  }

  /** Growth is limited by the VM's own maximum. */
  public static final class V5_14 extends LinuxRelease {
    /** For the service loader. */
    public V5_14() {
      super(5, 14, "a VM keeps the maximum it was created with");
    }
  }

  /** Shrinking has a floor. */
  public static final class V5_15 extends LinuxRelease {
    /** For the service loader. */
    public V5_15() {
      super(5, 15, "shrinking below the first window ends at 0");
    }
  }

  /** The maximum can be changed again, and cuts late. */
  public static final class V6_1 extends LinuxRelease {
    /** For the service loader. */
    public V6_1() {
      super(6, 1, "a VM follows the module again, and the window is cut back at the next halt");
    }
  }

  /** Shrinking halves. */
  public static final class V6_11 extends LinuxRelease {
    /** For the service loader. */
    public V6_11() {
      super(6, 11, "shrinking halves the window instead of emptying it");
    }
  }
}
