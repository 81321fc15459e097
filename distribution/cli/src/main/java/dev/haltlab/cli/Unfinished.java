package dev.haltlab.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/** What writers of whole files and folders share: a hidden name to write under, and a process that waits for them. */
final class Unfinished {
  private Unfinished() {}

  /** A name in the same folder, hidden and of this process alone. */
  static Path beside(Path parent, Path target) {
    String suffix = "." + ProcessHandle.current().pid() + "." + Long.toHexString(System.nanoTime());
    return parent.resolve("." + target.getFileName() + suffix);
  }

  /** Runs the work so that Ctrl-C waits for the few milliseconds it takes. */
  static void complete(Runnable work) {
    ReentrantLock writing = new ReentrantLock();
    // Never released: once the process ends, what has not begun does not begin.
    Thread atExit = new Thread(writing::lock, "haltlab-results");
    Runtime.getRuntime().addShutdownHook(atExit);
    writing.lock();
    try {
      work.run();
    } finally {
      writing.unlock();
      release(atExit);
    }
  }

  private static void release(Thread atExit) {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending; the hook has done its work.
    }
  }

  /** An I/O failure in a few words. */
  static String why(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    String reason = e instanceof FileSystemException of ? of.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName().replace("Exception", "") : reason;
  }
}
