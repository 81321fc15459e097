package dev.haltlab.trace;

import java.util.ArrayList;
import java.util.List;

/** What could not be read or used of a trace, by line, and what a reader should know. The first ones are kept. */
public final class Troubles {
  /** So many are kept. */
  public static final int KEPT = 100;

  private final List<Trouble> first = new ArrayList<>();
  private long dropped;
  private long notes;

  /**
   * Something about a line.
   *
   * @param line its number, from 1
   * @param what is wrong with it, or happened there
   * @param dropped whether the line was not used
   */
  public record Trouble(long line, String what, boolean dropped) {}

  /** Adds a line that was not used. */
  public void drop(long line, String what) {
    dropped++;
    keep(new Trouble(line, what, true));
  }

  /** Adds what should be known of a line that was used. */
  public void note(long line, String what) {
    notes++;
    keep(new Trouble(line, what, false));
  }

  private void keep(Trouble trouble) {
    if (first.size() < KEPT) {
      first.add(trouble);
    }
  }

  /** How many lines were not used. */
  public long dropped() {
    return dropped;
  }

  /** How many there are beyond the {@link #first}. */
  public long unsaid() {
    return dropped + notes - first.size();
  }

  /** The first of them, in the order of the file. */
  public List<Trouble> first() {
    return List.copyOf(first);
  }
}
