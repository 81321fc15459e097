package dev.haltlab.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** An HTML report that is there whole or not at all: it is written under another name beside it and renamed. */
final class ReportFile {
  private final Path asked;
  private final Path file;
  private final Path parent;

  private ReportFile(Path asked, Path file, Path parent) {
    this.asked = asked;
    this.file = file;
    this.parent = parent;
  }

  /**
   * Checks that the file can be written.
   *
   * @param force whether it may replace a file
   * @throws Refusal with one line if not
   */
  static ReportFile at(Path asked, boolean force) {
    Path file = asked.toAbsolutePath().normalize();
    Path parent = file.getParent();
    if (parent == null || Files.isDirectory(file)) {
      throw refused(asked, "is a folder; name the file to write, such as report.html");
    }
    if (!Files.isDirectory(parent)) {
      throw refused(asked, "there is no folder " + parent);
    }
    if (!Files.isWritable(parent)) {
      throw refused(asked, "the folder " + parent + " is not writable");
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !force) {
      throw refused(asked, "exists already; --force replaces it");
    }
    return new ReportFile(asked, file, parent);
  }

  /** Writes the file and puts it in place. */
  void write(String html) {
    Unfinished.complete(() -> {
      Path fresh = Unfinished.beside(parent, file);
      try {
        Files.writeString(fresh, html, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        remove(fresh);
        throw refused(asked, "cannot be written: " + Unfinished.why(e));
      }
    });
  }

  private static void remove(Path fresh) {
    try {
      Files.deleteIfExists(fresh);
    } catch (IOException e) {
      // What is left has a hidden name and is no report; the failure that led here is the one to tell.
    }
  }

  private static Refusal refused(Path asked, String why) {
    return new Refusal(ExitCode.PROBLEMS, "--report " + asked + ": " + why);
  }
}
