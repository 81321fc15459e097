package dev.haltlab.tck;

import dev.haltlab.spi.Stability;
import dev.haltlab.spi.TraceReader;
import dev.haltlab.spi.TraceReaderProvider;
import dev.haltlab.spi.TraceSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is asked of a reader of recorded traces, rules 500 to 599. They are tried with lines as Linux' own tools write
 * them, with those lines cut off anywhere, with what is no trace at all, and with lines of the reader's own format where
 * its author gives some, see {@link Subject#reading}.
 */
@Stability(Stability.Level.PROVISIONAL)
public final class TraceReaderRules {
  private static final int LONGEST_ANSWER = 200;
  private static final int ROUNDS = 500;
  static final int THROWS = 501;

  /** Rule 500. */
  public static final Rule<TraceReaderProvider<?>> CREATE = rule(
      500, "createMakesAReader",
      "create returns a reader for its defaults each time",
      "the platform makes one for each pass over a file",
      TraceReaderRules::create);

  /** Rule 501. */
  public static final Rule<TraceReaderProvider<?>> NOTHING_IS_THROWN = rule(
      THROWS, "lineThrowsNothing",
      "line throws nothing, whatever the bytes",
      "every format is asked to read the first lines of every file; one that throws ends the replay for all",
      TraceReaderRules::everything);

  /** Rule 502. */
  public static final Rule<TraceReaderProvider<?>> TROUBLE_IS_A_FEW_WORDS = rule(
      502, "whatIsWrongIsAFewWords",
      "what line returns of a line that was not understood is one line of at most " + LONGEST_ANSWER + " characters",
      "users read it behind the file's name and the line's number",
      TraceReaderRules::troubleIsAFewWords);

  /** Rule 503. */
  public static final Rule<TraceReaderProvider<?>> ONLY_ITS_LINE_IS_READ = rule(
      503, "onlyItsLineIsRead",
      "what a line says does not depend on the bytes around it, and the bytes are left as they are",
      "it stands in the platform's buffer, before and behind other lines, and is overwritten afterwards",
      TraceReaderRules::onlyItsLineIsRead);

  /** Rule 504. */
  public static final Rule<TraceReaderProvider<?>> ONE_EVENT_A_LINE = rule(
      504, "aLineTellsOneEvent",
      "a line tells at most one event, by event first and then by at most one tracepoint, with texts out of the line",
      "who listens keeps what event said until the tracepoint comes, and takes an event as over when the next one begins",
      TraceReaderRules::oneEventALine);

  /** Rule 505. */
  public static final Rule<TraceReaderProvider<?>> NOTHING_IS_ALLOCATED = rule(
      505, "lineAllocatesNothing",
      "reading an event that is understood allocates nothing once it is warm",
      "a trace has millions of lines; garbage there is most of a replay's time",
      TraceReaderRules::nothingIsAllocated);

  /** Rule 506. */
  public static final Rule<TraceReaderProvider<?>> SAME_LINES_SAME_EVENTS = rule(
      506, "sameLinesSameEvents",
      "two readers tell the same of the same lines",
      "a file is read more than once, and a result must be the same each time",
      TraceReaderRules::sameLinesSameEvents);

  /** Rule 507. */
  public static final Rule<TraceReaderProvider<?>> READERS_SHARE_NOTHING = rule(
      507, "readersShareNothing",
      "what one reader was given changes nothing that another one tells",
      "a reader that is only asked whether the format fits must leave no trace in the one that reads the file",
      TraceReaderRules::readersShareNothing);

  /** Rule 508. */
  public static final Rule<TraceReaderProvider<?>> OWN_LINES_ARE_UNDERSTOOD = rule(
      508, "ownLinesAreUnderstood",
      "the lines that the author gives are understood, and tell events",
      "a format that understands none of its own lines is never chosen",
      TraceReaderRules::ownLinesAreUnderstood);

  /** All of them, by number. */
  public static final List<Rule<TraceReaderProvider<?>>> ALL = List.of(
      CREATE, NOTHING_IS_THROWN, TROUBLE_IS_A_FEW_WORDS, ONLY_ITS_LINE_IS_READ, ONE_EVENT_A_LINE, NOTHING_IS_ALLOCATED,
      SAME_LINES_SAME_EVENTS, READERS_SHARE_NOTHING, OWN_LINES_ARE_UNDERSTOOD);

  private TraceReaderRules() {}

  private static Rule<TraceReaderProvider<?>> rule(
      int number, String name, String sentence, String why, Rule.Check<TraceReaderProvider<?>> check) {
    return new Rule<>(number, name, sentence, why, Breach.sorted(number, TraceReaderRules::everything, check));
  }

  private static String create(Subject<TraceReaderProvider<?>> subject) {
    for (int i = 0; i < 3; i++) {
      if (make(subject) == null) {
        throw new Violation("create returned null");
      }
    }
    return "3 readers made";
  }

  private static String everything(Subject<TraceReaderProvider<?>> subject) {
    TraceReader reader = ready(subject);
    List<byte[]> lines = TraceLines.all(subject.lines());
    for (byte[] line : lines) {
      TraceLines.read(reader, line, new TraceListener());
    }
    return String.format(Locale.ROOT, "%,d lines", lines.size());
  }

  private static String troubleIsAFewWords(Subject<TraceReaderProvider<?>> subject) {
    TraceReader reader = ready(subject);
    int refused = 0;
    String example = "";
    for (byte[] line : TraceLines.all(subject.lines())) {
      String wrong = TraceLines.read(reader, line, new TraceListener());
      if (wrong == null) {
        continue;
      }
      refused++;
      example = wrong;
      if (wrong.isBlank() || wrong.length() > LONGEST_ANSWER || wrong.codePoints().anyMatch(Character::isISOControl)) {
        throw new Violation("line(\"" + TraceLines.words(line, 0, line.length) + "\") returned '" + wrong + "'");
      }
    }
    return refused + " lines not understood" + (refused == 0 ? "" : ", such as: " + example);
  }

  private static String onlyItsLineIsRead(Subject<TraceReaderProvider<?>> subject) {
    List<byte[]> lines = TraceLines.all(subject.lines());
    TraceReader alone = ready(subject);
    TraceListener first = new TraceListener();
    lines.forEach(line -> first.answered(TraceLines.read(alone, line, first)));
    for (char filling : "7 x:".toCharArray()) {
      TraceReader amid = ready(subject);
      TraceListener second = new TraceListener();
      lines.forEach(line -> second.answered(TraceLines.readAmid(amid, line, filling, second)));
      Same.steps("what was told", first.told(), "with '" + filling + "' around the line", second.told());
    }
    return lines.size() + " lines, alone and amid others, with the same events";
  }

  private static String oneEventALine(Subject<TraceReaderProvider<?>> subject) {
    TraceReader reader = ready(subject);
    TraceListener listener = new TraceListener();
    int events = 0;
    for (byte[] line : TraceLines.all(subject.lines())) {
      listener.line(0, line.length);
      TraceLines.read(reader, line, listener);
      events += listener.events();
      if (!listener.breach().isEmpty()) {
        throw new Violation("line(\"" + TraceLines.words(line, 0, line.length) + "\") " + listener.breach());
      }
    }
    return events + " events, one a line";
  }

  private static String nothingIsAllocated(Subject<TraceReaderProvider<?>> subject) {
    byte[][] lines = understood(subject).toArray(byte[][]::new);
    TraceReader reader = ready(subject);
    TraceSink nobody = new TraceSink() {};
    return Allocation.none("lines", ROUNDS * lines.length, () -> {
      for (int i = 0; i < ROUNDS; i++) {
        for (byte[] line : lines) {
          TraceLines.read(reader, line, nobody);
        }
      }
    });
  }

  private static String sameLinesSameEvents(Subject<TraceReaderProvider<?>> subject) {
    List<String> first = told(subject, ready(subject), null);
    Same.steps("what was told", first, "by another reader", told(subject, ready(subject), null));
    return first.size() + " answers, twice the same";
  }

  private static String readersShareNothing(Subject<TraceReaderProvider<?>> subject) {
    List<String> alone = told(subject, ready(subject), null);
    TraceReader reader = ready(subject);
    Same.steps("what was told", alone, "beside another reader", told(subject, reader, ready(subject)));
    return alone.size() + " answers, the same beside another reader";
  }

  private static String ownLinesAreUnderstood(Subject<TraceReaderProvider<?>> subject) {
    if (subject.lines().isEmpty()) {
      throw new NotApplicable("no lines of its own format were given; a test gives them by lines()");
    }
    TraceReader reader = ready(subject);
    int events = 0;
    for (String line : subject.lines()) {
      TraceListener listener = new TraceListener();
      byte[] bytes = TraceLines.bytes(line);
      listener.line(0, bytes.length);
      String wrong = TraceLines.read(reader, bytes, listener);
      if (wrong != null) {
        throw new Violation("line(\"" + line + "\") returned '" + wrong + "'");
      }
      events += listener.events();
    }
    if (events == 0) {
      throw new Violation(subject.lines().size() + " lines understood, and not one event told");
    }
    return subject.lines().size() + " lines, " + events + " events";
  }

  /** Lines of which a reader has told an event. */
  private static List<byte[]> understood(Subject<TraceReaderProvider<?>> subject) {
    TraceReader reader = ready(subject);
    List<byte[]> understood = new ArrayList<>();
    for (byte[] line : TraceLines.ordinary(subject.lines())) {
      TraceListener listener = new TraceListener();
      listener.line(0, line.length);
      if (TraceLines.read(reader, line, listener) == null && listener.events() == 1) {
        understood.add(line);
      }
    }
    if (understood.isEmpty()) {
      throw new NotApplicable("none of the lines that were tried is an event in this format; a test gives such by lines()");
    }
    return understood;
  }

  private static List<String> told(
      Subject<TraceReaderProvider<?>> subject, TraceReader reader,
      @org.jspecify.annotations.Nullable TraceReader beside) {
    TraceListener listener = new TraceListener();
    List<byte[]> lines = TraceLines.all(subject.lines());
    for (int i = 0; i < lines.size(); i++) {
      if (beside != null) {
        TraceLines.read(beside, lines.get(lines.size() - 1 - i), new TraceListener());
      }
      listener.answered(TraceLines.read(reader, lines.get(i), listener));
    }
    return listener.told();
  }

  /** A reader to try other rules with; without one there is nothing to try. */
  private static TraceReader ready(Subject<TraceReaderProvider<?>> subject) {
    TraceReader reader;
    try {
      reader = make(subject);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new NotApplicable("create " + Thrown.by(e) + ", see " + CREATE.id());
    }
    if (reader == null) {
      throw new NotApplicable("create returned null, see " + CREATE.id());
    }
    return reader;
  }

  @SuppressWarnings("unchecked") // the configuration is this provider's own
  private static TraceReader make(Subject<TraceReaderProvider<?>> subject) {
    return ((TraceReaderProvider<Record>) subject.provider()).create(subject.config());
  }
}
