package dev.haltlab.trace.format;

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;

/**
 * What a kernel's own {@code trace} and {@code trace_pipe} files hold, with or without their head; also lines that
 * begin with the time, as they are quoted on mailing lists.
 *
 * <p>Source: kernel/trace/trace_output.c, Linux 4.0 to 6.18: the flags grew from four letters to five with 5.11.
 */
public final class Ftrace implements TraceReaderProvider<Ftrace.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "ftrace";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "the text of tracefs' trace and trace_pipe";
  }

  @Override
  public TraceReader create(Config config) {
    return new FtraceLines();
  }
}
