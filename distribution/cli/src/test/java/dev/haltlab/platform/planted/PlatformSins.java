package dev.haltlab.platform.planted;

import dev.haltlab.cli.architecture.ArchitectureTest;
import dev.haltlab.idle.planted.IdleSins;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pf4j.planted.Loader;

/** What the platform must not do; see ArchitectureTest. */
public final class PlatformSins {
  private PlatformSins() {}

  /** Wires a plugin in. */
  public static final class NamesPlugin {
    Class<?> known = IdleSins.class;
  }

  /** Sees the command line. */
  public static final class KnowsCommandLine {
    Class<?> known = ArchitectureTest.class;
  }

  /** Loads plugins where discovery is not. */
  public static final class KnowsPf4j {
    Class<?> known = Loader.class;
  }

  /** The iteration order of Map.of is another in every process. */
  public static final class MapOf {
    Map<String, String> map() {
      return Map.of("a", "b", "c", "d");
    }
  }

  /** So is that of Set.of. */
  public static final class SetOf {
    Set<String> set() {
      return Set.of("a", "b");
    }
  }

  /** And of copies. */
  public static final class SetCopy {
    Set<String> set() {
      return Set.copyOf(List.of("a", "b"));
    }
  }

  /** Other digits on other JDKs. */
  public static final class DoubleToString {
    String text(double d) {
      return Double.toString(d);
    }
  }

  /** The same by another door. */
  public static final class DoubleValueOf {
    String text(double d) {
      return String.valueOf(d);
    }
  }

  /** And another. */
  public static final class DoubleAppend {
    StringBuilder text(double d) {
      return new StringBuilder().append(d);
    }
  }

  /** Commas in Germany. */
  public static final class FormatWithoutLocale {
    String text(double d) {
      return String.format("%f", d);
    }
  }

  /** Dotless i in Turkey. */
  public static final class LowerCaseWithoutLocale {
    String text(String s) {
      return s.toLowerCase();
    }
  }

  /** Bytes of wherever. */
  public static final class DefaultCharset {
    Charset charset() {
      return Charset.defaultCharset();
    }

    Locale locale() {
      return Locale.getDefault();
    }
  }

  /** Ends somebody else's process. */
  public static final class Exits {
    void exit() {
      System.exit(1);
    }
  }

  /** Prints where results belong. */
  public static final class Prints {
    void print() {
      System.out.println();
    }
  }

  /** No answer to a user. */
  public static final class PrintsStackTrace {
    void print(Exception e) {
      e.printStackTrace();
    }
  }
}
