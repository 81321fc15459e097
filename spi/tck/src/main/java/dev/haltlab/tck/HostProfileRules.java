package dev.haltlab.tck;

import dev.haltlab.spi.CState;
import dev.haltlab.spi.Cost;
import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.Stability;
import dev.haltlab.spi.Step;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** What is asked of a host CPU profile, rules 400 to 499. */
@Stability(Stability.Level.PROVISIONAL)
public final class HostProfileRules {
  private static final long SEED = 20_261_122;

  /** Rule 400. */
  public static final Rule<HostProfileProvider> TITLE_IS_THERE = new Rule<>(
      400, "titleIsOneLine",
      "the profile has a title of one line",
      "reports say by it which machine was simulated",
      HostProfileRules::titleIsThere);

  /** Rule 401. */
  public static final Rule<HostProfileProvider> PRICES_CAN_BE_DRAWN = new Rule<>(
      401, "pricesCanBeDrawn",
      "every price can be compiled and drawn from: its quantiles, which do not decrease, are at most 2^46 ns",
      "a run compiles each price to a table with room for times up to 2^46 ns",
      HostProfileRules::pricesCanBeDrawn);

  /** Rule 402. */
  public static final Rule<HostProfileProvider> PRICES_HAVE_SOURCES = new Rule<>(
      402, "pricesHaveSources",
      "every price says where it comes from",
      "a figure that cannot be traced cannot be trusted; every report repeats the source",
      HostProfileRules::pricesHaveSources);

  /** Rule 403. */
  public static final Rule<HostProfileProvider> SOMETHING_IS_PRICED = new Rule<>(
      403, "somethingIsPriced",
      "at least one step has a price above 0",
      "a step without a price costs nothing; on a host where nothing costs anything all strategies are equal",
      HostProfileRules::somethingIsPriced);

  /** Rule 404. */
  public static final Rule<HostProfileProvider> CSTATES_GET_DEEPER = new Rule<>(
      404, "cstatesAreShallowestFirst",
      "C-states stand shallowest first, neither exit latency nor target residency decreasing, each with a name of its"
          + " own",
      "the host's idle governor walks them in this order, and a scenario names the deepest one it allows",
      HostProfileRules::cstatesGetDeeper);

  /** All of them, by number. */
  public static final List<Rule<HostProfileProvider>> ALL = List.of(
      TITLE_IS_THERE, PRICES_CAN_BE_DRAWN, PRICES_HAVE_SOURCES, SOMETHING_IS_PRICED, CSTATES_GET_DEEPER);

  private HostProfileRules() {}

  private static String titleIsThere(Subject<HostProfileProvider> subject) {
    String title = profile(subject).title();
    if (title == null || title.isBlank() || !title.equals(Thrown.oneLine(title))) {
      throw new Violation(title == null ? "the title is null" : "the title is '" + title + "'");
    }
    return title;
  }

  private static String pricesCanBeDrawn(Subject<HostProfileProvider> subject) {
    long largestPs = 0;
    Map<Step, Cost> steps = profile(subject).steps();
    for (Map.Entry<Step, Cost> entry : steps.entrySet()) {
      try {
        entry.getValue().sampler(new SplittableRandom(SEED)).nextNs();
      } catch (IllegalArgumentException e) {
        throw new Violation("the price of " + entry.getKey() + " cannot be compiled: " + e.getMessage());
      }
      largestPs = Math.max(largestPs, entry.getValue().maxPs());
    }
    return steps.size() + " prices, at most " + largestPs / 1_000 + " ns";
  }

  private static String pricesHaveSources(Subject<HostProfileProvider> subject) {
    Map<Step, Cost> steps = profile(subject).steps();
    steps.forEach((step, cost) -> {
      if (cost.basis() == null) {
        throw new Violation("the price of " + step + " has no basis");
      }
      if (cost.source() == null || cost.source().isBlank()) {
        throw new Violation("the price of " + step + " has no source");
      }
    });
    return steps.size() + " prices, each with its source";
  }

  private static String somethingIsPriced(Subject<HostProfileProvider> subject) {
    Map<Step, Cost> steps = profile(subject).steps();
    long priced = steps.values().stream().filter(cost -> cost.maxPs() > 0 || cost.rare().perMillion() > 0).count();
    if (priced == 0) {
      throw new Violation("no step has a price above 0");
    }
    return priced + " of " + Step.values().length + " steps cost something";
  }

  private static String cstatesGetDeeper(Subject<HostProfileProvider> subject) {
    List<CState> states = profile(subject).cstates();
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < states.size(); i++) {
      CState state = states.get(i);
      if (!names.add(state.name())) {
        throw new Violation("two C-states have the name " + state.name());
      }
      if (i > 0 && state.exitLatency().compareTo(states.get(i - 1).exitLatency()) < 0) {
        throw new Violation("the exit latency of " + state.name() + " is less than that of the state before it");
      }
      if (i > 0 && state.targetResidency().compareTo(states.get(i - 1).targetResidency()) < 0) {
        throw new Violation("the target residency of " + state.name() + " is less than that of the state before it");
      }
    }
    return String.join(", ", names);
  }

  private static HostProfile profile(Subject<HostProfileProvider> subject) {
    return (HostProfile) subject.config();
  }
}
