package dev.haltlab.platform.config;

/**
 * Something wrong in a user's input, or probably not meant: what, where, and what to do. One line.
 *
 * @param file the file as the user named it, or {@code --set} and the like
 * @param line from 1; 0 if there is none
 * @param column from 1; 0 if there is none
 * @param path dotted path in the document, {@code vms.rr.haltPoll.window}; empty for the whole
 * @param message what is wrong
 * @param hint what to do; empty if there is nothing to say
 */
public record Problem(String file, int line, int column, String path, String message, String hint) {
  /** {@code file:line:column: path: message (hint)}. */
  @Override
  public String toString() {
    return text("");
  }

  /** {@code file:line:column: warning: path: message (hint)}: nothing is wrong, but it is probably not meant. */
  public String asWarning() {
    return text("warning: ");
  }

  private String text(String severity) {
    StringBuilder text = new StringBuilder(file);
    if (line > 0) {
      text.append(':').append(line).append(':').append(column);
    }
    text.append(": ").append(severity);
    if (!path.isEmpty()) {
      text.append(path).append(": ");
    }
    text.append(message);
    if (!hint.isEmpty()) {
      text.append(" (").append(hint).append(')');
    }
    return text.toString();
  }
}
