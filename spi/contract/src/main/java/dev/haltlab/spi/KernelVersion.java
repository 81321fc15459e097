package dev.haltlab.spi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Linux kernel version, ordered by number. Written as a quoted string: unquoted, YAML reads {@code 3.10} as the
 * number 3.1. A distribution's suffix ({@code 6.1.0-56-cloud-amd64}) is read and ignored.
 *
 * @param major first number
 * @param minor second number
 * @param patch third number, 0 if absent
 */
@Stability(Stability.Level.STABLE)
public record KernelVersion(int major, int minor, int patch) implements Comparable<KernelVersion> {
  private static final Pattern TEXT = Pattern.compile("v?([0-9]{1,4})\\.([0-9]{1,4})(?:\\.([0-9]{1,6}))?(?:[-+~.].*|-?rc[0-9]+)?");

  public KernelVersion {
    if (major < 0 || minor < 0 || patch < 0) {
      throw new IllegalArgumentException("version numbers must be at least 0");
    }
  }

  /**
   * Reads {@code 3.16}, {@code 6.1.192} or {@code 5.15.0-91-generic}.
   *
   * @throws IllegalArgumentException if the text does not start with two numbers
   */
  public static KernelVersion parse(String text) {
    Matcher m = TEXT.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException("not a kernel version: '" + text + "' (write it quoted, as \"5.15\" or \"6.1.0-56-cloud-amd64\")");
    }
    return new KernelVersion(
        Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), m.group(3) == null ? 0 : Integer.parseInt(m.group(3)));
  }

  /** Whether this version is {@code major.minor} or newer. */
  public boolean atLeast(int wantedMajor, int wantedMinor) {
    return major != wantedMajor ? major > wantedMajor : minor >= wantedMinor;
  }

  @Override
  public int compareTo(KernelVersion other) {
    int c = Integer.compare(major, other.major);
    c = c != 0 ? c : Integer.compare(minor, other.minor);
    return c != 0 ? c : Integer.compare(patch, other.patch);
  }

  /** {@code 3.16} or {@code 6.1.192}. */
  @Override
  public String toString() {
    return patch == 0 ? major + "." + minor : major + "." + minor + "." + patch;
  }
}
