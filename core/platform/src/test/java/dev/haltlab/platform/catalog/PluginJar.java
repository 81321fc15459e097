package dev.haltlab.platform.catalog;

import dev.haltlab.spi.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Builds plugin jars as a stranger would: javac against the contracts alone, one services line. */
public final class PluginJar {
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> services = new LinkedHashMap<>();
  private final Map<String, String> manifest = new LinkedHashMap<>();
  private final List<String> emptyFiles = new ArrayList<>();
  private final List<String> classPath = new ArrayList<>();

  PluginJar() {
    classPath.add(location(Provider.class));
  }

  /** A halt-poll strategy of that class name and id, whose configuration record holds a window. */
  public static PluginJar strategy(String className, String id) {
    return new PluginJar()
        .source(className, """
            import dev.haltlab.spi.*;
            import java.time.Duration;
            public final class %s implements HaltPollProvider<%s.Config> {
              public record Config(Duration window) {}
              public String id() { return "%s"; }
              public Config defaults() { return new Config(Duration.ofNanos(50_000)); }
              public HaltPoll create(Config c, Seat s) { long ns = c.window().toNanos(); return now -> ns; }
            }
            """.formatted(className, className, id))
        .service("HaltPollProvider", className);
  }

  /** As {@link #strategy} with one method replaced. */
  public static PluginJar strategyWith(String className, String id, String from, String to) {
    return strategy(className, id).replacing(className, from, to);
  }

  /** The same with a piece of a class's source replaced. */
  PluginJar replacing(String className, String from, String to) {
    String source = sources.get(className);
    if (source == null || !source.contains(from)) {
      throw new IllegalArgumentException("no " + from);
    }
    sources.put(className, source.replace(from, to));
    return this;
  }

  PluginJar source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  PluginJar service(String contract, String lines) {
    services.put("META-INF/services/dev.haltlab.spi." + contract, lines + "\n");
    return this;
  }

  PluginJar noServices() {
    services.clear();
    return this;
  }

  PluginJar attribute(String key, String value) {
    manifest.put(key, value);
    return this;
  }

  PluginJar alsoAgainst(Class<?> type) {
    classPath.add(location(type));
    return this;
  }

  PluginJar alsoAgainst(Path jar) {
    classPath.add(jar.toString());
    return this;
  }

  /** With another's sources as well. */
  PluginJar merge(PluginJar other) {
    sources.putAll(other.sources);
    return this;
  }

  /** An empty file of that name. */
  PluginJar file(String name) {
    emptyFiles.add(name);
    return this;
  }

  /** Writes the jar; a bare one without attributes has no manifest at all. */
  public Path writeTo(Path jar) {
    try (OutputStream out = Files.newOutputStream(jar); JarOutputStream zip = new JarOutputStream(out)) {
      if (!manifest.isEmpty()) {
        zip.putNextEntry(new JarEntry("META-INF/MANIFEST.MF"));
        manifest().write(zip);
        zip.closeEntry();
      }
      for (Map.Entry<String, byte[]> file : files().entrySet()) {
        zip.putNextEntry(new JarEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the same unpacked. */
  Path writeUnpackedTo(Path folder) {
    try {
      for (Map.Entry<String, byte[]> file : files().entrySet()) {
        Path target = folder.resolve(file.getKey());
        Files.createDirectories(target.getParent());
        Files.write(target, file.getValue());
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Manifest manifest() {
    Manifest result = new Manifest();
    result.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.forEach(result.getMainAttributes()::putValue);
    return result;
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    emptyFiles.forEach(name -> files.put(name, new byte[0]));
    for (Map.Entry<String, String> service : services.entrySet()) {
      files.put(service.getKey(), service.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Path work = Files.createTempDirectory("plugin");
    Path classes = Files.createDirectory(work.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of(
        "--release", "17", "-proc:none", "-d", classes.toString(),
        "-cp", String.join(java.io.File.pathSeparator, classPath)));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    if (!sources.isEmpty()) {
      StringWriter said = new StringWriter();
      PrintWriter writer = new PrintWriter(said);
      if (ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, arguments.toArray(String[]::new)) != 0) {
        throw new IllegalStateException(said.toString());
      }
    }
    try (Stream<Path> written = Files.walk(classes)) {
      for (Path file : written.filter(Files::isRegularFile).sorted().toList()) {
        files.put(classes.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
