package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalogs;
import dev.haltlab.platform.catalog.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files of a plugin that does something small: what is the same for every kind, and what is a kind's own. They are
 * resources of this class, in which <code>{{name}}</code> stands for what differs.
 */
final class PluginProject {
  private static final String SOURCES = "src/main/java/";
  private static final String TESTS = "src/test/java/";
  private static final String SERVICES = "src/main/resources/META-INF/services/";

  private final Kind<?> kind;
  private final String id;
  private final String className;
  private final String packageName;

  /**
   * @param id lower-case words joined by hyphens
   */
  PluginProject(Kind<?> kind, String id) {
    this.kind = kind;
    this.id = id;
    this.className = Arrays.stream(id.split("-"))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1)).collect(Collectors.joining());
    this.packageName = "com.example." + id.replace("-", "");
  }

  /** The plugin's class, without its package. */
  String className() {
    return className;
  }

  /** The last part of its package. */
  String lastPackage() {
    return packageName.substring(packageName.lastIndexOf('.') + 1);
  }

  /** The file it is tried with. */
  String example() {
    return Kind.SLOTS.contains(kind) ? "scenario.yaml" : "example.txt";
  }

  /** The file that the build leaves in {@code target}. */
  String jar() {
    return id + "-1.0.0.jar";
  }

  /** What tries it, behind {@code haltlab}. */
  String use() {
    return Kind.SLOTS.contains(kind) ? "run " + example() : "replay " + example() + " --strategy off --strategy adaptive";
  }

  /** Whether the class would bear the name of another one that its code, or a test of it, speaks of. */
  boolean isNamedLikeItsOwnWords() {
    Pattern word = Pattern.compile("\\b" + className + "\\b");
    return word.matcher(template(kind.key() + "/Plugin.java") + template(kind.key() + "/PluginTest.java")
        + template("RulesTest.java")).find();
  }

  /**
   * All files, by path.
   *
   * @param sdk the Maven repository with the contracts and the kits
   * @param version their version
   */
  Map<String, String> files(URI sdk, String version) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("id", id);
    values.put("class", className);
    values.put("package", packageName);
    values.put("title", kind.title());
    values.put("use", use());
    values.put("example", example());
    values.put("sdk", sdk.toString().replace("&", "&amp;"));
    values.put("version", version);
    values.put("level", Catalogs.SPI_LEVEL);
    String folder = packageName.replace('.', '/') + "/";
    Map<String, String> files = new LinkedHashMap<>();
    files.put("pom.xml", filled("pom.xml", values));
    files.put("README.md", filled("README.md", values));
    files.put(".gitignore", filled("gitignore", values));
    files.put(example(), filled(kind.key() + "/" + example(), values));
    files.put(SOURCES + folder + className + ".java", filled(kind.key() + "/Plugin.java", values));
    files.put(SERVICES + kind.providerType().getName(), packageName + "." + className + "\n");
    files.put(TESTS + folder + className + "Test.java", filled(kind.key() + "/PluginTest.java", values));
    files.put(TESTS + folder + "RulesTest.java", filled("RulesTest.java", values));
    return files;
  }

  private static String filled(String name, Map<String, String> values) {
    String text = template(name);
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("{{" + value.getKey() + "}}", value.getValue());
    }
    return text;
  }

  private static String template(String name) {
    try (InputStream in = PluginProject.class.getResourceAsStream("project/" + name)) {
      if (in == null) {
        throw new IllegalStateException("project/" + name + " is missing in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
