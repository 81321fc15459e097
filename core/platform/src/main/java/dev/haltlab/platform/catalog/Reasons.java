package dev.haltlab.platform.catalog;

import dev.haltlab.spi.Provider;
import java.lang.reflect.InvocationTargetException;
import java.util.ServiceConfigurationError;

/** Makes one line of what went wrong, in words for who wrote or installed a plugin. */
final class Reasons {
  private static final String CONTRACTS = Provider.class.getPackageName() + ".";

  private Reasons() {}

  /** The reason a provider could not be found, made or asked. */
  static String of(Throwable failure) {
    if (failure instanceof ServiceConfigurationError) {
      // "dev.haltlab.spi.HaltPollProvider: Provider x.Y not found": the interface adds nothing, the reader knows the
      // file.
      Throwable cause = failure.getCause();
      String message = String.valueOf(failure.getMessage());
      String said = message.replaceFirst("^dev\\.haltlab\\.spi\\.\\w+: ", "");
      return clean(said + (cause == null ? "" : ": " + of(cause)));
    }
    if ((failure instanceof InvocationTargetException || failure instanceof ExceptionInInitializerError)
        && failure.getCause() != null) {
      return of(failure.getCause());
    }
    if (failure instanceof UnsupportedClassVersionError) {
      return clean("compiled for a newer Java than this one (" + Runtime.version().feature()
          + "); compile it with --release 17: " + failure.getMessage());
    }
    if (failure instanceof NoClassDefFoundError || failure instanceof ClassNotFoundException) {
      String missing = String.valueOf(failure.getMessage()).replace('/', '.');
      if (missing.startsWith(CONTRACTS)) {
        return clean(missing + " is not among the contracts of SPI level " + Catalogs.SPI_LEVEL
            + ": the plugin was built against others");
      }
      return clean("class " + missing
          + " is not visible to a plugin; it sees the JDK, dev.haltlab.spi and its own classes");
    }
    return oneLine(failure);
  }

  /** The exception's class and message on one line. */
  static String oneLine(Throwable failure) {
    String message = failure.getMessage();
    String name = failure.getClass().getSimpleName();
    return clean(message == null || message.isBlank() ? name : name + ": " + message);
  }

  /** Without line breaks and other control characters, and not endless: a plugin's message is not ours to trust. */
  static String clean(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= 400 ? line : line.substring(0, 400) + "...";
  }
}
