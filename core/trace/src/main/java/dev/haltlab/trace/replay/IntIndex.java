package dev.haltlab.trace.replay;

import org.jspecify.annotations.Nullable;

/** Values by a number, found without boxing it; of several with one number, the newest. */
final class IntIndex<V> {
  private static final int FIRST_SLOTS = 64;

  private int[] keys = new int[FIRST_SLOTS];
  private @Nullable Object[] values = new Object[FIRST_SLOTS];
  private int size;

  @SuppressWarnings("unchecked") // only put() stores
  @Nullable V get(int key) {
    return (V) values[slot(key)];
  }

  void put(int key, V value) {
    if (size * 2 >= keys.length) {
      grow();
    }
    int slot = slot(key);
    size += values[slot] == null ? 1 : 0;
    keys[slot] = key;
    values[slot] = value;
  }

  private int slot(int key) {
    int mask = keys.length - 1;
    int slot = key * 0x9E3779B1 >>> 8 & mask;
    while (values[slot] != null && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    int[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new int[oldKeys.length * 2];
    values = new Object[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
