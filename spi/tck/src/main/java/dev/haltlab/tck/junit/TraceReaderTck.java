package dev.haltlab.tck.junit;

import dev.haltlab.spi.Stability;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.tck.TraceReaderRules;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is asked of a reader of recorded traces. {@link TraceReaderRules} says why each rule is there.
 *
 * @param <C> its configuration
 */
@Stability(Stability.Level.PROVISIONAL)
public interface TraceReaderTck<C extends Record> extends ProviderTck<C> {
  @Override
  TraceReaderProvider<C> provider();

  /**
   * Lines of its format without their line ends, each of which the reader understands, at least one of them an event.
   * Without any, the rules that need them are skipped.
   */
  default List<String> lines() {
    return List.of();
  }

  @Test
  default void required_500_createMakesAReader() {
    Check.of(TraceReaderRules.CREATE, provider(), this);
  }

  @Test
  default void required_501_lineThrowsNothing() {
    Check.of(TraceReaderRules.NOTHING_IS_THROWN, provider(), this);
  }

  @Test
  default void required_502_whatIsWrongIsAFewWords() {
    Check.of(TraceReaderRules.TROUBLE_IS_A_FEW_WORDS, provider(), this);
  }

  @Test
  default void required_503_onlyItsLineIsRead() {
    Check.of(TraceReaderRules.ONLY_ITS_LINE_IS_READ, provider(), this);
  }

  @Test
  default void required_504_aLineTellsOneEvent() {
    Check.of(TraceReaderRules.ONE_EVENT_A_LINE, provider(), this);
  }

  @Test
  default void required_505_lineAllocatesNothing() {
    Check.of(TraceReaderRules.NOTHING_IS_ALLOCATED, provider(), this);
  }

  @Test
  default void required_506_sameLinesSameEvents() {
    Check.of(TraceReaderRules.SAME_LINES_SAME_EVENTS, provider(), this);
  }

  @Test
  default void required_507_readersShareNothing() {
    Check.of(TraceReaderRules.READERS_SHARE_NOTHING, provider(), this);
  }

  @Test
  default void required_508_ownLinesAreUnderstood() {
    Check.of(TraceReaderRules.OWN_LINES_ARE_UNDERSTOOD, provider(), this);
  }
}
