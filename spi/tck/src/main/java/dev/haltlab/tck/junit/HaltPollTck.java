package dev.haltlab.tck.junit;

import dev.haltlab.spi.HaltPollProvider;
import dev.haltlab.spi.Stability;
import dev.haltlab.tck.HaltPollRules;
import org.junit.jupiter.api.Test;

/**
 * What is asked of a halt-poll strategy. {@link HaltPollRules} says why each rule is there.
 *
 * @param <C> its configuration
 */
@Stability(Stability.Level.PROVISIONAL)
public interface HaltPollTck<C extends Record> extends ProviderTck<C> {
  @Override
  HaltPollProvider<C> provider();

  @Test
  default void required_100_createMakesAStrategyForEveryVcpu() {
    Check.of(HaltPollRules.CREATE, provider(), this);
  }

  @Test
  default void required_101_budgetIsNeverNegative() {
    Check.of(HaltPollRules.BUDGET_IS_NEVER_NEGATIVE, provider(), this);
  }

  @Test
  default void required_102_budgetAndWokenAllocateNothing() {
    Check.of(HaltPollRules.NOTHING_IS_ALLOCATED, provider(), this);
  }

  @Test
  default void required_103_sameSeatSameAnswers() {
    Check.of(HaltPollRules.SAME_SEAT_SAME_ANSWERS, provider(), this);
  }

  @Test
  default void required_104_instancesShareNothing() {
    Check.of(HaltPollRules.INSTANCES_SHARE_NOTHING, provider(), this);
  }

  @Test
  default void required_105_budgetWithoutWokenIsNormal() {
    Check.of(HaltPollRules.BUDGET_WITHOUT_WOKEN, provider(), this);
  }

  @Test
  default void required_106_extremeValuesAreTolerated() {
    Check.of(HaltPollRules.EXTREMES_ARE_TOLERATED, provider(), this);
  }

  @Test
  default void required_107_windowNsHasNoEffect() {
    Check.of(HaltPollRules.WINDOW_HAS_NO_EFFECT, provider(), this);
  }

  @Test
  default void required_108_yieldsIsAlwaysTheSame() {
    Check.of(HaltPollRules.YIELDS_IS_ALWAYS_THE_SAME, provider(), this);
  }

  @Test
  default void required_109_hostIsAskedInsideBudgetAndWokenOnly() {
    Check.of(HaltPollRules.HOST_IS_ASKED_INSIDE, provider(), this);
  }

  @Test
  default void required_110_budgetAndWokenThrowNothing() {
    Check.of(HaltPollRules.NOTHING_IS_THROWN, provider(), this);
  }

  @Test
  default void required_111_resumeTakesTheWindowOrRefuses() {
    Check.of(HaltPollRules.RESUME_TAKES_OR_REFUSES, provider(), this);
  }
}
