package dev.haltlab.tck;

import java.util.List;

/** Compares what was answered in two trials. */
final class Same {
  private Same() {}

  /**
   * Wants both to be equal.
   *
   * @param what the answers are, such as {@code budget}
   * @param otherwise what differed between the trials, such as {@code in an equal seat}
   */
  static void answers(String what, long[] first, String otherwise, long[] second) {
    for (int i = 0; i < first.length; i++) {
      if (first[i] != second[i]) {
        throw new Violation(what + " " + (i + 1) + " was " + HaltLoop.words(first[i]) + ", and " + otherwise + " "
            + HaltLoop.words(second[i]));
      }
    }
  }

  /** The same for answers in words. */
  static void steps(String what, List<String> first, String otherwise, List<String> second) {
    for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
      String one = i < first.size() ? first.get(i) : "nothing";
      String other = i < second.size() ? second.get(i) : "nothing";
      if (!one.equals(other)) {
        throw new Violation(what + " " + (i + 1) + " was '" + one + "', and " + otherwise + " '" + other + "'");
      }
    }
  }
}
