package dev.haltlab.trace;

import java.io.IOException;
import java.io.InputStream;

/**
 * The lines of a stream, one at a time, in a buffer of fixed size: a file of any length takes the same memory. A line
 * ends with a line feed, before which a carriage return does not count.
 */
final class Lines implements AutoCloseable {
  /** Longest line that is read, bytes; the rest of a longer one is passed over. */
  static final int LONGEST = 1 << 16;

  private static final int BUFFER = 1 << 18;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int next;
  private int filled;
  private boolean drained;

  private int from;
  private int to;
  private long number;
  private boolean ended;
  private boolean tooLong;

  Lines(InputStream in) {
    this.in = in;
  }

  /**
   * Goes to the next line.
   *
   * @return false at the end of the stream
   * @throws IOException if the stream cannot be read further; the line that was begun is lost
   */
  boolean next() throws IOException {
    int end = lineFeed(next);
    while (end < 0 && !drained && filled - next <= LONGEST) {
      int searched = filled - next;
      fill();
      end = lineFeed(next + searched);
    }
    if (end < 0 && next == filled && drained) {
      return false;
    }
    number++;
    from = next;
    tooLong = end < 0 ? filled - next > LONGEST : end - next > LONGEST;
    ended = end >= 0;
    if (tooLong) {
      to = from + LONGEST;
      passOver(end);
      return true;
    }
    to = ended ? end : filled;
    next = ended ? end + 1 : filled;
    if (to > from && buffer[to - 1] == '\r') {
      to--;
    }
    return true;
  }

  byte[] bytes() {
    return buffer;
  }

  /** Index of the line's first byte. */
  int from() {
    return from;
  }

  /** Index after its last byte. */
  int to() {
    return to;
  }

  /** Number of the line, from 1; 0 before the first. */
  long number() {
    return number;
  }

  /** Whether it ended with a line feed; false only for the last one of a stream that was cut off, or nearly whole. */
  boolean ended() {
    return ended;
  }

  /** Whether it was longer than {@link #LONGEST} bytes and is shown up to there. */
  boolean tooLong() {
    return tooLong;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private int lineFeed(int start) {
    for (int i = start; i < filled; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Moves what is unread to the front and reads more behind it. */
  private void fill() throws IOException {
    System.arraycopy(buffer, next, buffer, 0, filled - next);
    filled -= next;
    next = 0;
    int read = in.read(buffer, filled, buffer.length - filled);
    drained = read < 0;
    filled += Math.max(0, read);
  }

  /** Leaves the shown part of an overlong line at the front of the buffer and forgets the rest of it. */
  private void passOver(int lineFeed) throws IOException {
    if (lineFeed >= 0) {
      next = lineFeed + 1;
      ended = true;
      return;
    }
    System.arraycopy(buffer, from, buffer, 0, LONGEST);
    from = 0;
    to = LONGEST;
    while (!drained) {
      filled = LONGEST;
      int read = in.read(buffer, LONGEST, buffer.length - LONGEST);
      drained = read < 0;
      filled += Math.max(0, read);
      int end = lineFeed(LONGEST);
      if (end >= 0) {
        next = end + 1;
        ended = true;
        return;
      }
    }
    next = filled;
  }
}
