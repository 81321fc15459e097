package dev.haltlab.engine.guest;

import dev.haltlab.engine.measure.Token;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Something tasks wait for: messages of a socket, or signals of an event. Keeps the tokens that come with them. */
abstract class Queue {
  private final String name;
  private final int index;
  private Task[] waiters = new Task[2];
  private int waiterCount;

  private @Nullable Token[] tokens = new Token[4];
  private long[] arrivals = new long[4];
  private int[] sizes = new int[4];
  private int head;
  private int length;

  Queue(String name, int index) {
    this.name = name;
    this.index = index;
  }

  public final String name() {
    return name;
  }

  /** Counts the sockets and events of the guest. */
  final int index() {
    return index;
  }

  /** Whether something can be taken. */
  final boolean isEmpty() {
    return length == 0;
  }

  /** Order of arrival of what would be taken next. */
  final long headArrival() {
    return arrivals[head];
  }

  /** Size of what would be taken next, bytes; 0 for a signal. */
  final int headBytes() {
    return sizes[head];
  }

  final void put(@Nullable Token token, long arrival, int bytes) {
    if (length == tokens.length) {
      grow();
    }
    int at = (head + length++) & (tokens.length - 1);
    tokens[at] = token;
    arrivals[at] = arrival;
    sizes[at] = bytes;
  }

  final @Nullable Token take() {
    Token token = tokens[head];
    tokens[head] = null;
    head = (head + 1) & (tokens.length - 1);
    length--;
    return token;
  }

  final void addWaiter(Task task) {
    if (waiterCount == waiters.length) {
      waiters = Arrays.copyOf(waiters, waiterCount * 2);
    }
    waiters[waiterCount++] = task;
  }

  /** The task that has waited longest; null if none does. */
  final @Nullable Task firstWaiter() {
    return waiterCount == 0 ? null : waiters[0];
  }

  final void removeWaiter(Task task) {
    for (int i = 0; i < waiterCount; i++) {
      if (waiters[i] == task) {
        System.arraycopy(waiters, i + 1, waiters, i, --waiterCount - i);
        return;
      }
    }
  }

  private void grow() {
    @Nullable Token[] moreTokens = new Token[length * 2];
    long[] moreArrivals = new long[length * 2];
    int[] moreSizes = new int[length * 2];
    for (int i = 0; i < length; i++) {
      int from = (head + i) & (length - 1);
      moreTokens[i] = tokens[from];
      moreArrivals[i] = arrivals[from];
      moreSizes[i] = sizes[from];
    }
    tokens = moreTokens;
    arrivals = moreArrivals;
    sizes = moreSizes;
    head = 0;
  }

  /** A loopback socket: every message is kept until taken. */
  static final class OfMessages extends Queue implements dev.haltlab.spi.Socket {
    OfMessages(String name, int index) {
      super(name, index);
    }
  }

  /** An event: a signal is kept once. */
  static final class OfSignals extends Queue implements dev.haltlab.spi.Event {
    final boolean autoReset;

    OfSignals(String name, int index, boolean autoReset) {
      super(name, index);
      this.autoReset = autoReset;
    }
  }
}
