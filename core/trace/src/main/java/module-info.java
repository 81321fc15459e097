/**
 * Recorded traces of real kernels: the built-in formats, reading in constant memory, and replaying what was recorded
 * through a strategy.
 */
module dev.haltlab.trace {
  requires transitive dev.haltlab.spi;
  requires static org.jspecify;

  exports dev.haltlab.trace;
  exports dev.haltlab.trace.capture;
  exports dev.haltlab.trace.format;
  exports dev.haltlab.trace.replay;

  provides dev.haltlab.spi.TraceReaderProvider with
      dev.haltlab.trace.format.Ftrace,
      dev.haltlab.trace.format.TraceCmd,
      dev.haltlab.trace.format.PerfScript;
}
