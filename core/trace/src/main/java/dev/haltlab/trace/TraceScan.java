package dev.haltlab.trace;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceSink;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One pass over a trace: each line to the reader, and each that it does not understand to the troubles. */
public final class TraceScan {
  private final TraceFile file;
  private final TraceReader reader;
  private final Troubles troubles;
  private long line;

  /**
   * A pass that has not begun.
   *
   * @param reader a fresh one of the file's format
   * @param troubles is told of every line that was not understood
   */
  public TraceScan(TraceFile file, TraceReader reader, Troubles troubles) {
    this.file = file;
    this.reader = reader;
    this.troubles = troubles;
  }

  /** Number of the line that is being read, from 1; after the pass, of the last one. */
  public long line() {
    return line;
  }

  /**
   * Reads the file to its end, or to where it cannot be read any more.
   *
   * @throws UnreadableTraceException if there is nothing to read at all
   */
  public void run(TraceSink sink) throws UnreadableTraceException {
    run(sink, Long.MAX_VALUE);
  }

  /**
   * Reads the first lines.
   *
   * @param most so many at most
   * @throws UnreadableTraceException if there is nothing to read at all
   */
  public void run(TraceSink sink, long most) throws UnreadableTraceException {
    try (Lines lines = new Lines(file.text())) {
      while (line < most && lines.next()) {
        line = lines.number();
        String wrong = lines.tooLong() ? "longer than " + Lines.LONGEST + " bytes" : read(lines, sink);
        if (wrong != null) {
          refused(lines.ended() ? wrong : "the file ends in the middle of this line (" + wrong + ")", sink);
        } else if (!lines.ended()) {
          unended(lines);
        }
      }
    } catch (IOException e) {
      line++;
      refused("the file cannot be read further: " + TraceFile.reason(e), sink);
    }
  }

  private @Nullable String read(Lines lines, TraceSink sink) {
    try {
      return reader.line(lines.bytes(), lines.from(), lines.to(), sink);
    } catch (PluginFault | UnfitRuleException e) {
      throw e; // of who listens, not of the reader
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new PluginFault("the reader of " + file.name() + " threw in line " + line + ": " + e, e);
    }
  }

  /** What a line that was not understood would have said is missing from now on. */
  private void refused(String wrong, TraceSink sink) {
    troubles.drop(line, wrong);
    sink.lost(-1);
  }

  /** A last line without a line feed is used; but some lines can be read although their end is missing. */
  private void unended(Lines lines) {
    if (lines.to() > lines.from()) {
      troubles.note(line, "the file ends without a line end: this line was used, but may be cut off");
    }
  }

  /**
   * How well a format fits the beginning of a file.
   *
   * @param most lines to look at
   * @return events understood less lines not understood; null if there were neither
   * @throws UnreadableTraceException if the file cannot be read at all
   */
  public static @Nullable Long fit(TraceFile file, TraceReader reader, long most) throws UnreadableTraceException {
    Troubles troubles = new Troubles();
    EventCount events = new EventCount();
    new TraceScan(file, reader, troubles).run(events, most);
    return events.count == 0 && troubles.dropped() == 0 ? null : Long.valueOf(events.count - troubles.dropped());
  }

  private static final class EventCount implements TraceSink {
    private long count;

    @Override
    public void event(long timeNs, int cpu, int pid, byte[] text, int commFrom, int commTo) {
      count++;
    }
  }
}
