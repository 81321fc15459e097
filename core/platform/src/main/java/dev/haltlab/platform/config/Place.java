package dev.haltlab.platform.config;

/**
 * Where something stands in the user's input.
 *
 * @param file the file as the user named it, or {@code --set} and the like
 * @param line from 1; 0 if there is none
 * @param column from 1; 0 if there is none
 * @param path dotted path from the top of that file; empty for the whole
 */
public record Place(String file, int line, int column, String path) {

  /** Whether this is on the command line: quotes are the shell's there, not YAML's. */
  public boolean onCommandLine() {
    return line == 0;
  }

  /** A problem here. */
  public Problem problem(String message, String hint) {
    return new Problem(file, line, column, path, message, hint);
  }

  /** The same line and column, for something that should stand below it and does not. */
  public Place below(String key) {
    String joint = path.isEmpty() || key.isEmpty() || key.startsWith("[") ? "" : ".";
    return new Place(file, line, column, path + joint + key);
  }

  /** The same for an item of a list. */
  public Place item(int index) {
    return new Place(file, line, column, path + "[" + index + "]");
  }

  Place at(int otherLine, int otherColumn) {
    return new Place(file, otherLine, otherColumn, path);
  }
}
