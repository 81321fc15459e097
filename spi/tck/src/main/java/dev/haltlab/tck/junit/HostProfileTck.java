package dev.haltlab.tck.junit;

import dev.haltlab.spi.HostProfile;
import dev.haltlab.spi.HostProfileProvider;
import dev.haltlab.spi.Stability;
import dev.haltlab.tck.HostProfileRules;
import org.junit.jupiter.api.Test;

/**
 * What is asked of a host CPU profile. {@link HostProfileRules} says why each rule is there.
 */
@Stability(Stability.Level.PROVISIONAL)
public interface HostProfileTck extends ProviderTck<HostProfile> {
  @Override
  HostProfileProvider provider();

  @Test
  default void required_400_titleIsOneLine() {
    Check.of(HostProfileRules.TITLE_IS_THERE, provider(), this);
  }

  @Test
  default void required_401_pricesCanBeDrawn() {
    Check.of(HostProfileRules.PRICES_CAN_BE_DRAWN, provider(), this);
  }

  @Test
  default void required_402_pricesHaveSources() {
    Check.of(HostProfileRules.PRICES_HAVE_SOURCES, provider(), this);
  }

  @Test
  default void required_403_somethingIsPriced() {
    Check.of(HostProfileRules.SOMETHING_IS_PRICED, provider(), this);
  }

  @Test
  default void required_404_cstatesAreShallowestFirst() {
    Check.of(HostProfileRules.CSTATES_GET_DEEPER, provider(), this);
  }
}
