package {{package}};

import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.TraceSink;

/**
 * Reads lines such as {@code 1000300 3 4711 150000 slept}: when a halt ended, ns; on which CPU; in which thread; how long
 * it had been, ns; and how it was spent. Something to begin with.
 */
public final class {{class}} implements TraceReaderProvider<{{class}}.Config> {

  /** Nothing to set. */
  public record Config() {}

  @Override
  public String id() {
    return "{{id}}";
  }

  @Override
  public Config defaults() {
    return new Config();
  }

  @Override
  public String summary() {
    return "lines of TIME_NS CPU PID HALT_NS slept|polled";
  }

  @Override
  public TraceReader create(Config config) {
    return new Lines();
  }

  /** One for each pass over a file. Allocates nothing: a trace has millions of lines. */
  private static final class Lines implements TraceReader {
    private static final String WRONG = "not of the form TIME_NS CPU PID HALT_NS slept|polled";
    private static final int MOST_DIGITS = 18;

    private final long[] numbers = new long[4];

    @Override
    public String line(byte[] text, int from, int to, TraceSink sink) {
      if (from == to || text[from] == '#') {
        return null;
      }
      int at = from;
      for (int i = 0; i < numbers.length; i++) {
        int end = at;
        long number = 0;
        while (end < to && text[end] >= '0' && text[end] <= '9' && end - at < MOST_DIGITS) {
          number = number * 10 + text[end++] - '0';
        }
        if (end == at || end == to || text[end] != ' ') {
          return WRONG;
        }
        numbers[i] = number;
        at = end + 1;
      }
      boolean slept = is("slept", text, at, to);
      boolean inRange = numbers[1] <= Integer.MAX_VALUE && numbers[2] <= Integer.MAX_VALUE;
      if (!inRange || !slept && !is("polled", text, at, to)) {
        return WRONG;
      }
      sink.event(numbers[0], (int) numbers[1], (int) numbers[2], text, to, to); // it tells no name of the thread
      sink.kvmVcpuWakeup(numbers[3], slept, true);
      return null;
    }

    private static boolean is(String word, byte[] text, int from, int to) {
      if (to - from != word.length()) {
        return false;
      }
      for (int i = 0; i < word.length(); i++) {
        if (text[from + i] != word.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }
}
