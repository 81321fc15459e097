package dev.haltlab.platform.timeline;

import dev.haltlab.engine.PathStep;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Explanations as text: vCPUs side by side where the terminal is wide enough, else one step a line. */
public final class ExplainText {
  private static final int TIMES = 18;
  private static final int GAP = 2;

  private final Explanation it;
  private final StringBuilder out = new StringBuilder();

  private ExplainText(Explanation it) {
    this.it = it;
  }

  /**
   * One explanation, its lines ending with newlines.
   *
   * @param width of the terminal
   */
  public static String of(Explanation explanation, int width) {
    ExplainText text = new ExplainText(explanation);
    text.head(width);
    text.steps(width);
    text.sums(width);
    return text.out.toString();
  }

  private void head(int width) {
    paragraph(
        "Variant " + it.variant().name() + ": transaction " + it.number() + " of " + it.vm() + "/" + it.probe() + ", "
            + us(it.latencyNs()) + " us",
        width);
    paragraph(
        "The first that took exactly the median of the " + String.format(Locale.ROOT, "%,d", it.of())
            + " which replication 0 counts. It began " + seconds(it.startNs())
            + " s into the simulation; times are in us from there. * marks the critical path.",
        width);
    line("");
  }

  private static String label(Explanation.Step step) {
    String exit = step.exit();
    String shortExit = exit.startsWith("MSR_WRITE ") ? exit.substring(exit.indexOf(' ') + 1) : exit;
    return (step.critical() ? "* " : "  ") + (exit.isEmpty() ? step.title() : shortExit + ": " + step.title());
  }

  private void steps(int width) {
    int[] widths = it.lanes().values().stream()
        .mapToInt(steps -> steps.stream().mapToInt(step -> label(step).length()).max().orElse(0)).toArray();
    int total = TIMES;
    for (int each : widths) {
      total += GAP + each;
    }
    if (total <= width) {
      sideBySide(widths);
    } else {
      oneByOne(width);
    }
  }

  private void sideBySide(int[] widths) {
    StringBuilder head = new StringBuilder(times("at", "takes"));
    int column = 0;
    for (int vcpu : it.lanes().keySet()) {
      head.append(" ".repeat(GAP)).append(padded("  vCPU " + vcpu, widths[column++]));
    }
    line(head.toString());
    TreeSet<Long> changes = new TreeSet<>();
    it.lanes().values().forEach(steps -> steps.forEach(step -> {
      changes.add(step.fromNs());
      changes.add(step.toNs());
    }));
    changes.add(it.stopNs());
    List<List<Explanation.Step>> lanes = List.copyOf(it.lanes().values());
    int[] at = new int[lanes.size()];
    for (long fromNs = changes.first(); fromNs < it.shownToNs(); fromNs = changes.higher(fromNs)) {
      if (fromNs == it.stopNs()) {
        ends();
      }
      StringBuilder row = new StringBuilder(times(us(fromNs - it.startNs()), us(changes.higher(fromNs) - fromNs)));
      for (int i = 0; i < at.length; i++) {
        List<Explanation.Step> steps = lanes.get(i);
        while (steps.get(at[i]).toNs() <= fromNs) {
          at[i]++;
        }
        Explanation.Step step = steps.get(at[i]);
        String cell = step.fromNs() == fromNs ? label(step) : step.critical() ? "* ." : "  .";
        row.append(" ".repeat(GAP)).append(padded(cell, widths[i]));
      }
      line(row.toString());
    }
  }

  private record Row(int vcpu, Explanation.Step step) {}

  private void oneByOne(int width) {
    List<Row> rows = new ArrayList<>();
    it.lanes().forEach((vcpu, steps) -> steps.forEach(step -> rows.add(new Row(vcpu, step))));
    rows.sort((a, b) -> a.step.fromNs() != b.step.fromNs()
        ? Long.compare(a.step.fromNs(), b.step.fromNs()) : Integer.compare(a.vcpu, b.vcpu));
    line(times("at", "takes") + "  vCPU");
    boolean ended = false;
    for (Row row : rows) {
      if (!ended && row.step.fromNs() >= it.stopNs()) {
        ended = true;
        ends();
      }
      String text = times(us(row.step.fromNs() - it.startNs()), us(row.step.ns())) + "  "
          + padded(Integer.toString(row.vcpu), 3) + label(row.step);
      line(text.length() <= width ? text : text.substring(0, Math.max(20, width - 1)) + "~");
    }
  }

  private void ends() {
    line(times(us(it.latencyNs()), "") + "  -- it ends --");
  }

  private void sums(int width) {
    line("");
    Map<String, Long> groups = new LinkedHashMap<>();
    for (PathStep step : PathStep.values()) {
      long ns = it.path().getOrDefault(step, 0L);
      if (ns > 0) {
        groups.merge(step.group(), ns, Long::sum);
      }
    }
    List<String> parts = new ArrayList<>();
    groups.forEach((group, ns) -> parts.add(group + " " + us(ns)));
    paragraph("Critical path: " + String.join(" + ", parts) + " = " + us(it.latencyNs()) + " us", width);
    if (it.exits().isEmpty()) {
      line("No VM exits.");
      return;
    }
    paragraph(
        "VM exits that ended in the " + us(it.shownToNs() - it.startNs()) + " us shown"
            + (it.shownToNs() > it.stopNs() ? ", the time until the next transaction included:" : ":"),
        width);
    int longest = it.exits().keySet().stream().mapToInt(String::length).max().orElse(0);
    it.exits().forEach((title, exits) -> {
      String text = "  " + padded(title, longest) + "  " + exits.count() + ", " + exits.critical()
          + " on the critical path" + (exits.criticalNs() > 0 ? ": " + us(exits.criticalNs()) + " us" : "");
      if (text.length() <= width) {
        line(text);
      } else {
        paragraph(text.strip().replaceAll(" +", " "), width);
      }
    });
  }

  // --- small things ---

  private static String us(long ns) {
    return BigDecimal.valueOf(ns, 3).toPlainString();
  }

  private static String seconds(long ns) {
    return BigDecimal.valueOf(ns, 9).toPlainString();
  }

  private static String times(String at, String takes) {
    return " ".repeat(Math.max(0, 9 - at.length())) + at + " ".repeat(Math.max(1, 9 - takes.length())) + takes;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private void line(String text) {
    out.append(text.stripTrailing()).append('\n');
  }

  private void paragraph(String text, int width) {
    StringBuilder row = new StringBuilder();
    for (String word : text.split(" ")) {
      if (row.length() > 0 && row.length() + 1 + word.length() > width) {
        line(row.toString());
        row.setLength(0);
      }
      row.append(row.length() > 0 ? " " : "").append(word);
    }
    line(row.toString());
  }
}
