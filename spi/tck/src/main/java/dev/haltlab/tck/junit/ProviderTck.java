package dev.haltlab.tck.junit;

import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Stability;
import dev.haltlab.tck.ProviderRules;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What is asked of every provider; the interfaces of the kinds extend it. {@link ProviderRules} says why each rule
 * is there.
 *
 * @param <C> the provider's configuration
 */
@Stability(Stability.Level.PROVISIONAL)
public interface ProviderTck<C extends Record> {
  /** The provider to test. */
  Provider<C> provider();

  /** The configuration to try it with, before {@link Provider#complete}; its defaults unless they cannot run by themselves. */
  default C config() {
    return provider().defaults();
  }

  /** Rules that do not apply, by id, each with the reason. They are shown as skipped. */
  default Map<String, String> skipped() {
    return Map.of();
  }

  @Test
  default void required_001_idIsLowerCaseWordsJoinedByHyphens() {
    Check.provider(ProviderRules.ID_IS_WORDS, this);
  }

  @Test
  default void required_002_defaultsAreEqualEachTime() {
    Check.provider(ProviderRules.DEFAULTS_ARE_EQUAL, this);
  }

  @Test
  default void required_003_summaryIsOneLine() {
    Check.provider(ProviderRules.SUMMARY_IS_ONE_LINE, this);
  }

  @Test
  default void required_004_configHoldsAllowedTypes() {
    Check.provider(ProviderRules.CONFIG_TYPES, this);
  }

  @Test
  default void required_005_configRoundTrips() {
    Check.provider(ProviderRules.CONFIG_ROUND_TRIPS, this);
  }

  @Test
  default void required_006_refusalsNameTheComponent() {
    Check.provider(ProviderRules.REFUSALS_NAME_THE_COMPONENT, this);
  }

  @Test
  default void required_007_completeIsDoneOnce() {
    Check.provider(ProviderRules.COMPLETE_IS_DONE_ONCE, this);
  }

  @Test
  default void required_008_adviceNamesTheComponent() {
    Check.provider(ProviderRules.ADVICE_NAMES_THE_COMPONENT, this);
  }
}
