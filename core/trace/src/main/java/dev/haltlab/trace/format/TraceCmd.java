package dev.haltlab.trace.format;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;

/**
 * What {@code trace-cmd report} prints: ftrace's lines, under headings of its own.
 *
 * <p>Source: trace-cmd's and libtraceevent's documentation, versions 2.6 to 3.2.
 */
public final class TraceCmd implements TraceReaderProvider<TraceCmd.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "trace-cmd";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "the output of trace-cmd report";
  }

  @Override
  public TraceReader create(Config config) {
    return new Lines();
  }

  private static final class Lines extends FtraceLines {
    private static final byte[] CPUS = Cursor.bytes("cpus=");
    private static final byte[] VERSION = Cursor.bytes("version = ");
    private static final byte[] CPU = Cursor.bytes("CPU ");
    private static final byte[] IS_EMPTY = Cursor.bytes(" is empty");

    @Override
    boolean heading() {
      cursor.blanks();
      boolean number = cursor.skip(CPUS) || cursor.skip(VERSION);
      boolean empty = !number && cursor.skip(CPU);
      if (!number && !empty || cursor.decimal() < 0 || empty && !cursor.skip(IS_EMPTY)) {
        return false;
      }
      cursor.blanks();
      return cursor.atEnd();
    }
  }
}
