package dev.haltlab.rules;

import dev.haltlab.spi.Stability;
import java.util.List;

/**
 * What came of one rule.
 *
 * @param id name of the rule's constant in {@link PluginRules} or {@link JarRules}
 * @param sentence what it asks
 * @param why what goes wrong otherwise
 * @param violations one line each; empty if it is kept
 */
@Stability(Stability.Level.PROVISIONAL)
public record Finding(String id, String sentence, String why, List<String> violations) {
  public Finding {
    violations = List.copyOf(violations);
  }

  /** Whether nothing broke it. */
  public boolean kept() {
    return violations.isEmpty();
  }
}
