package dev.haltlab.rules;

import dev.haltlab.spi.Provider;
import dev.haltlab.spi.Stability;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * What a plugin's jar must be like: plain Java over its entries, nothing of it is loaded or run. Names in {@code
 * findings} are these constants' own.
 */
@Stability(Stability.Level.PROVISIONAL)
public enum JarRules {
  /** Entries stay inside a folder they are unpacked to. */
  NO_PATHS_OUTSIDE(
      "no entry has an absolute path, a path with .., or the name of another entry",
      "whoever unpacks the jar must not get files elsewhere, and of two entries of a name nobody knows which counts") {
    @Override
    void check(JarFile jar, List<JarEntry> entries, List<String> violations) {
      Set<String> names = new HashSet<>();
      for (JarEntry entry : entries) {
        String name = entry.getName();
        boolean outside = name.startsWith("/") || name.contains("\\") || name.matches("[A-Za-z]:.*")
            || List.of(name.split("/")).contains("..");
        if (outside) {
          violations.add("the entry " + name + " leads out of the jar");
        }
        if (!names.add(name)) {
          violations.add("the entry " + name + " is there twice");
        }
      }
    }
  },

  /** Who is to be found says so. */
  SERVICES_NAME_PROVIDERS(
      "a file in META-INF/services is named by a kind of provider, and names classes of the jar",
      "that is how plugins are found; without it the jar is not one") {
    @Override
    void check(JarFile jar, List<JarEntry> entries, List<String> violations) throws IOException {
      int named = 0;
      for (JarEntry entry : entries) {
        if (!entry.getName().startsWith(SERVICES) || entry.isDirectory()) {
          continue;
        }
        String service = entry.getName().substring(SERVICES.length());
        if (KINDS.contains(service)) {
          named += providers(jar, entry, violations);
        } else if (service.startsWith("dev.haltlab.")) {
          violations.add(entry.getName() + " is named by no kind of provider; there are " + String.join(", ", KINDS));
        }
      }
      if (named == 0 && violations.isEmpty()) {
        violations.add("no provider is named; a file " + SERVICES + KINDS.get(0) + " (or "
            + String.join(", ", KINDS.subList(1, KINDS.size())) + ") is to hold the name of its class");
      }
    }
  },

  /** The contracts are the platform's. */
  NO_COPY_OF_HALTLAB(
      "the jar holds no classes of haltlab: neither the contracts nor the kits",
      "the platform brings the contracts; a copy hides which version the plugin was written for") {
    @Override
    void check(JarFile jar, List<JarEntry> entries, List<String> violations) {
      for (JarEntry entry : entries) {
        if (entry.getName().matches("(META-INF/versions/\\d+/)?dev/haltlab/(spi|tck|rules|engine|platform|cli)/.*\\.class")) {
          violations.add("the jar holds " + entry.getName() + "; give its dependency the scope provided or test");
        }
      }
    }
  },

  /** Any Java that haltlab runs on can read it. */
  CLASS_FILES_RUN_ON_17(
      "class files are of Java 17 or older, without preview features",
      "haltlab runs on Java 17; a newer class cannot be loaded there") {
    @Override
    void check(JarFile jar, List<JarEntry> entries, List<String> violations) throws IOException {
      for (JarEntry entry : entries) {
        if (!entry.getName().endsWith(".class") || entry.getName().startsWith("META-INF/versions/")) {
          continue;
        }
        try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
          if (in.readInt() != CLASS_FILE) {
            violations.add(entry.getName() + " is no class file");
            continue;
          }
          int minor = in.readUnsignedShort();
          int major = in.readUnsignedShort();
          if (major > JAVA_17) {
            violations.add(entry.getName() + " is of Java " + (major - JAVA_17 + 17) + "; compile it with --release 17");
          } else if (minor == PREVIEW) {
            violations.add(entry.getName() + " uses preview features");
          }
        } catch (EOFException e) {
          violations.add(entry.getName() + " is cut off");
        }
      }
    }
  },

  /** Libraries inside a jar are not seen. */
  NO_JARS_INSIDE(
      "the jar holds no jars",
      "a class loader does not look into them; unpack a library into the jar, or ship a folder with lib/") {
    @Override
    void check(JarFile jar, List<JarEntry> entries, List<String> violations) {
      for (JarEntry entry : entries) {
        if (entry.getName().endsWith(".jar")) {
          violations.add("the jar holds " + entry.getName());
        }
      }
    }
  },

  /** It says who it is and asks for nothing. */
  MANIFEST_IS_SANE(
      "the manifest can be read, and asks for nothing a plugin does not get",
      "the platform takes id, version and required level of the contracts from it, and nothing else") {
    @Override
    void check(JarFile jar, List<JarEntry> entries, List<String> violations) {
      Manifest manifest;
      try {
        manifest = jar.getManifest();
      } catch (IOException | RuntimeException e) {
        violations.add("the manifest cannot be read: " + e.getMessage());
        return;
      }
      if (manifest == null) {
        return; // id and version come from the file name then
      }
      Attributes said = manifest.getMainAttributes();
      for (String refused : REFUSED) {
        if (said.getValue(refused) != null) {
          violations.add(refused + ": " + said.getValue(refused) + " has no place in a plugin's manifest");
        }
      }
      wellFormed(said, "Plugin-Id", "[A-Za-z0-9][A-Za-z0-9._-]*", violations);
      wellFormed(said, "Plugin-Version", "\\d+(\\.\\d+)*([-+.][A-Za-z0-9.+-]+)?", violations);
    }
  };

  private static final String SERVICES = "META-INF/services/";
  private static final List<String> KINDS =
      Stream.of(Provider.class.getPermittedSubclasses()).map(Class::getName).toList();
  private static final List<String> REFUSED = List.of(
      "Class-Path", "Plugin-Class", "Plugin-Dependencies", "Premain-Class", "Agent-Class", "Launcher-Agent-Class",
      "Add-Exports", "Add-Opens", "Enable-Native-Access");
  private static final int CLASS_FILE = 0xCAFEBABE;
  private static final int JAVA_17 = 61;
  private static final int PREVIEW = 0xFFFF;
  private static final int LONGEST_SERVICES_FILE = 1 << 16;

  private final String sentence;
  private final String why;

  JarRules(String sentence, String why) {
    this.sentence = sentence;
    this.why = why;
  }

  /**
   * Checks a jar against all of them.
   *
   * @throws IOException if it is no jar, or damaged
   */
  public static List<Finding> check(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      List<JarEntry> entries = Collections.list(jar.entries());
      List<Finding> findings = new ArrayList<>();
      for (JarRules rule : values()) {
        List<String> violations = new ArrayList<>();
        rule.check(jar, entries, violations);
        findings.add(new Finding(rule.name(), rule.sentence, rule.why, violations));
      }
      return findings;
    }
  }

  abstract void check(JarFile jar, List<JarEntry> entries, List<String> violations) throws IOException;

  /** How many classes a services file names, after a look at each. */
  private static int providers(JarFile jar, JarEntry services, List<String> violations) throws IOException {
    String text;
    try (InputStream in = jar.getInputStream(services)) {
      text = new String(in.readNBytes(LONGEST_SERVICES_FILE), StandardCharsets.UTF_8);
    }
    int named = 0;
    for (String line : text.split("\\R")) {
      String name = line.replaceFirst("#.*", "").strip();
      if (name.isEmpty()) {
        continue;
      }
      named++;
      if (!name.matches("[\\p{javaJavaIdentifierPart}.]+")) {
        violations.add(services.getName() + " holds '" + name + "', which is no name of a class");
      } else if (jar.getEntry(name.replace('.', '/') + ".class") == null) {
        violations.add(services.getName() + " names " + name + ", which is not in the jar");
      }
    }
    return named;
  }

  private static void wellFormed(Attributes said, String key, String pattern, List<String> violations) {
    String value = said.getValue(key);
    if (value != null && !value.strip().matches(pattern)) {
      violations.add(key + " is '" + value + "', which is not well formed");
    }
  }
}
