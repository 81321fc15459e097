package dev.haltlab.trace.format;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceSink;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines as ftrace prints them, {@code comm-pid [cpu] flags time: event: payload}; trace-cmd prints the same. */
class FtraceLines implements TraceReader {
  private static final byte[] BUFFERED = Cursor.bytes("# entries-in-buffer/entries-written: ");
  private static final byte[] CPU = Cursor.bytes("CPU:");
  private static final byte[] LOST = Cursor.bytes("LOST ");
  private static final byte[] EVENTS_LOST = Cursor.bytes("EVENTS]");
  private static final byte[] EVENTS_DROPPED = Cursor.bytes("EVENTS DROPPED]");

  final Cursor cursor = new Cursor();
  private final Envelope envelope = new Envelope();
  private final Payloads payloads = new Payloads();

  @Override
  public @Nullable String line(byte[] text, int from, int to, TraceSink sink) {
    cursor.set(text, from, to);
    if (cursor.skip('#')) {
      return comment(text, from, to, sink);
    }
    cursor.blanks();
    if (cursor.atEnd()) {
      return null;
    }
    if (envelope.ftrace(cursor, from, to)) {
      sink.event(envelope.timeNs, envelope.cpu, envelope.pid, text, envelope.commFrom, envelope.commTo);
      return payloads.read(cursor, envelope.eventFrom, envelope.eventTo, sink);
    }
    cursor.set(text, from, to);
    if (loss(sink) || heading()) {
      return null;
    }
    return "not a line of a trace: " + Cursor.shown(text, from, to);
  }

  /** Whether the line is a heading that only some programs print; the cursor stands at its start. */
  boolean heading() {
    return false;
  }

  private @Nullable String comment(byte[] text, int from, int to, TraceSink sink) {
    cursor.set(text, from, to);
    if (cursor.skip(BUFFERED)) {
      long held = cursor.decimal();
      long written = cursor.skip('/') ? cursor.decimal() : -1;
      if (held >= 0 && written > held) {
        sink.lost(written - held);
      }
    }
    return Parameters.read(text, from, to, sink);
  }

  /** {@code CPU:0 [LOST 12 EVENTS]} as ftrace writes it, {@code CPU:0 [12 EVENTS DROPPED]} as trace-cmd does. */
  private boolean loss(TraceSink sink) {
    cursor.blanks();
    if (!cursor.skip(CPU) || cursor.decimal() < 0) {
      return false;
    }
    cursor.blanks();
    if (!cursor.skip('[')) {
      return false;
    }
    boolean ftrace = cursor.skip(LOST);
    long events = cursor.decimal();
    if (events >= 0 && !cursor.skip(' ')) {
      return false;
    }
    if (!cursor.skip(ftrace ? EVENTS_LOST : EVENTS_DROPPED)) {
      return false;
    }
    cursor.blanks();
    if (!cursor.atEnd()) {
      return false;
    }
    sink.lost(events);
    return true;
  }

  /** {@code # haltlab key=value}, before the events of any format. */
  static final class Parameters {
    private static final byte[] PREFIX = Cursor.bytes("# haltlab ");

    private Parameters() {}

    /** Tells a parameter, if the comment is one; returns what is wrong with it. */
    static @Nullable String read(byte[] text, int from, int to, TraceSink sink) {
      if (!Cursor.startsWith(text, from, to, PREFIX)) {
        return null;
      }
      int key = from + PREFIX.length;
      for (int i = key + 1; i < to; i++) {
        if (text[i] == '=') {
          sink.parameter(string(text, key, i), string(text, i + 1, to));
          return null;
        }
      }
      return "expected '# haltlab KEY=VALUE', found " + Cursor.shown(text, from, to);
    }

    private static String string(byte[] text, int from, int to) {
      return new String(text, from, to - from, StandardCharsets.UTF_8).strip();
    }
  }
}
