package dev.haltlab.platform.catalog;

import dev.haltlab.spi.Provider;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What stands in a plugin's jars and folders, as far as names tell and before any of its code is loaded.
 *
 * @param services the provider types it has services files for, by their whole names; only those of the contracts
 * @param contracts a class of the contracts' own package that it carries along; empty if there is none
 * @param modular whether it is a module
 */
record PluginContents(List<String> services, String contracts, boolean modular) {
  private static final String CONTRACTS = Provider.class.getPackageName();
  private static final Pattern SERVICES =
      Pattern.compile("META-INF/services/(" + Pattern.quote(CONTRACTS) + "\\.\\w+)");
  private static final Pattern CONTRACT_CLASS = Pattern.compile(
      "(?:META-INF/versions/\\d+/)?(" + CONTRACTS.replace('.', '/') + "/.+)\\.class");
  private static final Pattern MODULE = Pattern.compile("(?:META-INF/versions/\\d+/)?module-info\\.class");

  /**
   * Reads names.
   *
   * @param classPath the plugin's jars and folders
   * @throws IOException if a jar is none; the message names it
   */
  static PluginContents of(URL[] classPath) throws IOException {
    TreeSet<String> services = new TreeSet<>();
    TreeSet<String> contracts = new TreeSet<>();
    boolean modular = false;
    for (URL url : classPath) {
      for (String name : names(path(url))) {
        Matcher service = SERVICES.matcher(name);
        Matcher contract = CONTRACT_CLASS.matcher(name);
        if (service.matches()) {
          services.add(service.group(1));
        } else if (contract.matches()) {
          contracts.add(contract.group(1).replace('/', '.'));
        } else {
          modular |= MODULE.matcher(name).matches();
        }
      }
    }
    return new PluginContents(List.copyOf(services), contracts.isEmpty() ? "" : contracts.first(), modular);
  }

  private static List<String> names(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      try (JarFile jar = new JarFile(place.toFile())) {
        return Collections.list(jar.entries()).stream().map(entry -> entry.getName()).toList();
      } catch (IOException e) {
        throw new IOException(place.getFileName() + " is not a jar, or a damaged one (" + Reasons.oneLine(e) + ")", e);
      }
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(place)) {
      files.filter(Files::isRegularFile)
          .forEach(file -> names.add(place.relativize(file).toString().replace(File.separatorChar, '/')));
    }
    return names;
  }

  private static Path path(URL url) throws IOException {
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IOException(url + " is not a file", e);
    }
  }
}
