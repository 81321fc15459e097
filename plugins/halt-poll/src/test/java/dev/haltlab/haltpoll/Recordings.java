package dev.haltlab.haltpoll;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The recordings copied for these tests: Linux 6.18 (h-) and 6.1 (n-), one or two for each part of the rule. */
final class Recordings {
  static final List<String> NAMES =
      List.of(
          "h-cap50000-ramp5_500us", // growth past the maximum, clamped at the next halt
          "h-capchange-exp100us", // the VM's own maximum rewritten ten times, also to 0
          "h-default-burst30x15us_off5ms", // poll hits, then long halts
          "h-default-const100us", // settles and stays
          "h-default-edge150_210us", // around the maximum
          "h-default-nopoll-exp100us", // the guest forbids polling
          "h-default-samecpu-exp100us", // polls given up for another thread
          "h-full-default-msi-exp100us", // among other events
          "n-capover-hp1000000-cap100000-mixwide", // the VM's own maximum wins over the module's
          "n-changing-mixwide", // all parameters rewritten fifty times
          "n-default-mixwide",
          "n-grow0-mixwide", // a growth factor of 0
          "n-gstart0-grow3-exp200us", // a first window of 0
          "n-hp0-mixwide", // a maximum of 0
          "n-hp5000-gstart10000-mixwide", // a first window above the maximum
          "n-shrink0-exp200us"); // a divisor of 0

  /** A folder of further recordings to replay, named by this property of the command line. */
  private static final String FOLDER = "haltlab.traces";

  private Recordings() {}

  /** Host traces in the folder that {@code -Dhaltlab.traces=DIR} names; none without it. */
  static List<Path> further() {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.filter(file -> file.getFileName().toString().matches("[hn]-.*\\.txt\\.gz")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RecordedTrace read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return RecordedTrace.read(file.getFileName().toString(), in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RecordedTrace read(String name) {
    try (InputStream in = Recordings.class.getResourceAsStream("traces/" + name + ".txt.gz")) {
      if (in == null) {
        throw new IllegalStateException("no such recording: " + name);
      }
      return RecordedTrace.read(name, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
