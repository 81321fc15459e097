package dev.haltlab.platform.replay;

import dev.haltlab.trace.TraceFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Recordings of real kernels: the host's are those that the halt-poll strategies are tested with. */
final class Recordings {
  private static final Path BASE = Path.of(System.getProperty("basedir", "."));
  private static final Path HOST =
      BASE.resolve("../../plugins/halt-poll/src/test/resources/dev/haltlab/haltpoll/traces").normalize();
  private static final Path GUEST = BASE.resolve("src/test/resources/dev/haltlab/platform/replay");

  private Recordings() {}

  /** Halts of hosts, Linux 6.18 (h-) and 6.1 (n-). */
  static List<Path> host() {
    return files(HOST);
  }

  /** Idle episodes of guests whose governor is haltpoll, Linux 6.18. */
  static List<Path> guest() {
    return files(GUEST).stream().filter(file -> file.getFileName().toString().startsWith("g-")).toList();
  }

  /** Halts of a host as perf script prints them. */
  static Path perf() {
    return GUEST.resolve("perf-script-sample.txt.gz");
  }

  static Path host(String name) {
    return HOST.resolve(name + ".txt.gz");
  }

  static Path guest(String name) {
    return GUEST.resolve(name + ".txt.gz");
  }

  /** The lines of a recording. */
  static List<String> lines(Path file) {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A recording made of lines. */
  static TraceFile of(List<String> lines) {
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    return new TraceFile("made.txt", () -> new ByteArrayInputStream(bytes));
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".txt.gz")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
