package dev.haltlab.haltpoll;

/** The lengths of the latest halts, kept by age and by length. Fixed room, no allocation. */
final class RecentHalts {
  private final long[] byAge;
  private final long[] sorted;
  private int oldest;
  private int size;

  /** @param room how many halts are remembered, at least 1 */
  RecentHalts(int room) {
    byAge = new long[room];
    sorted = new long[room];
  }

  int size() {
    return size;
  }

  /** The length with this many shorter ones, from 0. */
  long sorted(int index) {
    return sorted[index];
  }

  /** Remembers a halt, and forgets the oldest if there is no room. */
  void add(long haltNs) {
    if (size == byAge.length) {
      remove(byAge[oldest]);
    }
    byAge[oldest] = haltNs;
    oldest = oldest + 1 == byAge.length ? 0 : oldest + 1;
    int i = size++;
    while (i > 0 && sorted[i - 1] > haltNs) {
      sorted[i] = sorted[i - 1];
      i--;
    }
    sorted[i] = haltNs;
  }

  private void remove(long haltNs) {
    int i = 0;
    while (sorted[i] != haltNs) {
      i++;
    }
    size--;
    System.arraycopy(sorted, i + 1, sorted, i, size - i);
  }
}
