package dev.haltlab.tck.junit;

import dev.haltlab.spi.Stability;
import dev.haltlab.spi.WorkloadProvider;
import dev.haltlab.tck.WorkloadRules;
import org.junit.jupiter.api.Test;

/**
 * What is asked of a guest workload. {@link WorkloadRules} says why each rule is there.
 *
 * @param <C> its configuration
 */
@Stability(Stability.Level.PROVISIONAL)
public interface WorkloadTck<C extends Record> extends ProviderTck<C> {
  @Override
  WorkloadProvider<C> provider();

  @Test
  default void required_300_defineRefusesInWords() {
    Check.of(WorkloadRules.REFUSES_IN_WORDS, provider(), this);
  }

  @Test
  default void required_301_defineDeclaresSomethingToDo() {
    Check.of(WorkloadRules.SOMETHING_IS_DECLARED, provider(), this);
  }

  @Test
  default void required_302_declarationsFitTheVm() {
    Check.of(WorkloadRules.DECLARATIONS_HOLD, provider(), this);
  }

  @Test
  default void required_303_defineIsRepeatable() {
    Check.of(WorkloadRules.DEFINE_IS_REPEATABLE, provider(), this);
  }

  @Test
  default void required_304_nextIssuesOneVerb() {
    Check.of(WorkloadRules.ONE_VERB_A_CALL, provider(), this);
  }

  @Test
  default void required_305_verbsMakeSense() {
    Check.of(WorkloadRules.ARGUMENTS_MAKE_SENSE, provider(), this);
  }

  @Test
  default void required_306_measurementsEnd() {
    Check.of(WorkloadRules.MEASUREMENTS_END, provider(), this);
  }

  @Test
  default void required_307_nextAllocatesNothing() {
    Check.of(WorkloadRules.NOTHING_IS_ALLOCATED, provider(), this);
  }

  @Test
  default void required_308_sameGuestSameSteps() {
    Check.of(WorkloadRules.SAME_GUEST_SAME_STEPS, provider(), this);
  }

  @Test
  default void required_309_guestsShareNothing() {
    Check.of(WorkloadRules.GUESTS_SHARE_NOTHING, provider(), this);
  }

  @Test
  default void required_310_guestIsUsedInDefineOnly() {
    Check.of(WorkloadRules.GUEST_IS_NOT_KEPT, provider(), this);
  }

  @Test
  default void required_311_aBodyServesOneTask() {
    Check.of(WorkloadRules.BODIES_ARE_NOT_SHARED, provider(), this);
  }
}
