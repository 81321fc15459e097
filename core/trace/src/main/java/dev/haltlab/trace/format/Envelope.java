package dev.haltlab.trace.format;

/**
 * What stands before an event's payload: thread, CPU, time, name of the event. A thread's name may contain anything,
 * blanks, slashes and hyphens too ({@code CPU 0/KVM}), but no more than 15 bytes of it are printed; so the end of the
 * name is the last place within reach behind which the rest fits.
 */
final class Envelope {
  /** TASK_COMM_LEN less its zero, and one more for names that user space prints. */
  private static final int LONGEST_COMM = 16;

  private static final int MOST_DECIMALS = 9;

  int commFrom;
  int commTo;
  int pid;
  int cpu;
  long timeNs;
  int eventFrom;
  int eventTo;
  int payloadFrom;

  /**
   * {@code comm-pid (tgid) [cpu] flags time: event: payload}; thread group and flags may be missing, and before the
   * time everything may.
   *
   * @return whether the line is of that form
   */
  boolean ftrace(Cursor c, int from, int to) {
    byte[] text = c.text;
    int start = start(text, from, to);
    for (int dash = Math.min(to - 1, start + LONGEST_COMM); dash > start; dash--) {
      if (text[dash] == '-' && afterDash(c, dash + 1, to)) {
        comm(text, start, dash);
        return true;
      }
    }
    pid = -1;
    cpu = -1;
    c.set(text, start, to);
    if (time(c) && event(c)) {
      comm(text, start, start);
      return true;
    }
    return false;
  }

  /**
   * {@code comm pid [cpu] time: period system:event: payload}; {@code pid/tid} for the pid; CPU, period and system may
   * be missing.
   *
   * @return whether the line is of that form
   */
  boolean perf(Cursor c, int from, int to) {
    byte[] text = c.text;
    int start = start(text, from, to);
    for (int blank = Math.min(to - 1, start + LONGEST_COMM); blank > start; blank--) {
      if (Cursor.isBlank(text[blank]) && afterBlank(c, blank, to)) {
        comm(text, start, blank);
        return true;
      }
    }
    return false;
  }

  private boolean afterDash(Cursor c, int from, int to) {
    c.set(c.text, from, to);
    if (!pid(c)) {
      return false;
    }
    c.blanks();
    if (c.skip('(') && !threadGroup(c)) {
      return false;
    }
    if (!cpu(c)) {
      return false;
    }
    int flags = c.at;
    if (time(c)) {
      return event(c);
    }
    c.at = flags;
    if (!c.token()) {
      return false;
    }
    c.blanks();
    return time(c) && event(c);
  }

  private boolean afterBlank(Cursor c, int from, int to) {
    c.set(c.text, from, to);
    c.blanks();
    if (!pid(c)) {
      return false;
    }
    if (c.skip('/') && !pid(c)) {
      return false;
    }
    if (!Cursor.isBlank((byte) c.peek())) {
      return false;
    }
    c.blanks();
    cpu = -1;
    if (c.peek() == '[' && !cpu(c)) {
      return false;
    }
    if (!time(c)) {
      return false;
    }
    int period = c.at;
    if (c.decimal() >= 0) {
      c.blanks();
    } else {
      c.at = period;
    }
    return event(c);
  }

  /** Known ({@code 4242}) or not ({@code -------}). */
  private static boolean threadGroup(Cursor c) {
    c.blanks();
    if (c.decimal() < 0) {
      boolean unknown = false;
      while (c.skip('-')) {
        unknown = true;
      }
      if (!unknown) {
        return false;
      }
    }
    c.blanks();
    boolean closed = c.skip(')');
    c.blanks();
    return closed;
  }

  private boolean pid(Cursor c) {
    long value = c.decimal();
    pid = (int) value;
    return value >= 0 && value <= Integer.MAX_VALUE;
  }

  private boolean cpu(Cursor c) {
    if (!c.skip('[')) {
      return false;
    }
    long value = c.decimal();
    cpu = (int) value;
    boolean fits = value >= 0 && value <= Integer.MAX_VALUE && c.skip(']') && Cursor.isBlank((byte) c.peek());
    c.blanks();
    return fits;
  }

  private boolean time(Cursor c) {
    long seconds = c.decimal();
    if (seconds < 0 || seconds > Long.MAX_VALUE / 1_000_000_000L - 1 || !c.skip('.')) {
      return false;
    }
    int before = c.at;
    long fraction = c.decimal();
    int decimals = c.at - before;
    if (fraction < 0 || decimals > MOST_DECIMALS || !c.skip(':')) {
      return false;
    }
    for (int i = decimals; i < MOST_DECIMALS; i++) {
      fraction *= 10;
    }
    timeNs = seconds * 1_000_000_000L + fraction;
    boolean apart = Cursor.isBlank((byte) c.peek());
    c.blanks();
    return apart;
  }

  private boolean event(Cursor c) {
    eventFrom = c.at;
    if (!c.word()) {
      return false;
    }
    eventTo = c.at;
    if (!c.skip(':')) {
      return false;
    }
    if (c.at < c.end && Cursor.isWord(c.text[c.at])) { // the name so far was the system's
      eventFrom = c.at;
      c.word();
      eventTo = c.at;
      if (!c.skip(':')) {
        return false;
      }
    }
    boolean apart = c.atEnd() || Cursor.isBlank((byte) c.peek());
    c.blanks();
    payloadFrom = c.at;
    return apart;
  }

  private void comm(byte[] text, int from, int to) {
    commFrom = from;
    commTo = to;
    while (commTo > commFrom && Cursor.isBlank(text[commTo - 1])) {
      commTo--;
    }
  }

  private static int start(byte[] text, int from, int to) {
    int start = from;
    while (start < to && Cursor.isBlank(text[start])) {
      start++;
    }
    return start;
  }
}
