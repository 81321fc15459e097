package dev.haltlab.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * Somebody who has a bundle, a JDK and Maven, and builds a plugin. What this machine's Maven has downloaded is theirs as
 * well, but nothing of ours: that must come from the bundle.
 */
final class Stranger implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 600; // against a hang; a cold repository takes a while
  private static final Pattern MISSING = Pattern.compile("Could not (?:find|transfer|resolve)[^\\n]*|Cannot access[^\\n]*");

  private final Path repository;
  private final List<Path> links = new ArrayList<>();

  private Stranger(Path repository) {
    this.repository = repository;
  }

  /** @param home a new folder of theirs */
  static Stranger at(Path home) {
    Stranger stranger = new Stranger(home.resolve("repository"));
    Path known = Path.of(System.getProperty("localRepository"));
    try {
      stranger.link(known, stranger.repository, "dev");
      stranger.link(known.resolve("dev"), stranger.repository.resolve("dev"), "haltlab");
      return stranger;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void link(Path from, Path to, String without) throws IOException {
    Files.createDirectories(to);
    if (!Files.isDirectory(from)) {
      return;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(from, Files::isDirectory)) {
      for (Path folder : folders) {
        if (!folder.getFileName().toString().equals(without)) {
          links.add(Files.createSymbolicLink(to.resolve(folder.getFileName()), folder));
        }
      }
    }
  }

  /** Takes the links away, before JUnit warns that they lead out of its folder. */
  @Override
  public void close() throws IOException {
    for (Path link : links) {
      Files.delete(link);
    }
  }

  /** Options of Maven that make it theirs. */
  private List<String> options() {
    return List.of("-B", "-ntp", "-Dstyle.color=never", "-Dmaven.repo.local=" + repository);
  }

  /**
   * Runs Maven, without asking the network where it has all it needs. Where it has not, and Maven Central cannot be
   * reached, the test is skipped and says so.
   */
  Bundle.Said maven(Path project, String... arguments) {
    List<String> offline = new ArrayList<>(List.of(arguments));
    offline.addAll(List.of("-o", "-Daether.offline.protocols=file"));
    Bundle.Said said = run(project, offline);
    if (said.code() == 0 || !missing(said).contains("offline")) {
      return said;
    }
    said = run(project, List.of(arguments));
    abortIfCentralIsMissing(said);
    return said;
  }

  /** Skips the test where a process failed because Maven Central, and nothing of ours, could not be reached. */
  void abortIfCentralIsMissing(Bundle.Said said) {
    String missing = missing(said);
    if (said.code() != 0 && !missing.isEmpty() && !missing.contains("dev.haltlab")) {
      String reason = "Maven Central cannot be reached: " + missing;
      System.out.println("skipped: " + reason);
      Assumptions.abort(reason);
    }
  }

  /** A folder for the PATH with an {@code mvn} that is theirs, as {@link #maven} runs it, for scripts that say so. */
  Path mavenOnPath(Path folder) throws IOException {
    Files.createDirectories(folder);
    String command = "'" + executable() + "' '" + String.join("' '", options()) + "' \"$@\"";
    Path script = Files.writeString(folder.resolve("mvn"), """
        #!/bin/sh
        export MAVEN_OPTS=-XX:TieredStopAtLevel=1
        log=$(mktemp)
        trap 'rm -f "$log"' EXIT
        if %1$s -o -Daether.offline.protocols=file >"$log" 2>&1; then
          cat "$log"
        elif grep -q offline "$log"; then
          %1$s
        else
          cat "$log"
          exit 1
        fi
        """.formatted(command));
    if (!script.toFile().setExecutable(true)) {
      throw new IOException("cannot be made executable: " + script);
    }
    return folder;
  }

  private static String executable() {
    Path maven = Path.of(System.getProperty("maven"), "bin", "mvn");
    return Files.isExecutable(maven) ? maven.toString() : "mvn";
  }

  private Bundle.Said run(Path project, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(executable()));
    command.addAll(options());
    command.addAll(arguments);
    Map<String, String> more = new LinkedHashMap<>();
    more.put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
    return Bundle.process(project, more, command, PATIENCE_SECONDS);
  }

  private static String missing(Bundle.Said said) {
    Matcher m = MISSING.matcher(said.out() + said.err());
    StringBuilder all = new StringBuilder();
    while (m.find()) {
      all.append(m.group()).append(' ');
    }
    return all.toString().strip();
  }
}
