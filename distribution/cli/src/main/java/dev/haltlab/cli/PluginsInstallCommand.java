package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.CatalogRequest;
import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.catalog.Kind;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts a plugin among the installed ones: whole, after it was verified, or not at all. */
@Command(
    name = "install",
    header = "Verifies a plugin and puts it among the installed ones.",
    description = {
      "%nFILE is a jar, or a zip of an unpacked plugin, which becomes a folder. Nothing is left behind if it is"
          + " refused."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  haltlab plugins install my-poll-1.0.jar", "  haltlab plugins install my-poll-1.1.jar --to ~/plugins"})
final class PluginsInstallCommand implements Callable<Integer> {
  private final Console console;
  private final Installation installation;
  private final PluginVerifier verifier;

  @Parameters(paramLabel = "FILE", description = "A jar, or a zip of an unpacked plugin.")
  Path file;

  @Option(names = "--force", description = "Replaces an installed plugin of that name.")
  boolean force;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Another folder than the installation's; name it in HALTLAB_PLUGINS or by --plugins then.")
  @Nullable Path to;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  @Inject
  PluginsInstallCommand(Console console, Installation installation, PluginVerifier verifier) {
    this.console = console;
    this.installation = installation;
    this.verifier = verifier;
  }

  @Override
  public Integer call() {
    boolean zip = isZip();
    String name = String.valueOf(file.getFileName());
    Path folder = folder();
    Path target = folder.resolve(zip ? name.substring(0, name.length() - ".zip".length()) : name);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !force) {
      throw refused(target + " exists already; --force replaces it");
    }
    Path work = inWork(folder);
    // Ctrl-C waits for the two renamings of a replacement; what has not begun then does not begin.
    ReentrantLock placing = new ReentrantLock();
    Thread atExit = new Thread(() -> {
      placing.lock();
      remove(work);
    }, "haltlab-install");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      Path fresh = copy(zip, work.resolve(String.valueOf(target.getFileName())));
      List<String> problems = verifier.problems(fresh, beside(folder, target));
      if (!problems.isEmpty()) {
        throw refused(String.join("; ", problems).replace(fresh.toString(), file.toString()));
      }
      placing.lock();
      try {
        replace(fresh, target, work);
      } finally {
        placing.unlock();
      }
    } finally {
      remove(work);
      release(atExit);
    }
    console.result(describe(target));
    return ExitCode.DONE;
  }

  private boolean isZip() {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (!Files.exists(file)) {
      throw refused("there is no such file");
    }
    if (!Files.isRegularFile(file) || !(name.endsWith(".jar") || name.endsWith(".zip"))) {
      throw refused("not a jar or zip; pack a folder first, or copy it to the plugins yourself");
    }
    if (name.startsWith(".")) {
      throw refused("a hidden file is not looked at; give it another name");
    }
    return name.endsWith(".zip");
  }

  private Path folder() {
    Path folder = to == null ? installation.pluginsFolder().orElse(null) : to;
    if (folder == null) {
      throw refused("nobody said where plugins are installed: start haltlab by its launcher, or name a folder by --to");
    }
    try {
      return Files.createDirectories(folder).toRealPath();
    } catch (IOException e) {
      throw refused("cannot install into " + folder + ": " + why(e));
    }
  }

  /** On the same file system, so that putting it in place is one renaming; hidden, so that nobody loads it before. */
  private Path inWork(Path folder) {
    try {
      return Files.createTempDirectory(folder, ".install-");
    } catch (IOException e) {
      throw refused("cannot install into " + folder + ": " + why(e));
    }
  }

  private Path copy(boolean zip, Path fresh) {
    try {
      PluginArchive archive = new PluginArchive(file);
      if (zip) {
        archive.unpackTo(Files.createDirectory(fresh));
      } else {
        archive.check();
        Files.copy(file, fresh);
      }
      return fresh;
    } catch (IOException e) {
      throw refused(why(e));
    }
  }

  private List<Path> beside(Path folder, Path target) {
    List<Path> beside = new ArrayList<>();
    try (DirectoryStream<Path> installed = Files.newDirectoryStream(folder)) {
      for (Path each : installed) {
        boolean plugin = Files.isDirectory(each) || each.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
        if (plugin && !each.equals(target) && !String.valueOf(each.getFileName()).startsWith(".")) {
          beside.add(each);
        }
      }
    } catch (IOException e) {
      throw refused("cannot read " + folder + ": " + why(e));
    }
    beside.sort(Comparator.naturalOrder());
    return beside;
  }

  private void replace(Path fresh, Path target, Path work) {
    Path old = work.resolve("replaced");
    try {
      boolean replaces = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
      if (replaces) {
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      }
      try {
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        if (replaces) {
          Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        }
        throw e;
      }
    } catch (IOException e) {
      throw refused("cannot be put at " + target + ": " + why(e));
    }
  }

  private String describe(Path target) {
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(target), installation.patience()));
    StringBuilder text = new StringBuilder("installed ").append(target).append('\n');
    for (Kind<?> kind : Kind.ALL) {
      for (Catalog.Entry<?> entry : catalog.usable(kind)) {
        if (entry.origin().equals(target.toString())) {
          text.append("  ").append(kind.key()).append(": ").append(entry.id()).append('\n');
        }
      }
    }
    return text.toString();
  }

  private static void remove(Path work) {
    if (!Files.exists(work)) {
      return;
    }
    try (Stream<Path> files = Files.walk(work)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      // What is left has a hidden name and is never loaded; the failure that led here is the one to tell.
    }
  }

  private static void release(Thread atExit) {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending; the hook does its work.
    }
  }

  private Refusal refused(String why) {
    return new Refusal(ExitCode.PROBLEMS, file + ": " + why);
  }

  private static String why(IOException e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName().replace("Exception", "");
    return e.getClass() == IOException.class ? String.valueOf(message) : message == null ? name : name + " " + message;
  }
}
