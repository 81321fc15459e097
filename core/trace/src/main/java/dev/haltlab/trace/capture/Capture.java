package dev.haltlab.trace.capture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One recording: makes an instance of tracefs, enables the plan's events in it, waits, copies what was recorded behind
 * a head of parameters, and removes the instance whatever happens. The ring buffer is read once, at the end, so that
 * reading does not disturb what is recorded; if it was too small, what is left begins later, and its head says so.
 */
public final class Capture {
  private static final int BLOCK = 1 << 16;

  private final CapturePlan plan;
  private final List<Path> tracefs;
  private final Path modules;
  private final Path release;
  private final Tracefs.Instances instances;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<String> warnings = new ArrayList<>();

  /** A recording on this machine. */
  public Capture(CapturePlan plan) {
    this(plan, Tracefs.PLACES, Path.of("/sys/module"), Path.of("/proc/sys/kernel/osrelease"), Tracefs.KERNEL);
  }

  Capture(CapturePlan plan, List<Path> tracefs, Path modules, Path release, Tracefs.Instances instances) {
    this.plan = plan;
    this.tracefs = tracefs;
    this.modules = modules;
    this.release = release;
    this.instances = instances;
  }

  /**
   * What was recorded.
   *
   * @param events how many
   * @param warnings what the user should know, one line each
   */
  public record Recorded(long events, List<String> warnings) {}

  /** Ends the recording before its time; what there is so far is kept. May be called from any thread, at any time. */
  public void stop() {
    stop.countDown();
  }

  /**
   * Whether a recording could be made here.
   *
   * @throws CaptureException if not, with what to do
   */
  public void check() throws CaptureException {
    Tracefs.at(tracefs, instances);
  }

  /**
   * Records for the plan's length or until {@link #stop}, and writes the recording.
   *
   * @param out where to; it is not closed
   * @throws CaptureException if it cannot be made or written; the instance is removed
   */
  public Recorded run(OutputStream out) throws CaptureException, InterruptedException {
    Map<String, String> parameters = parameters();
    Tracefs place = Tracefs.at(tracefs, instances);
    place.orphans().forEach(folder -> warnings.add("a recording that was killed left " + folder
        + "; if it is not in use: rmdir " + folder));
    Tracefs.Instance instance = place.instance();
    String failure = "";
    try {
      setUp(instance);
      instance.write("tracing_on", "1");
      boolean early = stop.await(plan.length().toNanos(), TimeUnit.NANOSECONDS);
      instance.write("tracing_on", "0");
      if (early) {
        warnings.add("stopped before its time");
      }
      if (!parameters.equals(parameters())) {
        warnings.add("parameters were changed meanwhile; the head has those of the start");
      }
      out.write(head(parameters).getBytes(StandardCharsets.UTF_8));
      long events = copy(instance, out);
      if (events == 0) {
        warnings.add("nothing was recorded: " + (plan.guest()
            ? "is the cpuidle governor haltpoll? see /sys/devices/system/cpu/cpuidle/current_governor"
            : "did any guest run, and halt?"));
      }
      return new Recorded(events, List.copyOf(warnings));
    } catch (CaptureException e) {
      failure = e.getMessage();
      throw e;
    } catch (IOException e) {
      failure = "the recording failed: " + Tracefs.reason(e);
      throw new CaptureException(failure);
    } finally {
      remove(instance, failure);
    }
  }

  /** A failure to remove it must not hide why the recording failed. */
  private static void remove(Tracefs.Instance instance, String failure) throws CaptureException {
    try {
      instance.remove();
    } catch (CaptureException e) {
      throw new CaptureException((failure.isEmpty() ? "" : failure + "; and ") + e.getMessage());
    }
  }

  private void setUp(Tracefs.Instance instance) throws CaptureException, IOException {
    if (!instance.has("events/" + plan.system())) {
      throw new CaptureException("this kernel has no events/" + plan.system() + ": " + plan.missingSystem());
    }
    instance.write("tracing_on", "0");
    instance.write("trace_clock", "mono");
    int eachKb = plan.bufferKb() / instance.cpus() + 1;
    try {
      instance.write("buffer_size_kb", Integer.toString(eachKb));
    } catch (IOException e) {
      throw new CaptureException("the kernel refused " + eachKb + " KiB for each CPU: " + Tracefs.reason(e)
          + "; ask for a smaller buffer");
    }
    for (CapturePlan.Traced event : plan.events()) {
      String folder = "events/" + event.name();
      if (!instance.has(folder)) {
        if (event.required()) {
          throw new CaptureException("this kernel has no event " + event.name() + ", which a recording needs");
        }
        warnings.add("this kernel has no event " + event.name() + "; recorded without it");
        continue;
      }
      if (!event.filter().isEmpty()) {
        try {
          instance.write(folder + "/filter", event.filter());
        } catch (IOException e) {
          warnings.add("the kernel refused the filter of " + event.name() + "; recorded without that event");
          continue;
        }
      }
      instance.write(folder + "/enable", "1");
    }
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (CapturePlan.Head head : plan.head()) {
      parameters.put(head.key(), line(modules.resolve(head.file())));
    }
    return parameters;
  }

  private String head(Map<String, String> parameters) {
    StringBuilder head = new StringBuilder();
    head.append("# haltlab kernel=").append(line(release)).append('\n');
    head.append("# haltlab kind=").append(plan.kind()).append('\n');
    head.append("# haltlab running=1\n");
    parameters.forEach((key, value) -> head.append("# haltlab ").append(key).append('=').append(value).append('\n'));
    return head.toString();
  }

  /** The first line of a file; empty if there is none, as where a module is not loaded. */
  private static String line(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static long copy(Tracefs.Instance instance, OutputStream out) throws IOException {
    long events = 0;
    try (InputStream in = new BufferedInputStream(instance.read("trace"), BLOCK)) {
      byte[] block = new byte[BLOCK];
      boolean atStart = true;
      for (int length = in.read(block); length >= 0; length = in.read(block)) {
        out.write(block, 0, length);
        for (int i = 0; i < length; i++) {
          events += atStart && block[i] != '#' && block[i] != '\n' ? 1 : 0;
          atStart = block[i] == '\n';
        }
      }
    }
    return events;
  }
}
