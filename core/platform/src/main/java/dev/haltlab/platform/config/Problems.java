package dev.haltlab.platform.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems, so that a user sees all of them at once. The same problem met twice counts once. */
public final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();

  /** Adds one. */
  public void add(Problem problem) {
    found.add(problem);
  }

  /** Adds one at a place. */
  public void add(Place place, String message, String hint) {
    found.add(place.problem(message, hint));
  }

  /** Adds all of another collection. */
  public void addAll(Problems others) {
    found.addAll(others.found);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** All of them: files in the order they were met, each from top to bottom. */
  public List<Problem> all() {
    List<String> files = new ArrayList<>();
    for (Problem problem : found) {
      if (!files.contains(problem.file())) {
        files.add(problem.file());
      }
    }
    List<Problem> sorted = new ArrayList<>(found);
    sorted.sort(
        Comparator.comparingInt((Problem p) -> files.indexOf(p.file()))
            .thenComparingInt(Problem::line)
            .thenComparingInt(Problem::column));
    return sorted;
  }

  /**
   * Does nothing if there are no problems.
   *
   * @throws ProblemsException if there are any
   */
  public void throwIfAny() throws ProblemsException {
    if (!found.isEmpty()) {
      throw new ProblemsException(all());
    }
  }
}
