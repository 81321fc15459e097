package dev.haltlab.cli;

import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.platform.scenario.Plan;
import dev.haltlab.platform.timeline.ExplainJson;
import dev.haltlab.platform.timeline.ExplainText;
import dev.haltlab.platform.timeline.Explanation;
import dev.haltlab.platform.timeline.PerfettoTrace;
import dev.haltlab.platform.timeline.Recording;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** What {@code run} offers to see what happens when. */
final class TimelineOptions {
  /** Some 300 transactions of TCP_RR: enough to look at, and a file of 5 MB with a native variant beside. */
  private static final long DEFAULT_NS = 10_000_000;

  @Option(
      names = "--timeline",
      paramLabel = "FILE",
      description = "Also writes what happens when in the first replication of every variant, to be opened in"
          + " ui.perfetto.dev: exits, polls, wake-ups and transactions of each vCPU, task and pCPU.")
  @Nullable Path timeline;

  @Option(
      names = "--timeline-from",
      paramLabel = "TIME",
      converter = Time.class,
      description = "When the timeline begins, in simulated time, warm-up included; default: the end of the warm-up.")
  @Nullable Long timelineFrom;

  @Option(
      names = "--timeline-for",
      paramLabel = "TIME",
      converter = Time.class,
      description = "How long the timeline is, such as 50ms; default: 10ms.")
  @Nullable Long timelineFor;

  @Option(
      names = "--explain",
      description = "Prints one transaction of every variant step by step instead of the tables: of the first"
          + " replication the first that took exactly the median.")
  boolean explain;

  /** Whether explanations are to be printed instead of a result. */
  boolean explains() {
    return explain;
  }

  /** The explanations of all variants that have a transaction. */
  String explanations(Plan plan, RunFormat format, int width) throws InterruptedException {
    List<Explanation> explanations = new ArrayList<>();
    List<String> blocks = new ArrayList<>();
    for (Plan.Variant variant : plan.variants()) {
      Optional<Explanation> explanation = Explanation.of(variant);
      explanation.ifPresent(explanations::add);
      blocks.add(explanation.map(each -> ExplainText.of(each, width)).orElse(
          "Variant " + variant.name() + ": no transaction to explain; its primary VM completed none\n"));
    }
    return format == RunFormat.json ? ExplainJson.of(explanations) : String.join("\n", blocks);
  }

  /**
   * The file asked for, if it can be written.
   *
   * @throws ParameterException if the options do not fit each other
   * @throws Refusal if it cannot be written
   */
  @Nullable OutputFile file(CommandLine command, RunFormat format, boolean force) {
    if (explain && format != RunFormat.text && format != RunFormat.json) {
      throw new ParameterException(command, "--explain comes as text or json, not as " + format);
    }
    Path asked = timeline;
    if (asked == null) {
      if (timelineFrom != null || timelineFor != null) {
        throw new ParameterException(
            command, (timelineFrom != null ? "--timeline-from" : "--timeline-for") + " needs --timeline FILE");
      }
      return null;
    }
    if (timelineFor != null && timelineFor == 0) {
      throw new ParameterException(command, "--timeline-for must be above 0");
    }
    return OutputFile.at("--timeline", asked, "timeline.pftrace", force);
  }

  /**
   * Checks that something happens in the time asked for.
   *
   * @throws Refusal if not
   */
  void check(Plan plan) {
    for (Plan.Variant variant : plan.variants()) {
      long endNs = variant.spec().warmupNs() + variant.spec().forNs();
      if (timelineFrom != null && timelineFrom >= endNs) {
        throw new Refusal(
            ExitCode.PROBLEMS,
            "--timeline-from " + text(timelineFrom) + ": variant '" + variant.name() + "' is over at " + text(endNs)
                + ", warm-up included; ask for an earlier time, or lengthen it by --set run.for=...");
      }
    }
  }

  /** The content of the file. */
  byte[] trace(Plan plan) throws InterruptedException {
    SimulationSpec first = plan.variants().get(0).spec();
    long fromNs = timelineFrom == null ? first.warmupNs() : timelineFrom;
    long forNs = timelineFor == null ? DEFAULT_NS : timelineFor;
    try {
      return PerfettoTrace.of(Recording.of(plan, fromNs, Math.min(forNs, Long.MAX_VALUE - fromNs)));
    } catch (Recording.TooLong e) {
      throw new Refusal(
          ExitCode.PROBLEMS,
          "--timeline " + timeline + ": " + text(forNs) + " are too long: the room for "
              + String.format(Locale.ROOT, "%,d", Recording.MOST_EVENTS) + " events was used up after "
              + text(e.reachedNs()) + " of variant '" + e.variant().name()
              + "'; ask for less by --timeline-for");
    }
  }

  private static String text(long ns) {
    int power = ns >= 1_000_000_000 ? 9 : ns >= 1_000_000 ? 6 : ns >= 1_000 ? 3 : 0;
    String unit = power == 9 ? "s" : power == 6 ? "ms" : power == 3 ? "us" : "ns";
    return BigDecimal.valueOf(ns, power).stripTrailingZeros().toPlainString() + unit;
  }

  /** A time with its unit, as in scenarios. */
  static final class Time implements ITypeConverter<Long> {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?) ?(ns|us|ms|s)");

    @Override
    public Long convert(String value) {
      Matcher m = TEXT.matcher(value);
      if (!m.matches()) {
        throw new TypeConversionException("'" + value + "' is no time; write 50ms (units: ns, us, ms, s)");
      }
      int power = switch (m.group(2)) {
        case "ns" -> 0;
        case "us" -> 3;
        case "ms" -> 6;
        default -> 9;
      };
      try {
        return new BigDecimal(m.group(1)).movePointRight(power).longValueExact();
      } catch (ArithmeticException e) {
        throw new TypeConversionException("'" + value + "' is too long, or finer than 1ns");
      }
    }
  }
}
