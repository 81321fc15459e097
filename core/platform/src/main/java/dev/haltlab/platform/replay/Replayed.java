package dev.haltlab.platform.replay;

import dev.haltlab.trace.Troubles;
import dev.haltlab.trace.replay.Mismatch;
import dev.haltlab.trace.replay.WhatIf;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of replaying one recording.
 *
 * @param file as the user named it
 * @param format id of its format
 * @param kernel version of the recording kernel; null if it is not known
 * @param lines how many it has
 * @param parts the host's halts, a guest's idle episodes, or both; of a recording with neither, the one it would have
 *     had
 * @param spanNs from the first event to the last of the host's halts
 * @param whatIf what came of the strategies that were to be tried; empty if none were, or there are no halts of a host
 * @param troubles lines that could not be read or used
 */
public record Replayed(
    String file, String format, @Nullable String kernel, long lines, List<Part> parts, long spanNs,
    Optional<WhatIf.Outcome> whatIf, Troubles troubles) {

  /**
   * What was held against one rule.
   *
   * @param guest whether a guest's rule; else the host's
   * @param rule id of the strategy that follows it
   * @param config its configuration at the start of the recording, as in a scenario
   * @param vcpus threads with halts, or guest CPUs
   * @param halts how many ended
   * @param decisions traced windows that were compared
   * @param mismatches decisions in which rule and kernel differ, and halts after which only the rule decided
   * @param unverified halts whose window was not known: at the start of some recordings, or behind a gap
   * @param gaps places where events are missing
   * @param lostEvents how many are, as far as the recording says
   * @param firstMismatch the first difference
   */
  public record Part(
      boolean guest, String rule, Map<String, Object> config, int vcpus, long halts, long decisions, long mismatches,
      long unverified, long gaps, long lostEvents, Optional<Mismatch> firstMismatch) {}

  /** Whether rule and kernel differ anywhere. */
  public boolean differs() {
    return parts.stream().anyMatch(part -> part.mismatches() > 0);
  }
}
