package dev.haltlab.haltpoll;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Runs a rule freely, from a window of 0, beside a recording and finds the first decision in which they differ. */
final class Replay {
  /**
   * What is compared: the rule under test, or a wrong one that the recordings must refute. Its time is the number of
   * the line in the file, so that everything happens in the order in which it was written.
   */
  interface Rule {
    /**
     * The parameters that hold from now on; told at first and after each change.
     *
     * @param capNs the VM's own maximum, −1 if it has none
     */
    void change(long maxNs, long capNs, long grow, long growStartNs, long shrink);

    long budget(long line);

    void woken(long line, long haltNs, boolean slept);

    long windowNs();

    /** Whether it leaves the window alone while the guest forbids polling. */
    default boolean heedsForbidding() {
      return true;
    }
  }

  private static final class Halted {
    final Rule rule;
    boolean halted;

    Halted(Rule rule) {
      this.rule = rule;
    }

    void halt(int line) {
      if (!halted) {
        halted = true;
        rule.budget(line);
      }
    }
  }

  private final RecordedTrace trace;
  private final Function<RecordedTrace, Rule> factory;
  private final Map<String, Long> parameters;
  private final Map<String, Halted> vcpus = new LinkedHashMap<>();
  private int lastLine;

  private Replay(RecordedTrace trace, Function<RecordedTrace, Rule> factory) {
    this.trace = trace;
    this.factory = factory;
    this.parameters = new LinkedHashMap<>(trace.parameters());
  }

  /** The first difference, in words; empty if every traced decision is reproduced. */
  static Optional<String> firstDifference(RecordedTrace trace, Function<RecordedTrace, Rule> factory) {
    return new Replay(trace, factory).run();
  }

  private Optional<String> run() {
    for (RecordedTrace.Entry entry : trace.records()) {
      if (entry instanceof RecordedTrace.Change change) {
        // the mark stands in the middle of a halt, whose first reading of the maximum is past
        vcpus.values().forEach(vcpu -> vcpu.halt(lastLine));
        parameters.putAll(change.values());
        vcpus.values().forEach(vcpu -> apply(vcpu.rule));
      } else if (entry instanceof RecordedTrace.Halt halt) {
        Optional<String> difference = compare(halt);
        if (difference.isPresent()) {
          return difference;
        }
      }
      lastLine = entry.line();
    }
    return Optional.empty();
  }

  private Optional<String> compare(RecordedTrace.Halt halt) {
    Halted vcpu =
        vcpus.computeIfAbsent(
            halt.thread(),
            thread -> {
              Halted made = new Halted(factory.apply(trace));
              apply(made.rule);
              return made;
            });
    vcpu.halt(lastLine);
    vcpu.halted = false;
    long before = vcpu.rule.windowNs();
    if (!trace.pollingForbidden() || !vcpu.rule.heedsForbidding()) {
      vcpu.rule.woken(halt.line(), halt.haltNs(), halt.slept());
    }
    long after = vcpu.rule.windowNs();
    RecordedTrace.Decision decision = halt.decision();
    if (decision == null) {
      boolean silentReset = after == 0 && maxNs() == 0;
      return after == before || silentReset
          ? Optional.empty()
          : difference(halt, "no change of " + before, before, after);
    }
    return before == decision.oldNs() && after == decision.newNs()
        ? Optional.empty()
        : difference(halt, decision.oldNs() + " -> " + decision.newNs(), before, after);
  }

  private Optional<String> difference(RecordedTrace.Halt halt, String traced, long before, long after) {
    return Optional.of(
        trace.name() + ":" + halt.line() + ": halt of " + halt.haltNs() + " ns, traced " + traced + ", rule " + before
            + " -> " + after);
  }

  private long maxNs() {
    return parameters.getOrDefault("cap", parameters.get("halt_poll_ns"));
  }

  private void apply(Rule rule) {
    rule.change(
        parameters.get("halt_poll_ns"), parameters.getOrDefault("cap", -1L), parameters.get("grow"),
        parameters.get("grow_start"), parameters.get("shrink"));
  }
}
