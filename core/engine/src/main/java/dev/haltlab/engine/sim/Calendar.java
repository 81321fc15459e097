package dev.haltlab.engine.sim;

import java.util.Arrays;
import java.util.Objects;

/**
 * Pending events, one reschedulable slot for each source, in the total order (time, slot): at equal time the lower slot
 * goes first. Two events never compare equal, so the order needs no insertion number, and scheduling, moving and
 * cancelling cost the same. Allocates nothing after construction.
 *
 * <p>Call order: {@link #next} takes an event and moves the clock there; its handler schedules what follows. A handler
 * whose own next step {@link #precedes} everything pending may skip the calendar: {@link #advanceTo} and go on.
 */
public final class Calendar {
  /** The time of an event that is not pending. */
  public static final long NEVER = Long.MAX_VALUE;

  /** So many slots are looked at one by one, which is cheaper than keeping them in a tree. */
  private static final int SCANNED = 4;

  /** The key of a slot without event: greater than any key of an event. */
  private static final long EMPTY = Long.MAX_VALUE;

  private static final long UNKNOWN = -1;

  private final int slots;
  private final int rankBits;
  private final int rankMask;
  private final long maxTimeNs;

  /** The slots {@code busyFrom} to {@code busyFrom + busySlots - 1} are scanned; the others are in the tree. */
  private final int busyFrom;

  private final int busySlots;
  /** Always {@link #SCANNED} keys, so that the scan has no loop; those without a slot stay empty. */
  private final long[] busy = new long[SCANNED];

  /**
   * A key packs time and slot, so that one comparison of longs is the total order. {@code tree[i]} is the smaller of
   * {@code tree[2i]} and {@code tree[2i + 1]}, and {@code tree[1]} the earliest: no event is ever moved, and no branch
   * depends on the order.
   */
  private final long[] tree;

  /** Index of slot 0's key in the tree: the number of leaves. */
  private final int leaves;

  /**
   * The tree's slot that {@link #next} took last while its key still stands in the tree, or −1. Most handlers schedule
   * their own slot anew, and then one walk up the tree does for removal and insertion both.
   */
  private int hole = -1;

  /** The smallest key of all, {@link #EMPTY} if there is none; {@link #UNKNOWN} when it has gone. */
  private long first = UNKNOWN;

  private long nowNs;
  private long taken;

  /**
   * An empty calendar at time 0.
   *
   * @param slots number of sources, 1 to 2^24
   */
  public Calendar(int slots) {
    this(slots, 0, slots);
  }

  /**
   * An empty calendar at time 0 that knows which of its sources have most of the events. If they are few, scheduling them
   * is one store; the order of events is the same.
   *
   * @param slots number of sources, 1 to 2^24
   * @param busyFrom the first busy one
   * @param busySlots how many follow each other
   */
  public Calendar(int slots, int busyFrom, int busySlots) {
    if (slots < 1 || slots > 1 << 24) {
      throw new IllegalArgumentException("slots must be 1 to " + (1 << 24) + ", was " + slots);
    }
    Objects.checkFromIndexSize(busyFrom, busySlots, slots);
    this.slots = slots;
    this.rankBits = 32 - Integer.numberOfLeadingZeros(slots - 1);
    this.rankMask = (1 << rankBits) - 1;
    this.maxTimeNs = (Long.MAX_VALUE >> rankBits) - 1;
    this.busyFrom = busyFrom;
    this.busySlots = busySlots <= SCANNED ? busySlots : 0;
    this.leaves = 1 << rankBits;
    this.tree = new long[2 << rankBits];
    Arrays.fill(busy, EMPTY);
    Arrays.fill(tree, EMPTY);
  }

  /** Number of sources. */
  public int slots() {
    return slots;
  }

  /** The simulated time, ns. */
  public long nowNs() {
    return nowNs;
  }

  /** The latest time an event may have, ns: 2^63 divided by the number of slots, roughly. */
  public long maxTimeNs() {
    return maxTimeNs;
  }

  /** Longer than any run, ns, and short enough to leave room before the end of time for whatever interrupts it. */
  public long longestNs() {
    return maxTimeNs / 2;
  }

  /** Events taken by {@link #next} or run ahead by {@link #advanceTo} so far. */
  public long taken() {
    return taken;
  }

  /**
   * Sets the event of {@code slot} to {@code timeNs}, whether or not it was pending.
   *
   * @throws IllegalArgumentException if {@code timeNs} is before now or beyond {@link #maxTimeNs}
   */
  public void schedule(int slot, long timeNs) {
    if (timeNs < nowNs || timeNs > maxTimeNs) {
      throw outOfRange(slot, timeNs);
    }
    put(Objects.checkIndex(slot, slots), timeNs << rankBits | slot);
  }

  /** Removes the event of {@code slot}; no effect if none is pending. */
  public void cancel(int slot) {
    put(Objects.checkIndex(slot, slots), EMPTY);
  }

  /** Whether an event of {@code slot} is pending. */
  public boolean isScheduled(int slot) {
    return keyOf(slot) != EMPTY;
  }

  /** When the pending event of {@code slot} happens, ns; {@link #NEVER} if none is pending. */
  public long timeOf(int slot) {
    return toTime(keyOf(slot));
  }

  /** Takes the earliest event, moves the clock there and returns its slot; −1, without effect, if none is pending. */
  public int next() {
    long key = earliest();
    if (key == EMPTY) {
      return -1;
    }
    int slot = (int) key & rankMask;
    nowNs = key >> rankBits;
    taken++;
    first = UNKNOWN;
    if (isBusy(slot)) {
      busy[slot - busyFrom] = EMPTY;
    } else {
      hole = slot;
    }
    return slot;
  }

  /** When the earliest pending event happens, ns; {@link #NEVER} if none is pending. */
  public long peekNs() {
    return toTime(earliest());
  }

  /**
   * Whether an event of {@code slot} at {@code timeNs} comes before everything pending, so that its handler may run at
   * once after {@link #advanceTo} instead of being scheduled. A pending event of {@code slot} itself counts like any
   * other.
   */
  public boolean precedes(int slot, long timeNs) {
    return timeNs <= maxTimeNs && (timeNs << rankBits | slot) < earliest();
  }

  /**
   * Moves the clock to {@code timeNs} if an event of {@code slot} then would be the very next; else does nothing. What
   * {@link #precedes} and {@link #advanceTo} do, in one look.
   */
  public boolean advanceIfNext(int slot, long timeNs) {
    if (!precedes(slot, timeNs)) {
      return false;
    }
    nowNs = timeNs;
    taken++;
    return true;
  }

  /**
   * Moves the clock forward without taking an event from the calendar.
   *
   * @throws IllegalArgumentException if {@code timeNs} is before now, after the earliest pending event or beyond {@link
   *     #maxTimeNs}
   */
  public void advanceTo(long timeNs) {
    if (timeNs < nowNs || timeNs > maxTimeNs || timeNs > earliest() >> rankBits) {
      throw cannotAdvance(timeNs);
    }
    nowNs = timeNs;
    taken++;
  }

  private long earliest() {
    long known = first;
    return known >= 0 ? known : find();
  }

  private long find() {
    long found = busySlots == 0 ? root() : Math.min(root(), busiest());
    first = found;
    return found;
  }

  private long busiest() {
    long[] keys = busy;
    return Math.min(Math.min(keys[0], keys[1]), Math.min(keys[2], keys[3]));
  }

  private long root() {
    if (hole >= 0) {
      put(hole, EMPTY);
    }
    return tree[1];
  }

  private boolean isBusy(int slot) {
    int index = slot - busyFrom;
    return index >= 0 && index < busySlots;
  }

  private void put(int slot, long key) {
    long before;
    if (isBusy(slot)) {
      before = busy[slot - busyFrom];
      busy[slot - busyFrom] = key;
    } else {
      if (slot == hole) {
        hole = -1;
      }
      before = tree[leaves + slot];
      climb(leaves + slot, key);
    }
    if (key < first) {
      first = key;
    } else if (before == first) {
      first = UNKNOWN;
    }
  }

  private void climb(int leaf, long key) {
    long[] keys = tree;
    long smaller = key;
    int i = leaf;
    keys[i] = smaller;
    for (int level = rankBits; level > 0; level--) {
      smaller = Math.min(smaller, keys[i ^ 1]);
      i >>= 1;
      keys[i] = smaller;
    }
  }

  private long keyOf(int slot) {
    if (isBusy(Objects.checkIndex(slot, slots))) {
      return busy[slot - busyFrom];
    }
    return slot == hole ? EMPTY : tree[leaves + slot];
  }

  private long toTime(long key) {
    return key == EMPTY ? NEVER : key >> rankBits;
  }

  // Building a message is kept out of the hot methods so that they stay small enough to inline.

  private IllegalArgumentException outOfRange(int slot, long timeNs) {
    return new IllegalArgumentException(
        "slot " + slot + " cannot happen at " + timeNs + " ns: now is " + nowNs + " ns, the latest is " + maxTimeNs
            + " ns");
  }

  private IllegalArgumentException cannotAdvance(long timeNs) {
    return new IllegalArgumentException(
        "cannot advance to " + timeNs + " ns: now is " + nowNs + " ns, the earliest event is at " + peekNs()
            + " ns, the latest time is " + maxTimeNs + " ns");
  }
}
