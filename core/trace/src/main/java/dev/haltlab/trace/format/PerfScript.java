package dev.haltlab.trace.format;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.TraceSink;
import org.jspecify.annotations.Nullable;

/**
 * What {@code perf script} prints of tracepoints: {@code comm pid [cpu] time: system:event: payload}. Call chains under
 * an event are passed over.
 *
 * <p>Source: tools/perf/builtin-script.c, Linux 4.4 to 6.18.
 */
public final class PerfScript implements TraceReaderProvider<PerfScript.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "perf-script";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "the output of perf script";
  }

  @Override
  public TraceReader create(Config config) {
    return new Lines();
  }

  private static final class Lines implements TraceReader {
    private static final byte[] LOST = Cursor.bytes(": PERF_RECORD_LOST lost ");
    private static final int SHORTEST_ADDRESS = 6;

    private final Cursor cursor = new Cursor();
    private final Envelope envelope = new Envelope();
    private final Payloads payloads = new Payloads();

    @Override
    public @Nullable String line(byte[] text, int from, int to, TraceSink sink) {
      cursor.set(text, from, to);
      if (cursor.skip('#')) {
        return FtraceLines.Parameters.read(text, from, to, sink);
      }
      cursor.blanks();
      if (cursor.atEnd()) {
        return null;
      }
      if (envelope.perf(cursor, from, to)) {
        sink.event(envelope.timeNs, envelope.cpu, envelope.pid, text, envelope.commFrom, envelope.commTo);
        return payloads.read(cursor, envelope.eventFrom, envelope.eventTo, sink);
      }
      cursor.set(text, from, to);
      if (loss(sink)) {
        return null;
      }
      cursor.set(text, from, to);
      return caller() ? null : "not a line of perf script: " + Cursor.shown(text, from, to);
    }

    /** As printed with {@code --show-lost-events}. */
    private boolean loss(TraceSink sink) {
      int at = cursor.find(LOST);
      if (at < 0) {
        return false;
      }
      cursor.at = at + LOST.length;
      long events = cursor.decimal();
      cursor.blanks();
      if (events < 0 || !cursor.atEnd()) {
        return false;
      }
      sink.lost(events);
      return true;
    }

    /** {@code ffffffff810b5c31 symbol+0x1 (module)}, indented. */
    private boolean caller() {
      if (!Cursor.isBlank((byte) cursor.peek())) {
        return false;
      }
      cursor.blanks();
      int address = cursor.at;
      return cursor.hex() && cursor.at - address >= SHORTEST_ADDRESS && Cursor.isBlank((byte) cursor.peek());
    }
  }
}
