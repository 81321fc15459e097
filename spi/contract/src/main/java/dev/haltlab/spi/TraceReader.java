package dev.haltlab.spi;

import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of one trace. The caller's loop:
 *
 * <pre>
 *   for each line, in the order of the file:
 *     wrong = reader.line(bytes, from, to, sink)
 *     if wrong != null: report file:line: wrong
 * </pre>
 *
 * <p>A trace has millions of lines: reading one that is understood allocates nothing and keeps no reference to the
 * bytes, which are overwritten afterwards.
 *
 * <p>Checked by {@code required_503_onlyItsLineIsRead}, {@code required_505_lineAllocatesNothing},
 * {@code required_506_sameLinesSameEvents}.
 */
@Stability(Stability.Level.PROVISIONAL)
@FunctionalInterface
public interface TraceReader {

  /**
   * Reads one line and tells the sink what it says. Throws nothing: every format is tried with the first lines of every
   * file.
   *
   * <p>Checked by {@code required_501_lineThrowsNothing}, {@code required_502_whatIsWrongIsAFewWords},
   * {@code required_504_aLineTellsOneEvent}, {@code required_508_ownLinesAreUnderstood}.
   *
   * @param text holds the line, without its line end
   * @param from index of its first byte
   * @param to index after its last byte; equal to {@code from} for an empty line
   * @param sink is told at most one event of this line, or nothing if it has none for anybody: a comment, an event that
   *     {@link TraceSink} does not know
   * @return null if the line was understood, else what is wrong with it, in a few words without the line's number
   */
  @Nullable String line(byte[] text, int from, int to, TraceSink sink);
}
