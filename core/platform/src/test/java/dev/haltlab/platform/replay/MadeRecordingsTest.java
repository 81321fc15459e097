package dev.haltlab.platform.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.trace.UnreadableTraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pins: a kernel whose rule differs from a second reading of its sources, written straight down as one function of
 * version and parameters, on any halts and with parameters changed in mid-recording. Of real kernels there are recordings
 * of two only.
 */
class MadeRecordingsTest {
  private static final int RECORDINGS = 25;
  private static final Catalog CATALOG = Catalogs.load(new CatalogRequest(List.of()));
  private static final ReplayRequest AS_RECORDED = new ReplayRequest(
      Map.of(), null, false, null, ReplayRequest.HOST_RULE, ReplayRequest.GUEST_RULE, List.of(), OptionalLong.empty());

  @ParameterizedTest
  @ValueSource(strings = {
      "4.3.3", "4.4.0", "4.5.0", "4.6.2", "4.7.1", "4.8.0", "4.19.0-21-amd64", "5.0.1", "5.1.0", "5.4.0-42-generic",
      "5.4.152", "5.7.3", "5.8.0", "5.10.37", "5.10.71", "5.10.72", "5.12.4", "5.12.5", "5.13.0", "5.14.10", "5.14.11",
      "5.15.0-91-generic", "5.16.4", "5.17.0", "6.0.12", "6.1.0-56-cloud-amd64", "6.5.0", "6.10.3", "6.11.0", "6.18.44",
      "7.0.0", "7.1.2"})
  void theRuleFollowsTheKernel(String kernel) throws Exception {
    SplittableRandom random = new SplittableRandom(kernel.hashCode());
    for (int i = 0; i < RECORDINGS; i++) {
      Replayed replayed = replay(new Host(kernel, random).record(300));
      assertThat(replayed.parts().get(0).firstMismatch()).as("recording " + i + " of " + kernel).isEmpty();
      assertThat(replayed.differs()).isFalse();
      assertThat(replayed.troubles().first()).isEmpty();
    }
  }

  private static Replayed replay(List<String> lines) throws UnreadableTraceException {
    try {
      return new Replayer(CATALOG, AS_RECORDED).replay(Recordings.of(lines));
    } catch (ProblemsException e) {
      throw new AssertionError(e);
    }
  }

  /** A host with one vCPU and what it would trace. */
  private static final class Host {
    private static final long[] MAXIMA =
        {0, 5_000, 10_000, 50_000, 132_000, 200_000, 200_000, 400_000, 500_000, 1_000_000, 3_000_000_000L};
    private static final long WRAP = 0xFFFF_FFFFL;

    private final SplittableRandom random;
    private final String kernel;
    private final int version;
    private final int patch;
    private final boolean forbidden;
    private final long atCreation;
    private long module;
    private long grow;
    private long growStart;
    private long shrink;
    private long cap = -1;
    private long window;
    private long timeNs = 1_000_000_000_000L;
    private final List<String> lines = new ArrayList<>();

    Host(String kernel, SplittableRandom random) {
      String[] numbers = kernel.split("-")[0].split("\\.");
      this.kernel = kernel;
      this.version = Integer.parseInt(numbers[0]) * 100 + Integer.parseInt(numbers[1]);
      this.patch = Integer.parseInt(numbers[2]);
      this.random = random;
      this.module = pick(MAXIMA);
      this.atCreation = module;
      this.grow = pick(0, 1, 2, 2, 2, 3, 4, 10, random.nextInt(100));
      this.growStart = version < 501 ? 10_000 : pick(0, 1, 5_000, 10_000, 10_000, 80_000, 200_000, 500_000);
      this.shrink = pick(0, 1, 2, 2, 3, 4, 8);
      if (version >= 508 && random.nextInt(3) == 0) {
        this.cap = pick(0, 5_000, 50_000, 120_000, 200_000, 1_000_000, 4_000_000_000L);
      }
      this.forbidden = version >= 502 && random.nextInt(16) == 0;
    }

    private long pick(long... from) {
      return from[random.nextInt(from.length)];
    }

    List<String> record(int halts) {
      lines.add("# haltlab kernel=" + kernel);
      lines.add("# haltlab halt_poll_ns=" + module);
      lines.add("# haltlab grow=" + grow);
      lines.add("# haltlab grow_start=" + growStart);
      lines.add("# haltlab shrink=" + shrink);
      lines.add("# haltlab cap=" + (cap < 0 ? "" : cap));
      lines.add("# haltlab nopoll=" + (forbidden ? 1 : 0));
      boolean changes = random.nextBoolean();
      for (int i = 0; i < halts; i++) {
        halt(changes && random.nextInt(30) == 0);
      }
      return lines;
    }

    private long max() {
      return cap >= 0 ? cap : version >= 508 && version < 601 ? atCreation : module;
    }

    private void halt(boolean changed) {
      timeNs += 2_000 + random.nextInt(100_000);
      if (version >= 601) {
        window = Math.min(window, max());
      }
      long haltNs = length();
      boolean slept = window == 0 || haltNs > window || random.nextInt(12) == 0;
      if (changed) {
        write(timeNs + haltNs / 2);
      }
      timeNs += haltNs;
      String traced = forbidden ? null : decide(haltNs, max());
      if (traced != null) {
        line(timeNs, "kvm_halt_poll_ns: vcpu 0: halt_poll_ns " + traced);
      }
      line(timeNs, "kvm_vcpu_wakeup: " + (slept ? "wait" : "poll") + " time " + haltNs + " ns"
          + (version < 407 ? "" : ", polling valid"));
    }

    private long length() {
      long max = max();
      return Math.max(1, switch (random.nextInt(6)) {
        case 0 -> max + random.nextInt(3) - 1;
        case 1 -> window + random.nextInt(2);
        case 2 -> random.nextInt(20_000);
        case 3 -> 300_000 + random.nextInt(3_000_000);
        default -> random.nextInt(250_000);
      });
    }

    /** What the kernel traces of its decision; null if nothing. */
    private String decide(long haltNs, long max) {
      if (max == 0) {
        window = version >= 404 ? 0 : window;
        return null;
      }
      if (haltNs <= window) {
        return null;
      }
      long old = window;
      if (window != 0 && haltNs > max) {
        window = shrink == 0 ? 0 : window / shrink;
        boolean resets = version >= 515 || (version == 514 && patch >= 11) || (version == 510 && patch >= 72)
            || (version == 504 && patch >= 152);
        window = resets && window < growStart ? 0 : window;
        return window + " (shrink " + old + ")";
      }
      if (window < max && haltNs < max) {
        if (version < 501) {
          window = window == 0 && grow != 0 ? 10_000 : window * grow & WRAP;
        } else if (grow != 0) {
          window = Math.max(window * grow & WRAP, growStart);
        } else {
          return old + " (grow " + old + ")";
        }
        if (version >= 404 && version < 601) {
          boolean byModule = version < 513 && !(version == 510 && patch >= 38) && !(version == 512 && patch >= 5);
          window = Math.min(window, byModule ? module : max);
        }
        return window + " (grow " + old + ")";
      }
      return null;
    }

    /** Somebody writes a parameter; grow and shrink cannot be written before 4.6. */
    private void write(long atNs) {
      String name;
      long value;
      switch (version < 406 ? 0 : random.nextInt(version >= 508 ? 5 : version >= 501 ? 4 : 3)) {
        case 0 -> {
          name = "halt_poll_ns";
          module = value = pick(0, 50_000, 200_000, 400_000);
        }
        case 1 -> {
          name = "halt_poll_ns_grow";
          grow = value = pick(0, 1, 2, 4);
        }
        case 2 -> {
          name = "halt_poll_ns_shrink";
          shrink = value = pick(0, 2, 3);
        }
        case 3 -> {
          name = "halt_poll_ns_grow_start";
          growStart = value = pick(0, 5_000, 10_000, 60_000);
        }
        default -> {
          name = "cap";
          cap = value = pick(0, 5_000, 50_000, 200_000, 500_000);
        }
      }
      line(atNs, "tracing_mark_write: halt_poll_param " + name + "=" + value);
    }

    private void line(long atNs, String event) {
      lines.add(String.format(
          Locale.ROOT, "       CPU 0/KVM-7000    [000] .....  %d.%06d: %s", atNs / 1_000_000_000,
          atNs / 1_000 % 1_000_000, event));
    }
  }
}
