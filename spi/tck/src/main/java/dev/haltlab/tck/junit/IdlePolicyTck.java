package dev.haltlab.tck.junit;

import dev.haltlab.spi.IdlePolicyProvider;
import dev.haltlab.spi.Stability;
import dev.haltlab.tck.IdlePolicyRules;
import org.junit.jupiter.api.Test;

/**
 * What is asked of a guest idle policy. {@link IdlePolicyRules} says why each rule is there.
 *
 * @param <C> its configuration
 */
@Stability(Stability.Level.PROVISIONAL)
public interface IdlePolicyTck<C extends Record> extends ProviderTck<C> {
  @Override
  IdlePolicyProvider<C> provider();

  @Test
  default void required_200_createMakesAPolicyForEveryVcpu() {
    Check.of(IdlePolicyRules.CREATE, provider(), this);
  }

  @Test
  default void required_201_statesAreThereAndTheSame() {
    Check.of(IdlePolicyRules.STATES_ARE_THERE, provider(), this);
  }

  @Test
  default void required_202_statesAreShallowestFirst() {
    Check.of(IdlePolicyRules.STATES_GET_DEEPER, provider(), this);
  }

  @Test
  default void required_203_selectIsInRange() {
    Check.of(IdlePolicyRules.SELECT_IS_IN_RANGE, provider(), this);
  }

  @Test
  default void required_204_pollNsIsNeverNegative() {
    Check.of(IdlePolicyRules.POLL_IS_NEVER_NEGATIVE, provider(), this);
  }

  @Test
  default void required_205_idleLoopAllocatesNothing() {
    Check.of(IdlePolicyRules.NOTHING_IS_ALLOCATED, provider(), this);
  }

  @Test
  default void required_206_sameSeatSameAnswers() {
    Check.of(IdlePolicyRules.SAME_SEAT_SAME_ANSWERS, provider(), this);
  }

  @Test
  default void required_207_instancesShareNothing() {
    Check.of(IdlePolicyRules.INSTANCES_SHARE_NOTHING, provider(), this);
  }

  @Test
  default void required_208_extremeValuesAreTolerated() {
    Check.of(IdlePolicyRules.EXTREMES_ARE_TOLERATED, provider(), this);
  }

  @Test
  default void required_209_selectWithoutReflectIsNormal() {
    Check.of(IdlePolicyRules.SELECT_WITHOUT_REFLECT, provider(), this);
  }

  @Test
  default void required_210_questionsHaveNoEffect() {
    Check.of(IdlePolicyRules.QUESTIONS_HAVE_NO_EFFECT, provider(), this);
  }

  @Test
  default void required_211_hostIsNotAsked() {
    Check.of(IdlePolicyRules.HOST_IS_NOT_ASKED, provider(), this);
  }

  @Test
  default void required_212_idleLoopThrowsNothing() {
    Check.of(IdlePolicyRules.NOTHING_IS_THROWN, provider(), this);
  }

  @Test
  default void required_213_resumeTakesTheLimitOrRefuses() {
    Check.of(IdlePolicyRules.RESUME_TAKES_OR_REFUSES, provider(), this);
  }
}
