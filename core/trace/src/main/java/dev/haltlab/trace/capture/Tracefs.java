package dev.haltlab.trace.capture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The kernel's tracing files. An instance is a ring buffer with settings of its own: nothing of it touches other users
 * of tracing, and removing it puts everything back.
 *
 * <p>Source: Documentation/trace/ftrace.rst, section Instances, Linux 3.10 and later.
 */
final class Tracefs {
  /** Where it is mounted since Linux 4.1, and before that. */
  static final List<Path> PLACES = List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));

  private static final String OURS = "haltlab-";

  private final Path root;
  private final Instances instances;

  /** Makes and removes instances; in tracefs the kernel fills and empties their folders. */
  interface Instances {
    void make(Path folder) throws IOException;

    void remove(Path folder) throws IOException;
  }

  /** As the kernel wants it. */
  static final Instances KERNEL = new Instances() {
    @Override
    public void make(Path folder) throws IOException {
      Files.createDirectory(folder);
    }

    @Override
    public void remove(Path folder) throws IOException {
      Files.delete(folder); // of a folder this is rmdir, which tracefs takes although there are files in it
    }
  };

  Tracefs(Path root, Instances instances) {
    this.root = root;
    this.instances = instances;
  }

  /**
   * The first of some places where tracefs is mounted.
   *
   * @throws CaptureException if there is none, or it may not be used
   */
  static Tracefs at(List<Path> places, Instances instances) throws CaptureException {
    Optional<Path> mounted = places.stream().filter(place -> Files.isDirectory(place.resolve("events"))).findFirst();
    if (mounted.isEmpty()) {
      boolean hidden = places.stream().anyMatch(place -> Files.isDirectory(place) && !Files.isReadable(place));
      throw new CaptureException(hidden
          ? places.get(0) + " may only be read by root: run this as root (sudo), or use --print-script there"
          : "tracefs is not mounted at " + places.get(0) + ": mount it as root: mount -t tracefs nodev "
              + places.get(0));
    }
    Path instancesFolder = mounted.get().resolve("instances");
    if (!Files.isDirectory(instancesFolder)) {
      throw new CaptureException(
          mounted.get() + " has no instances/: this takes Linux 3.10 or later with CONFIG_TRACING");
    }
    if (!Files.isWritable(instancesFolder)) {
      throw new CaptureException(
          instancesFolder + " is not writable: run this as root (sudo), or use --print-script there");
    }
    return new Tracefs(mounted.get(), instances);
  }

  /**
   * Makes an instance named after this process.
   *
   * @throws CaptureException if the kernel refuses
   */
  Instance instance() throws CaptureException {
    Path folder = root.resolve("instances").resolve(OURS + ProcessHandle.current().pid());
    try {
      instances.make(folder);
    } catch (IOException e) {
      throw new CaptureException(
          "cannot make the tracing instance " + folder + ": " + reason(e)
              + "; a kernel in lockdown refuses it, see /sys/kernel/security/lockdown");
    }
    return new Instance(folder);
  }

  /** Instances that recordings have left which were killed; perhaps of another container, so they are only told of. */
  List<Path> orphans() {
    List<Path> orphans = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root.resolve("instances"), OURS + "*")) {
      for (Path folder : folders) {
        String pid = String.valueOf(folder.getFileName()).substring(OURS.length());
        if (pid.matches("[0-9]{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          orphans.add(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // whoever cannot list them will hear of it when making one
    }
    return orphans;
  }

  static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message.replaceAll("\\R", " ");
  }

  /** One ring buffer with its settings. */
  final class Instance {
    private final Path folder;

    private Instance(Path folder) {
      this.folder = folder;
    }

    boolean has(String file) {
      return Files.exists(folder.resolve(file));
    }

    void write(String file, String value) throws IOException {
      Files.write(folder.resolve(file), value.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
    }

    /** CPUs that have a ring buffer, at least 1. */
    int cpus() throws IOException {
      int count = 0;
      try (DirectoryStream<Path> cpus = Files.newDirectoryStream(folder.resolve("per_cpu"), "cpu*")) {
        for (Path ignored : cpus) {
          count++;
        }
      }
      return Math.max(1, count);
    }

    InputStream read(String file) throws IOException {
      return Files.newInputStream(folder.resolve(file));
    }

    /**
     * Removes it, with all its settings.
     *
     * @throws CaptureException if it is still there, with what to do
     */
    void remove() throws CaptureException {
      try {
        instances.remove(folder);
      } catch (IOException e) {
        throw new CaptureException("cannot remove " + folder + ": " + reason(e) + "; remove it: rmdir " + folder);
      }
    }
  }
}
