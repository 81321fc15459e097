package dev.haltlab.trace.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The threads of a recording by name and number, found without an object per line. */
final class Threads {
  /** More threads with halts than any host has vCPUs: the file is not what it seems. */
  static final int MOST = 1 << 16;

  private static final int FIRST_SLOTS = 64;

  private final List<byte[]> names = new ArrayList<>();
  private int[] pids = new int[FIRST_SLOTS];
  private int[] slots = new int[FIRST_SLOTS];

  /**
   * The number of a thread, from 0 in the order of appearance.
   *
   * @return −1 if it is one too many
   */
  int number(int pid, byte[] text, int commFrom, int commTo) {
    int mask = slots.length - 1;
    int slot = hash(pid, text, commFrom, commTo) & mask;
    while (slots[slot] != 0) {
      int number = slots[slot] - 1;
      if (pids[number] == pid
          && Arrays.equals(names.get(number), 0, names.get(number).length, text, commFrom, commTo)) {
        return number;
      }
      slot = slot + 1 & mask;
    }
    return names.size() < MOST ? add(pid, Arrays.copyOfRange(text, commFrom, commTo)) : -1;
  }

  /** As in recordings: name, hyphen, number. */
  String name(int number) {
    String comm = new String(names.get(number), StandardCharsets.UTF_8);
    return pids[number] < 0 ? "the only thread" : comm + "-" + pids[number];
  }

  private int add(int pid, byte[] name) {
    int number = names.size();
    names.add(name);
    if (number == pids.length) {
      pids = Arrays.copyOf(pids, number * 2);
    }
    pids[number] = pid;
    if (number * 2 >= slots.length) {
      slots = new int[slots.length * 4];
      for (int i = 0; i < number; i++) {
        put(i);
      }
    }
    put(number);
    return number;
  }

  private void put(int number) {
    byte[] name = names.get(number);
    int mask = slots.length - 1;
    int slot = hash(pids[number], name, 0, name.length) & mask;
    while (slots[slot] != 0) {
      slot = slot + 1 & mask;
    }
    slots[slot] = number + 1;
  }

  private static int hash(int pid, byte[] text, int from, int to) {
    int hash = pid * 0x9E3779B1;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + text[i];
    }
    return hash ^ hash >>> 15;
  }
}
