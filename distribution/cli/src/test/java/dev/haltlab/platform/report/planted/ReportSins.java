package dev.haltlab.platform.report.planted;

/** What a report must not do; see ArchitectureTest. */
public final class ReportSins {
  private ReportSins() {}

  /** Puts the clock into a result. */
  public static final class ReadsClock {
    long now() {
      return System.currentTimeMillis();
    }
  }

  /** Puts the machine into a result. */
  public static final class CountsCores {
    int cores() {
      return Runtime.getRuntime().availableProcessors();
    }
  }
}
