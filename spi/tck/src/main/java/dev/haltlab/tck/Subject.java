package dev.haltlab.tck;

import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Stability;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A provider under test, the configuration it is tried with, and the rules that are left out.
 *
 * @param <P> the kind of provider
 */
@Stability(Stability.Level.PROVISIONAL)
public final class Subject<P extends Provider<?>> {
  private final P provider;
  private final @Nullable Record config;
  private final Map<String, String> skipped;
  private final List<String> lines;

  private Subject(P provider, @Nullable Record config, Map<String, String> skipped, List<String> lines) {
    this.provider = provider;
    this.config = config;
    this.skipped = Collections.unmodifiableMap(new LinkedHashMap<>(skipped));
    this.lines = List.copyOf(lines);
  }

  /** A provider tried with its defaults. */
  public static <P extends Provider<?>> Subject<P> of(P provider) {
    return new Subject<>(provider, null, Map.of(), List.of());
  }

  /** The same, tried with this configuration; one of the provider's own type. */
  public Subject<P> with(Record other) {
    return new Subject<>(provider, other, skipped, lines);
  }

  /**
   * The same without one rule.
   *
   * @param rule its id, see {@link Rule#id()}
   * @param reason why it is left out; it stands in the result
   * @throws IllegalArgumentException if there is no such rule, or no reason
   */
  public Subject<P> without(String rule, String reason) {
    if (Conformance.rules().stream().noneMatch(known -> known.id().equals(rule))) {
      throw new IllegalArgumentException("there is no rule " + rule);
    }
    if (reason.isBlank()) {
      throw new IllegalArgumentException("a rule is left out for a reason: say why " + rule + " does not apply");
    }
    Map<String, String> more = new LinkedHashMap<>(skipped);
    more.put(rule, reason);
    return new Subject<>(provider, config, more, lines);
  }

  /** The same, for a reader of traces, with lines of its own format; see {@code TraceReaderTck.lines}. */
  public Subject<P> reading(List<String> own) {
    return new Subject<>(provider, config, skipped, own);
  }

  /** Lines of a trace reader's own format. */
  List<String> lines() {
    return lines;
  }

  P provider() {
    return provider;
  }

  Map<String, String> skipped() {
    return skipped;
  }

  /** The configuration to try it with, in full: what create and define are given. */
  Record config() {
    Record given = given();
    Record complete;
    try {
      complete = complete(given);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new NotApplicable("there is no configuration to try it with: complete(" + given + ") " + Thrown.by(e));
    }
    if (complete == null) {
      throw new NotApplicable("there is no configuration to try it with: complete(" + given + ") returned null");
    }
    return complete;
  }

  /** What the provider makes of a configuration of its own. */
  @SuppressWarnings("unchecked") // the caller's promise
  Record complete(Record own) {
    return ((Provider<Record>) provider).complete(own);
  }

  /** What the provider says about a configuration of its own. */
  @SuppressWarnings("unchecked") // the caller's promise
  List<String> advice(Record own) {
    return ((Provider<Record>) provider).advice(own);
  }

  /** The configuration as a user would have it, before {@link Provider#complete}. */
  Record given() {
    if (config != null) {
      return config;
    }
    Record defaults;
    try {
      defaults = provider.defaults();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new NotApplicable("there is no configuration to try it with: defaults() " + Thrown.by(e));
    }
    if (defaults == null) {
      throw new NotApplicable("there is no configuration to try it with: defaults() returned null");
    }
    return defaults;
  }
}
