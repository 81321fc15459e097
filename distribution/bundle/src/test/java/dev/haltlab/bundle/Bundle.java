package dev.haltlab.bundle;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A copy of the built bundle and the processes started from it, as a user would start them. */
final class Bundle {
  private static final long PATIENCE_SECONDS = 120; // against a hang, not against slowness

  final Path root;

  private Bundle(Path root) {
    this.root = root;
  }

  /** A copy of what the build left. */
  static Bundle copyTo(Path target) {
    Path built = Path.of(System.getProperty("bundle"));
    try (Stream<Path> files = Files.walk(built)) {
      for (Path file : files.filter(f -> !f.startsWith(built.resolve("cache"))).toList()) {
        Path copy = target.resolve(built.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
      }
      return new Bundle(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path command() {
    return root.resolve("bin/haltlab");
  }

  /** The home of the Java under test: that of {@code -Djvm=}, else of the build. */
  static Path javaHome() {
    String jvm = System.getProperty("jvm", "");
    return jvm.isEmpty()
        ? Path.of(System.getProperty("java.home"))
        : Path.of(jvm).toAbsolutePath().getParent().getParent();
  }

  /** Runs the command in a folder. */
  Said run(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of(command().toString()));
    command.addAll(List.of(arguments));
    return process(folder, Map.of(), command);
  }

  /** Runs any command with a small environment: JAVA_HOME of the Java under test, and what is given. */
  static Said process(Path folder, Map<String, String> more, List<String> command) {
    return process(folder, more, command, PATIENCE_SECONDS);
  }

  /** The same for a command that may take longer. */
  static Said process(Path folder, Map<String, String> more, List<String> command, long patienceSeconds) {
    try {
      Path out = Files.createTempFile("haltlab", ".out");
      Path err = Files.createTempFile("haltlab", ".err");
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
          .redirectInput(new File("/dev/null")).redirectOutput(out.toFile()).redirectError(err.toFile());
      Map<String, String> env = new LinkedHashMap<>();
      env.put("PATH", System.getenv("PATH"));
      env.put("HOME", folder.toString());
      env.put("LANG", "C");
      env.put("JAVA_HOME", javaHome().toString());
      env.putAll(more);
      env.values().removeIf(String::isEmpty);
      builder.environment().clear();
      builder.environment().putAll(env);
      Process process = builder.start();
      if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("still running: " + command);
      }
      Said said = new Said(process.exitValue(), Files.readString(out), Files.readString(err));
      Files.delete(out);
      Files.delete(err);
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What came of a process. */
  record Said(int code, String out, String err) {}
}
