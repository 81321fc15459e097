package dev.haltlab.cli;

import java.util.List;

/**
 * One thing that was checked of a plugin.
 *
 * @param stage how: jar, loading, code, contract or run
 * @param plugin whose: kind and id, or the file's name where it is about the file
 * @param id the rule, where its kit names it
 * @param sentence what it asks
 * @param why what goes wrong otherwise
 * @param status what came of it
 * @param observed lines: what was seen, each breach, or the reason it was skipped
 */
record Checked(
    String stage, String plugin, String id, String sentence, String why, Status status, List<String> observed) {

  /** What came of it; in small letters in JSON. */
  enum Status { PASSED, VIOLATED, SKIPPED }

  Checked {
    observed = List.copyOf(observed);
  }

  boolean violated() {
    return status == Status.VIOLATED;
  }
}
