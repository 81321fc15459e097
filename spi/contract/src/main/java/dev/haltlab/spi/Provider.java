package dev.haltlab.spi;

import java.util.List;

/**
 * What every plugin is: a name, a configuration record with its default values, and one line about itself.
 *
 * <p>A provider is found by {@link java.util.ServiceLoader}: it is a public final class with a public constructor
 * without parameters and does no work when constructed. One instance serves a whole process; it keeps no state.
 *
 * <p>Checked by {@code required_004_configHoldsAllowedTypes}, {@code required_005_configRoundTrips},
 * {@code required_006_refusalsNameTheComponent}.
 *
 * @param <C> the configuration: a record whose components are boolean, int, long, enum, String, {@link
 *     java.time.Duration}, {@link Hertz}, {@link Bytes}, {@link Dist}, {@link Cost}, {@link KernelVersion}, records of
 *     these, and List or Map&lt;String, ...&gt; of these; a {@link java.util.Optional} component is a key that may be
 *     left out. Its compact constructor refuses a bad value with an {@link
 *     IllegalArgumentException} whose message starts with the component's name.
 */
@Stability(Stability.Level.STABLE)
public sealed interface Provider<C extends Record>
    permits HaltPollProvider, IdlePolicyProvider, WorkloadProvider, HostProfileProvider, TraceReaderProvider {

  /**
   * The name users write after {@code use:}. Lower-case words joined by hyphens, where a word may be a version with
   * points, as in {@code linux-5.4}; unique within its kind.
   *
   * <p>Checked by {@code required_001_idIsLowerCaseWordsJoinedByHyphens}.
   */
  String id();

  /**
   * The default configuration. It carries both the type and every default value: users' keys are laid over it. Called
   * often; must return equal records each time.
   *
   * <p>Checked by {@code required_002_defaultsAreEqualEachTime}.
   */
  C defaults();

  /**
   * The configuration in full: what may be left out, filled in from what was given, such as a default that depends on
   * another key. Plans and results show it. Called once, after the user's keys were laid over the defaults; completing
   * what is complete changes nothing. Refuses as a compact constructor does.
   *
   * <p>Checked by {@code required_007_completeIsDoneOnce}.
   *
   * @param config the defaults with the user's keys laid over them
   */
  default C complete(C config) {
    return config;
  }

  /**
   * What is allowed but probably not meant: parameters that do not do what they look like. Users see each as a warning
   * at its place; it stops nothing.
   *
   * <p>Checked by {@code required_008_adviceNamesTheComponent}.
   *
   * @param config the defaults with the user's keys laid over them, before {@link #complete}
   * @return one line each, which starts with the name of the component it is about, as a refusal does ({@code "grow is
   *     .."}, {@code "changes[0].max has .."}), and says what will happen, why, and who says so
   */
  default List<String> advice(C config) {
    return List.of();
  }

  /**
   * One line for lists: what it does and, where there is one, its source.
   *
   * <p>Checked by {@code required_003_summaryIsOneLine}.
   */
  default String summary() {
    return "";
  }
}
