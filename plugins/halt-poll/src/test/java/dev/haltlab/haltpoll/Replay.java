package dev.haltlab.haltpoll;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Runs a rule freely, from a window of 0, beside a recording and finds the first decision in which they differ. */
final class Replay {
  /** What is compared: the rule under test, or a wrong one that the recordings must refute. */
  interface Rule {
    void change(long maxNs, long grow, long growStartNs, long shrink);

    long budget();

    void woken(long haltNs, boolean slept);

    long windowNs();
  }

  private static final class Vcpu {
    final Rule rule;
    boolean halted;
    long budgetNs;

    Vcpu(Rule rule) {
      this.rule = rule;
    }

    void halt() {
      if (!halted) {
        halted = true;
        budgetNs = rule.budget();
      }
    }
  }

  private final RecordedTrace trace;
  private final Supplier<Rule> factory;
  private final Map<String, Long> parameters;
  private final Map<String, Vcpu> vcpus = new LinkedHashMap<>();

  private Replay(RecordedTrace trace, Supplier<Rule> factory) {
    this.trace = trace;
    this.factory = factory;
    this.parameters = new LinkedHashMap<>(trace.parameters());
  }

  /** The first difference, in words; empty if every traced decision is reproduced. */
  static Optional<String> firstDifference(RecordedTrace trace, Supplier<Rule> factory) {
    return new Replay(trace, factory).run();
  }

  private Optional<String> run() {
    for (RecordedTrace.Entry entry : trace.records()) {
      if (entry instanceof RecordedTrace.Change change) {
        // the mark stands in the middle of a halt, whose first reading of the maximum is past
        vcpus.values().forEach(Vcpu::halt);
        parameters.putAll(change.values());
        vcpus.values().forEach(vcpu -> apply(vcpu.rule));
      } else if (entry instanceof RecordedTrace.Halt halt) {
        Optional<String> difference = compare(halt);
        if (difference.isPresent()) {
          return difference;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> compare(RecordedTrace.Halt halt) {
    Vcpu vcpu =
        vcpus.computeIfAbsent(
            halt.thread(),
            thread -> {
              Vcpu made = new Vcpu(factory.get());
              apply(made.rule);
              return made;
            });
    vcpu.halt();
    vcpu.halted = false;
    long before = vcpu.rule.windowNs();
    if (!trace.pollingForbidden()) {
      vcpu.rule.woken(halt.haltNs(), halt.slept());
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
    rule.change(maxNs(), parameters.get("grow"), parameters.get("grow_start"), parameters.get("shrink"));
  }
}
