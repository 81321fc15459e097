package dev.haltlab.cli;

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

/** A folder that did not exist before, and is there whole or not at all: written under a hidden name and renamed. */
final class NewFolder {
  private final Path asked;
  private final Path folder;
  private final Path parent;

  private NewFolder(Path asked, Path folder, Path parent) {
    this.asked = asked;
    this.folder = folder;
    this.parent = parent;
  }

  /**
   * Checks that there can be such a folder. Its parents are made.
   *
   * @throws Refusal with one line if not
   */
  static NewFolder at(Path asked) {
    Path folder = asked.toAbsolutePath().normalize();
    Path parent = folder.getParent();
    if (parent == null || Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(asked, "exists already; choose another name, or say by --out where it is to be made");
    }
    try {
      Files.createDirectories(parent);
    } catch (IOException e) {
      throw refused(asked, "its parent cannot be made: " + Unfinished.why(e));
    }
    if (!Files.isWritable(parent)) {
      throw refused(asked, "the folder " + parent + " is not writable");
    }
    return new NewFolder(asked, folder, parent);
  }

  /** Writes the files, by their paths in the folder, and puts the folder in place. */
  void write(Map<String, String> files) {
    Unfinished.complete(() -> {
      Path fresh = Unfinished.beside(parent, folder);
      try {
        for (Map.Entry<String, String> file : files.entrySet()) {
          Path path = fresh.resolve(file.getKey());
          Files.createDirectories(path.getParent());
          Files.writeString(path, file.getValue(), StandardCharsets.UTF_8);
        }
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) { // somebody was faster, and a rename may replace
          throw new IOException("it exists already");
        }
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        remove(fresh);
        throw refused(asked, "cannot be written: " + Unfinished.why(e));
      }
    });
  }

  private static void remove(Path fresh) {
    if (!Files.exists(fresh)) {
      return;
    }
    try (Stream<Path> files = Files.walk(fresh)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      // What is left has a hidden name; the failure that led here is the one to tell.
    }
  }

  private static Refusal refused(Path asked, String why) {
    return new Refusal(ExitCode.PROBLEMS, asked + ": " + why);
  }
}
