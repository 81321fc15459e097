package dev.haltlab.tck;

/** Makes one line of what a plugin threw, with the place in its source. */
final class Thrown {
  private static final int LONGEST = 400;

  private Thrown() {}

  static String by(Throwable e) {
    String message = e.getMessage();
    String what = e.getClass().getSimpleName() + (message == null || message.isBlank() ? "" : ": " + message);
    StackTraceElement place = place(e);
    return oneLine("threw " + what + (place == null ? "" : " (" + place.getFileName() + ":" + place.getLineNumber()
        + ")"));
  }

  /** The innermost frame that is neither the JDK's, the contracts' nor ours: the plugin's own. */
  private static @org.jspecify.annotations.Nullable StackTraceElement place(Throwable e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      String name = frame.getClassName();
      boolean theirs = !name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("dev.haltlab.spi.")
          && !frame.getClassName().startsWith(Thrown.class.getPackageName() + ".");
      if (theirs && frame.getFileName() != null) {
        return frame;
      }
    }
    return null;
  }

  /** Without line breaks, and not endless: a plugin's message is not ours to trust. */
  static String oneLine(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }
}
