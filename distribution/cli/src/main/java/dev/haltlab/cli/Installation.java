package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Patience;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where things stand. The launcher says so by system properties: {@code haltlab.home}, the folder with {@code config/},
 * {@code haltlab.plugins}, the installed plugins' folder, and {@code haltlab.sdk}, the Maven repository that plugins are
 * built against. Without them there are no shipped files, which is no error.
 */
final class Installation {
  private final @Nullable Path home;
  private final @Nullable Path pluginsFolder;
  private final @Nullable Path sdk;
  private final String path;
  private final List<Path> pluginPlaces;
  private final Patience patience;

  /**
   * @param property reads a system property, null if unset
   * @param env the environment: HALTLAB_PLUGINS, a list of folders and jars, HALTLAB_PATIENCE, seconds, and PATH
   */
  Installation(UnaryOperator<@Nullable String> property, Map<String, String> env) {
    String said = property.apply("haltlab.home");
    home = said == null || said.isBlank() ? null : Path.of(said);
    String kits = property.apply("haltlab.sdk");
    sdk = kits == null || kits.isBlank() ? null : Path.of(kits);
    path = env.getOrDefault("PATH", "");
    List<Path> places = new ArrayList<>();
    String installed = property.apply("haltlab.plugins");
    pluginsFolder = installed == null || installed.isBlank() ? null : Path.of(installed);
    if (pluginsFolder != null && Files.isDirectory(pluginsFolder)) {
      places.add(pluginsFolder);
    }
    for (String place : env.getOrDefault("HALTLAB_PLUGINS", "").split(File.pathSeparator)) {
      if (!place.isBlank()) {
        places.add(path("HALTLAB_PLUGINS", place));
      }
    }
    pluginPlaces = List.copyOf(places);
    patience = patience(env.getOrDefault("HALTLAB_PATIENCE", ""));
  }

  /** The folder plugins are installed into, where there is one; it need not exist yet. */
  Optional<Path> pluginsFolder() {
    return Optional.ofNullable(pluginsFolder);
  }

  /** The Maven repository that plugins are built against, where somebody said so; it need not exist. */
  Optional<Path> sdk() {
    return Optional.ofNullable(sdk);
  }

  /** Whether a shell would find a program. */
  boolean isOnPath(String program) {
    for (String place : path.split(File.pathSeparator)) {
      for (String ending : List.of("", ".cmd", ".bat", ".exe")) {
        if (!place.isBlank() && Files.isExecutable(path("PATH", place).resolve(program + ending))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Where plugins are looked for without any option, in order. */
  List<Path> pluginPlaces() {
    return pluginPlaces;
  }

  /** How long a plugin may go on without progress. */
  Patience patience() {
    return patience;
  }

  /** The folder of named host profiles, where there is one. */
  Optional<Path> hosts() {
    return folder("hosts");
  }

  /** The shipped scenarios' files, by name. */
  List<Path> scenarios() throws IOException {
    Optional<Path> folder = folder("scenarios");
    if (folder.isEmpty()) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder.get())) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  private Optional<Path> folder(String name) {
    return Optional.ofNullable(home).map(path -> path.resolve("config").resolve(name)).filter(Files::isDirectory);
  }

  private static Patience patience(String seconds) {
    if (seconds.isBlank()) {
      return Patience.DEFAULT;
    }
    if (!seconds.matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
      throw new Refusal(ExitCode.USAGE, "HALTLAB_PATIENCE: not a number of seconds: " + seconds);
    }
    long ms = new BigDecimal(seconds).movePointRight(3).longValueExact();
    return ms == 0 ? Patience.ENDLESS : Patience.of(Duration.ofMillis(ms));
  }

  private static Path path(String where, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new Refusal(ExitCode.USAGE, where + ": not a path: " + text);
    }
  }
}
