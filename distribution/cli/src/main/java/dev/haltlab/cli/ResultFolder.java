package dev.haltlab.cli;

import dev.haltlab.platform.report.ResultFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of results that is there whole or not at all: it is written under another name in the same parent and
 * renamed. Ctrl-C waits for the few milliseconds that takes.
 */
final class ResultFolder {
  private final Path folder;
  private final Path parent;

  private ResultFolder(Path folder, Path parent) {
    this.folder = folder;
    this.parent = parent;
  }

  /**
   * Checks that the folder can be written.
   *
   * @throws Refusal with one line if not
   */
  static ResultFolder at(Path asked, boolean force) {
    Path folder = asked.toAbsolutePath().normalize();
    Path parent = folder.getParent();
    if (parent == null) {
      throw refused(asked, "cannot be a result's folder");
    }
    try {
      Files.createDirectories(parent);
    } catch (IOException e) {
      throw refused(asked, "its parent cannot be made: " + Unfinished.why(e));
    }
    if (!Files.isWritable(parent)) {
      throw refused(asked, "the folder " + parent + " is not writable");
    }
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw refused(asked, "exists and is not a folder");
      }
      if (!force) {
        throw refused(asked, "exists already; --force replaces it");
      }
      refuseToRemove(asked, folder);
    }
    return new ResultFolder(folder, parent);
  }

  /** --force is for our own results: a slip such as {@code --out .} must not cost somebody's files. */
  private static void refuseToRemove(Path asked, Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.skip(1)::iterator) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        boolean nested = name.equals("latency") || name.equals("perf");
        if (!ResultFiles.isOurs(name) || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) != nested) {
          throw refused(asked, "holds " + name + ", which is not of a result; choose another folder");
        }
      }
    } catch (UncheckedIOException e) {
      throw refused(asked, "cannot be read: " + Unfinished.why(e.getCause()));
    } catch (IOException e) {
      throw refused(asked, "cannot be read: " + Unfinished.why(e));
    }
  }

  /** Writes the files and puts the folder in place. */
  void write(Map<String, String> files) {
    Unfinished.complete(() -> {
      Path fresh = Unfinished.beside(parent, folder);
      Path old = parent.resolve(fresh.getFileName() + ".old");
      try {
        Files.createDirectory(fresh);
        for (Map.Entry<String, String> file : files.entrySet()) {
          Path place = fresh.resolve(file.getKey());
          Files.createDirectories(place.getParent());
          Files.writeString(place, file.getValue(), StandardCharsets.UTF_8);
        }
        boolean replaces = Files.exists(folder);
        if (replaces) {
          Files.move(folder, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        if (replaces) {
          remove(old);
        }
      } catch (IOException e) {
        remove(fresh);
        throw refused(folder, "cannot be written: " + Unfinished.why(e));
      }
    });
  }

  /** Never more than was found to be ours, or written by us. */
  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // What is left has a hidden name and is no result; the failure that led here is the one to tell.
    }
  }

  private static Refusal refused(Path asked, String why) {
    return new Refusal(ExitCode.PROBLEMS, "--out " + asked + ": " + why);
  }
}
