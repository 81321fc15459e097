package dev.haltlab.tck;

import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Stability;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.WorkloadProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The kit without JUnit: checks a provider against every rule that applies to its kind. */
@Stability(Stability.Level.PROVISIONAL)
public final class Conformance {
  private Conformance() {}

  /** All rules of all kinds, by number. */
  public static List<Rule<?>> rules() {
    return Stream.<List<? extends Rule<?>>>of(
            ProviderRules.ALL, HaltPollRules.ALL, IdlePolicyRules.ALL, WorkloadRules.ALL, HostProfileRules.ALL,
            TraceReaderRules.ALL)
        .<Rule<?>>flatMap(List::stream)
        .toList();
  }

  /**
   * Checks a provider, with its defaults, against all rules of its kind. On the current thread, for about a second; a
   * plugin that never returns keeps it for ever.
   */
  public static List<Result> check(Provider<?> provider) {
    List<Result> results = new ArrayList<>();
    for (Pending pending : pending(provider)) {
      results.add(pending.run());
    }
    return results;
  }

  /** The same one by one, for a caller that watches the time. */
  public static List<Pending> pending(Provider<?> provider) {
    List<Pending> pending = new ArrayList<>(pending(ProviderRules.ALL, Subject.<Provider<?>>of(provider)));
    if (provider instanceof HaltPollProvider<?> haltPoll) {
      pending.addAll(pending(HaltPollRules.ALL, Subject.<HaltPollProvider<?>>of(haltPoll)));
    } else if (provider instanceof IdlePolicyProvider<?> idle) {
      pending.addAll(pending(IdlePolicyRules.ALL, Subject.<IdlePolicyProvider<?>>of(idle)));
    } else if (provider instanceof WorkloadProvider<?> workload) {
      pending.addAll(pending(WorkloadRules.ALL, Subject.<WorkloadProvider<?>>of(workload)));
    } else if (provider instanceof HostProfileProvider profile) {
      pending.addAll(pending(HostProfileRules.ALL, Subject.of(profile)));
    } else if (provider instanceof TraceReaderProvider<?> format) {
      pending.addAll(pending(TraceReaderRules.ALL, Subject.<TraceReaderProvider<?>>of(format)));
    }
    return pending;
  }

  private static <P extends Provider<?>> List<Pending> pending(List<Rule<P>> rules, Subject<P> subject) {
    return rules.stream().map(rule -> new Pending(rule, () -> rule.check(subject))).toList();
  }

  /** A check that has not run yet. */
  public static final class Pending {
    private final Rule<?> rule;
    private final java.util.function.Supplier<Result> check;

    private Pending(Rule<?> rule, java.util.function.Supplier<Result> check) {
      this.rule = rule;
      this.check = check;
    }

    /** The rule it checks. */
    public Rule<?> rule() {
      return rule;
    }

    /** Runs it on the current thread. */
    public Result run() {
      return check.get();
    }

    /** What to say of it where the caller gave up waiting, or does not run it at all. */
    public Result instead(Result.Status status, String observed) {
      return new Result(rule.id(), rule.sentence(), rule.why(), status, observed);
    }
  }
}
