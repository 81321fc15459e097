package dev.haltlab.spi;

/**
 * A text format of recorded traces. The platform unpacks the file, cuts it into lines and asks every installed format
 * to read the first of them; the one that understands most is given the whole file.
 *
 * @param <C> its configuration, see {@link Provider}
 */
@Stability(Stability.Level.PROVISIONAL)
public non-sealed interface TraceReaderProvider<C extends Record> extends Provider<C> {

  /**
   * Makes a reader for one file. Called once per file and pass; instances share nothing.
   *
   * <p>Checked by {@code required_500_createMakesAReader}, {@code required_507_readersShareNothing}.
   */
  TraceReader create(C config);
}
