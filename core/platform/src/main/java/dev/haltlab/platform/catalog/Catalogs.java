package dev.haltlab.platform.catalog;

import dev.haltlab.spi.Provider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * Finds plugins. Built-ins come by service binding on the module path; third parties' jars and folders each get a class
 * loader of their own. Whatever is wrong with a file is a reason in the catalog, never an exception: one bad jar must
 * not take the others away.
 */
public final class Catalogs {
  /**
   * The level of the contracts, as a semantic version: the second number grows when something is added, the first when
   * something plugins rely on changes. A jar may say by {@code Plugin-Requires} in its manifest which level it was made
   * for, {@code 1.0.0}, or which range of them it needs, {@code >=1.0.0 & <3.0.0}; one that says nothing is taken as it
   * is. The level is not the product's version: that one may be a snapshot, which compares badly, and moves for other
   * reasons.
   */
  public static final String SPI_LEVEL = "1.0.0";

  /** The origin of a built-in, see {@link Catalog.Entry#origin()}. */
  public static final String BUILT_IN = "built-in";

  /** What we put there ourselves; no plugin and no mistake of the user. */
  private static final String OUR_README = "README.txt";

  private Catalogs() {}

  /** Built-ins and whatever stands in the requested places. Reads files; never throws for what it finds in them. */
  public static Catalog load(CatalogRequest request) {
    CatalogBuilder builder = new CatalogBuilder(request.patience());
    // The system loader sees the boot layer's modules as well as a class path: both ways of starting us work.
    ClassLoader ours = ClassLoader.getSystemClassLoader();
    for (Kind<?> kind : Kind.ALL) {
      builder.addBuiltIns(kind, ServiceLoader.load(kind.providerType(), ours), version());
    }
    addThirdParties(builder, request);
    return builder.build();
  }

  /**
   * Plugins that are already there, for a program that embeds the platform and for tests.
   *
   * @param version as shown in lists
   * @param origin as shown in lists
   */
  public static Catalog of(List<? extends Provider<?>> providers, String version, String origin) {
    CatalogBuilder builder = new CatalogBuilder(Patience.DEFAULT);
    for (Provider<?> provider : providers) {
      builder.add(provider, version, origin);
    }
    return builder.build();
  }

  /** The platform's version, from its module; {@code development} where there is none, as on a class path. */
  public static String version() {
    Module module = Catalogs.class.getModule();
    return module.isNamed() ? module.getDescriptor().rawVersion().orElse("development") : "development";
  }

  private static void addThirdParties(CatalogBuilder builder, CatalogRequest request) {
    List<Path> files = candidates(builder, request.places());
    if (!files.isEmpty()) {
      // Only here is PF4J touched: its classes cost start-up time that a run without third parties should not pay.
      PluginFiles.addTo(builder, files, SPI_LEVEL);
    }
  }

  private static List<Path> candidates(CatalogBuilder builder, List<Path> places) {
    List<Path> files = new ArrayList<>();
    Set<Path> seen = new HashSet<>();
    for (Path place : places) {
      for (Path file : isJar(place) || isUnpacked(place) ? List.of(place) : listing(builder, place)) {
        if (!seen.add(realPath(file))) {
          continue; // the same folder given twice is no conflict
        }
        if (isJar(file) || Files.isDirectory(file)) {
          files.add(file);
        } else {
          builder.unusable(file.toString(), List.of(), notAPlugin(file));
        }
      }
    }
    return files;
  }

  private static List<Path> listing(CatalogBuilder builder, Path place) {
    if (!Files.isDirectory(place)) {
      String reason = Files.exists(place) ? notAPlugin(place) : "there is no such folder";
      builder.unusable(place.toString(), List.of(), reason);
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(place)) {
      for (Path file : stream) {
        String name = name(file);
        if (!name.startsWith(".") && !name.equals(OUR_README)) {
          files.add(file);
        }
      }
    } catch (DirectoryIteratorException | IOException | UncheckedIOException e) {
      builder.unusable(place.toString(), List.of(), "the folder cannot be read: " + Reasons.oneLine(e));
      return List.of();
    }
    Collections.sort(files); // file systems list in any order; who keeps an id must not depend on it
    return files;
  }

  private static String notAPlugin(Path file) {
    return name(file).toLowerCase(Locale.ROOT).endsWith(".zip")
        ? "a zip is not read in place; unpack it into a folder of its own here"
        : "neither a jar nor an unpacked folder";
  }

  private static boolean isJar(Path file) {
    return name(file).toLowerCase(Locale.ROOT).endsWith(".jar") && !Files.isDirectory(file);
  }

  /** A place that is a plugin itself, such as the folder a compiler writes to, rather than a folder of plugins. */
  private static boolean isUnpacked(Path place) {
    if (Files.isDirectory(place.resolve("META-INF")) || Files.isDirectory(place.resolve("classes/META-INF"))) {
      return true;
    }
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(place.resolve("lib"), "*.jar")) {
      return jars.iterator().hasNext();
    } catch (IOException | DirectoryIteratorException e) {
      return false; // there is no lib/, as a rule
    }
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  private static Path realPath(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file.toAbsolutePath().normalize();
    }
  }
}
