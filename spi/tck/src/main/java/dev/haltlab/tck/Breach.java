package dev.haltlab.tck;

import dev.haltlab.spi.Provider;

/**
 * A plugin broke some rule while another one may have been tried. So that one mistake is told once, by the rule it
 * belongs to, {@link #sorted} turns a breach into a violation of the rule that was tried only where that makes sense.
 */
final class Breach extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int rule;

  /**
   * @param rule number of the rule that was broken
   * @param observed how
   */
  Breach(int rule, String observed) {
    super(observed, null, false, false);
    this.rule = rule;
  }

  boolean isOf(int number) {
    return rule == number;
  }

  /**
   * A check whose breaches are sorted: of its own rule, or of another one that is kept as long as nothing special
   * happens, and the check is violated; of a rule that is broken anyway, and it could not be tried.
   *
   * @param rule number of the rule that is checked
   * @param ordinary what happens in every run
   */
  static <P extends Provider<?>> Rule.Check<P> sorted(int rule, Rule.Check<P> ordinary, Rule.Check<P> check) {
    return subject -> {
      try {
        return check.observe(subject);
      } catch (Breach breach) {
        if (breach.rule != rule) {
          refuseIfBrokenAnyway(subject, ordinary);
        }
        throw new Violation(String.valueOf(breach.getMessage()));
      }
    };
  }

  private static <P extends Provider<?>> void refuseIfBrokenAnyway(
      Subject<P> subject, Rule.Check<P> ordinary) {
    try {
      ordinary.observe(subject);
    } catch (Breach first) {
      throw new NotApplicable("it breaks rule " + first.rule + " already");
    }
  }
}
