package dev.haltlab.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is there whole or not at all: it is written under another name beside it and renamed. */
final class OutputFile {
  private final String option;
  private final Path asked;
  private final Path file;
  private final Path parent;

  private OutputFile(String option, Path asked, Path file, Path parent) {
    this.option = option;
    this.asked = asked;
    this.file = file;
    this.parent = parent;
  }

  /**
   * Checks that the file can be written.
   *
   * @param option that asks for it
   * @param example a name for a file of its kind
   * @param force whether it may replace a file
   * @throws Refusal with one line if not
   */
  static OutputFile at(String option, Path asked, String example, boolean force) {
    Path file = asked.toAbsolutePath().normalize();
    Path parent = file.getParent();
    if (parent == null || Files.isDirectory(file)) {
      throw refused(option, asked, "is a folder; name the file to write, such as " + example);
    }
    if (!Files.isDirectory(parent)) {
      throw refused(option, asked, "there is no folder " + parent);
    }
    if (!Files.isWritable(parent)) {
      throw refused(option, asked, "the folder " + parent + " is not writable");
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !force) {
      throw refused(option, asked, "exists already; --force replaces it");
    }
    return new OutputFile(option, asked, file, parent);
  }

  /** Writes the file and puts it in place. */
  void write(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the file and puts it in place. */
  void write(byte[] bytes) {
    Unfinished.complete(() -> {
      Path fresh = Unfinished.beside(parent, file);
      try {
        Files.write(fresh, bytes);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        remove(fresh);
        throw refused(option, asked, "cannot be written: " + Unfinished.why(e));
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

  private static Refusal refused(String option, Path asked, String why) {
    return new Refusal(ExitCode.PROBLEMS, option + " " + asked + ": " + why);
  }
}
