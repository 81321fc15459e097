package dev.haltlab.cli;

import dev.haltlab.platform.config.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Standard output, standard error and the terminal behind them. Both streams are UTF-8 whatever the locale says.
 *
 * <p>Results are written whole, with the failure visible: a {@link PrintStream} would swallow a full disk.
 */
final class Console {
  private static final int DEFAULT_WIDTH = 100;
  private static final int MIN_WIDTH = 40;
  private static final int MAX_WIDTH = 400;

  private final OutputStream out;
  private final PrintStream err;
  private final Map<String, String> env;
  private final boolean outTerminal;
  private final boolean errTerminal;

  /**
   * @param out standard output
   * @param err standard error
   * @param env the environment: COLUMNS, NO_COLOR, TERM
   * @param terminals which streams are terminals: contains {@code out}, {@code err}. The JDK cannot tell them apart
   *     before 22, so the launcher does
   */
  Console(OutputStream out, OutputStream err, Map<String, String> env, String terminals) {
    this.out = out;
    this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
    this.env = env;
    this.outTerminal = terminals.contains("out");
    this.errTerminal = terminals.contains("err");
  }

  PrintStream err() {
    return err;
  }

  /** What is probably not meant, a line each on standard error. */
  void warn(List<Problem> warnings) {
    warnings.forEach(warning -> err.println(warning.asWarning()));
  }

  /**
   * Writes a result to standard output.
   *
   * @throws ClosedPipe if the reader has gone
   * @throws Refusal if it cannot be written, as on a full disk
   */
  void result(String text) {
    if (text.isEmpty()) {
      return;
    }
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      // The words are the C library's, in the user's language; "pipe" stands in most of them.
      if (message.toLowerCase(Locale.ROOT).contains("pipe")) {
        throw new ClosedPipe();
      }
      throw new Refusal(ExitCode.PROBLEMS, "cannot write to standard output: " + message);
    }
  }

  /** Columns for text, from COLUMNS where that is sensible. */
  int width() {
    try {
      int columns = Integer.parseInt(env.getOrDefault("COLUMNS", "").trim());
      return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns));
    } catch (NumberFormatException e) {
      return DEFAULT_WIDTH;
    }
  }

  /** Whether ANSI colour may go to standard output: a terminal that can, and a user who did not say NO_COLOR. */
  boolean color() {
    return outTerminal && mayColor();
  }

  /** The same for standard error. */
  boolean errColor() {
    return errTerminal && mayColor();
  }

  private boolean mayColor() {
    return env.getOrDefault("NO_COLOR", "").isEmpty() && !env.getOrDefault("TERM", "").equals("dumb");
  }

  /** Whether somebody watches standard error. */
  boolean errTerminal() {
    return errTerminal;
  }

  /** Who read our output has seen enough; no mistake of anybody. */
  static final class ClosedPipe extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedPipe() {
      super("closed pipe", null, false, false);
    }
  }
}
