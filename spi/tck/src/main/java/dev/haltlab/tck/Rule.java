package dev.haltlab.tck;

import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Stability;
import java.util.Locale;

/**
 * One numbered sentence of a contract, and the check that a plugin keeps it.
 *
 * @param <P> the kind of provider it applies to
 */
@Stability(Stability.Level.PROVISIONAL)
public final class Rule<P extends Provider<?>> {
  private final String id;
  private final String sentence;
  private final String why;
  private final Check<P> check;

  Rule(int number, String name, String sentence, String why, Check<P> check) {
    this.id = String.format(Locale.ROOT, "required_%03d_%s", number, name);
    this.sentence = sentence;
    this.why = why;
    this.check = check;
  }

  /** Number and name, such as {@code required_101_budgetIsNeverNegative}; it never changes its meaning. */
  public String id() {
    return id;
  }

  /** What is asked of a plugin. */
  public String sentence() {
    return sentence;
  }

  /** What goes wrong where it is not kept. */
  public String why() {
    return why;
  }

  /**
   * Runs the check on the current thread, a fraction of a second for a plugin that returns. Never throws for what the
   * plugin does: whatever comes out of it is a violation.
   */
  public Result check(Subject<P> subject) {
    String reason = subject.skipped().get(id);
    if (reason != null) {
      return result(Result.Status.SKIPPED, reason);
    }
    try {
      return result(Result.Status.PASSED, check.observe(subject));
    } catch (Violation violation) {
      return result(Result.Status.VIOLATED, String.valueOf(violation.getMessage()));
    } catch (NotApplicable reasonFound) {
      return result(Result.Status.SKIPPED, String.valueOf(reasonFound.getMessage()));
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) { // a plugin may throw anything
      return result(Result.Status.VIOLATED, Thrown.by(e));
    }
  }

  private Result result(Result.Status status, String observed) {
    return new Result(id, sentence, why, status, Thrown.oneLine(observed));
  }

  @Override
  public String toString() {
    return id + ": " + sentence;
  }

  /** Tries a plugin. */
  @FunctionalInterface
  interface Check<P extends Provider<?>> {
    /**
     * Returns what was observed where the rule held.
     *
     * @throws Violation where it did not
     * @throws NotApplicable where it could not be tried
     */
    String observe(Subject<P> subject);
  }
}
