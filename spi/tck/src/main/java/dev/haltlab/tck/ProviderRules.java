package dev.haltlab.tck;

import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Stability;
import java.util.List;
import java.util.regex.Pattern;

/** What is asked of every provider, rules 001 to 099. */
@Stability(Stability.Level.PROVISIONAL)
public final class ProviderRules {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+(\\.[0-9]+)*)*");
  private static final int TIMES = 5;

  /** Rule 001. */
  public static final Rule<Provider<?>> ID_IS_WORDS = new Rule<>(
      1, "idIsLowerCaseWordsJoinedByHyphens",
      "id is lower-case words joined by hyphens, where a word may be a version with points, and the same each time",
      "users write it in scenarios, where it must need no quotes",
      ProviderRules::idIsWords);

  /** Rule 002. */
  public static final Rule<Provider<?>> DEFAULTS_ARE_EQUAL = new Rule<>(
      2, "defaultsAreEqualEachTime",
      "defaults returns an equal record each time",
      "users' keys are laid over it, and the plan that a result carries repeats it",
      ProviderRules::defaultsAreEqual);

  /** Rule 003. */
  public static final Rule<Provider<?>> SUMMARY_IS_ONE_LINE = new Rule<>(
      3, "summaryIsOneLine",
      "summary is one line, or empty",
      "lists show it beside the id",
      ProviderRules::summaryIsOneLine);

  /** Rule 004. */
  public static final Rule<Provider<?>> CONFIG_TYPES = new Rule<>(
      4, "configHoldsAllowedTypes",
      "the configuration is a public record whose components are of the types that Provider lists",
      "a scenario is bound to it, a schema is made of it and a plan is written from it; other types have no YAML",
      ProviderRules::configTypes);

  /** Rule 005. */
  public static final Rule<Provider<?>> CONFIG_ROUND_TRIPS = new Rule<>(
      5, "configRoundTrips",
      "a configuration taken apart and put together by its canonical constructor is equal to what it was",
      "that is how the platform changes one key; a constructor that alters values would alter others with it",
      ProviderRules::configRoundTrips);

  /** Rule 006. */
  public static final Rule<Provider<?>> REFUSALS_NAME_THE_COMPONENT = new Rule<>(
      6, "refusalsNameTheComponent",
      "the constructor refuses a value with an IllegalArgumentException whose message starts with a component's name",
      "so that the problem is shown with file, line and column, and not as a failure of the plugin",
      ProviderRules::refusalsNameTheComponent);

  /** Rule 007. */
  public static final Rule<Provider<?>> COMPLETE_IS_DONE_ONCE = new Rule<>(
      7, "completeIsDoneOnce",
      "complete answers the same each time, changes nothing in what is complete, and refuses as the constructor does",
      "plans and results show what it returns, and are planned again from that",
      ProviderRules::completeIsDoneOnce);

  /** Rule 008. */
  public static final Rule<Provider<?>> ADVICE_NAMES_THE_COMPONENT = new Rule<>(
      8, "adviceNamesTheComponent",
      "advice is a list of single lines, the same each time, and each starts with a component's name",
      "so that each is shown with file, line and column of what it is about",
      ProviderRules::adviceNamesTheComponent);

  /** All of them, by number. */
  public static final List<Rule<Provider<?>>> ALL = List.of(
      ID_IS_WORDS, DEFAULTS_ARE_EQUAL, SUMMARY_IS_ONE_LINE, CONFIG_TYPES, CONFIG_ROUND_TRIPS,
      REFUSALS_NAME_THE_COMPONENT, COMPLETE_IS_DONE_ONCE, ADVICE_NAMES_THE_COMPONENT);

  private ProviderRules() {}

  private static String idIsWords(Subject<Provider<?>> subject) {
    String id = subject.provider().id();
    if (id == null || !ID.matcher(id).matches()) {
      throw new Violation(id == null ? "id() returned null" : "id() returned '" + id + "'");
    }
    for (int i = 0; i < TIMES; i++) {
      String again = subject.provider().id();
      if (!id.equals(again)) {
        throw new Violation("id() returned '" + id + "', and asked again '" + again + "'");
      }
    }
    return id;
  }

  private static String defaultsAreEqual(Subject<Provider<?>> subject) {
    Record defaults = subject.provider().defaults();
    if (defaults == null) {
      throw new Violation("defaults() returned null");
    }
    for (int i = 0; i < TIMES; i++) {
      Record again = subject.provider().defaults();
      if (!defaults.equals(again)) {
        throw new Violation("defaults() returned " + defaults + ", and asked again " + again);
      }
    }
    return defaults instanceof HostProfile profile ? profile.title() : defaults.toString();
  }

  private static String summaryIsOneLine(Subject<Provider<?>> subject) {
    String summary = subject.provider().summary();
    if (summary == null) {
      throw new Violation("summary() returned null");
    }
    if (summary.chars().anyMatch(Character::isISOControl)) {
      throw new Violation("summary() returned '" + summary + "', which holds a line break or another control character");
    }
    return summary.isEmpty() ? "none" : summary;
  }

  private static String configTypes(Subject<Provider<?>> subject) {
    Class<? extends Record> type = subject.given().getClass();
    ConfigRecord.requireAllowed(type);
    return type.getSimpleName() + " with " + type.getRecordComponents().length + " components";
  }

  private static String configRoundTrips(Subject<Provider<?>> subject) {
    Record config = subject.given();
    ConfigRecord taken = ConfigRecord.of(config);
    Object again = taken.construct(taken.values());
    if (!config.equals(again)) {
      throw new Violation(config + " became " + again);
    }
    return "equal";
  }

  private static String refusalsNameTheComponent(Subject<Provider<?>> subject) {
    ConfigRecord config = ConfigRecord.of(subject.given());
    int[] counts = new int[2];
    config.variants((what, variant) -> counts[0]++, (what, refused) -> {
      counts[0]++;
      counts[1]++;
      if (!refused.namesAComponent()) {
        throw new Violation(what + " " + Thrown.by(refused.why()));
      }
    });
    return counts[0] + " values tried, " + counts[1] + " refused by name";
  }

  private static String completeIsDoneOnce(Subject<Provider<?>> subject) {
    Record given = subject.given();
    ConfigRecord config = ConfigRecord.of(given);
    int[] tried = {1};
    requireComplete(subject, config, "as given", given);
    config.variants((what, variant) -> {
      requireComplete(subject, config, what, variant);
      tried[0]++;
    }, (what, refused) -> {});
    return tried[0] + " configurations, each complete after once";
  }

  private static void requireComplete(Subject<Provider<?>> subject, ConfigRecord config, String what, Record given) {
    Record complete;
    try {
      complete = subject.complete(given);
    } catch (IllegalArgumentException refused) {
      if (!config.startsWithAComponent(refused.getMessage())) {
        throw new Violation("complete with " + what + " " + Thrown.by(refused));
      }
      return;
    }
    if (complete == null || complete.getClass() != given.getClass()) {
      throw new Violation("complete with " + what + " returned " + complete);
    }
    if (!complete.equals(subject.complete(given))) {
      throw new Violation("complete with " + what + " returned " + complete + ", and asked again "
          + subject.complete(given));
    }
    if (!complete.equals(subject.complete(complete))) {
      throw new Violation("complete with " + what + " returned " + complete + ", and of that "
          + subject.complete(complete));
    }
  }

  private static String adviceNamesTheComponent(Subject<Provider<?>> subject) {
    Record given = subject.given();
    ConfigRecord config = ConfigRecord.of(given);
    int[] said = {requireAdvice(subject, config, "as given", given)};
    int[] tried = {1};
    config.variants((what, variant) -> {
      said[0] += requireAdvice(subject, config, what, variant);
      tried[0]++;
    }, (what, refused) -> {});
    return said[0] + " lines on " + tried[0] + " configurations";
  }

  private static int requireAdvice(Subject<Provider<?>> subject, ConfigRecord config, String what, Record given) {
    List<String> advice = subject.advice(given);
    if (advice == null) {
      throw new Violation("advice with " + what + " returned null");
    }
    for (String line : advice) {
      if (line == null || !config.startsWithAComponent(line) || line.chars().anyMatch(Character::isISOControl)) {
        throw new Violation("advice with " + what + " said '" + line + "'");
      }
    }
    if (!advice.equals(subject.advice(given))) {
      throw new Violation("advice with " + what + " was " + advice + ", and asked again " + subject.advice(given));
    }
    return advice.size();
  }
}
