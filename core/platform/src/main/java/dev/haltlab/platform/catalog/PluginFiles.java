package dev.haltlab.platform.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pf4j.AbstractPluginManager;
import org.pf4j.BasePluginLoader;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultPluginClasspath;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.DefaultPluginFactory;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.JarPluginLoader;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginManager;
import org.pf4j.PluginRepository;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.ServiceProviderExtensionFinder;
import org.pf4j.VersionManager;

/**
 * Third parties' jars and folders through PF4J: it reads who a plugin says it is and what it requires, and makes its
 * class loader. Providers are then found by {@link ServiceLoader} on that loader, as built-ins are.
 *
 * <p>Paths are handed to PF4J one at a time, because its own pass over a folder logs what it skips and tells nobody.
 * The {@code create} methods run inside the super constructor: they use nothing of this class's fields.
 */
final class PluginFiles extends AbstractPluginManager {
  /** {@code my-poll-1.2.jar}: the version begins at the last hyphen before a digit. */
  private static final Pattern NAME_AND_VERSION = Pattern.compile("(.+?)-(\\d[^-]*(?:-[A-Za-z][^-]*)?)");

  /** {@code 1}, {@code 1.2} or {@code 1.2.3}. */
  private static final Pattern LEVEL = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?");

  private final ClassLoader contracts = new SpiOnly();
  private final String level;

  private PluginFiles(String level) {
    super(List.of(Path.of("."))); // never listed: see the class comment
    setSystemVersion(level);
    this.level = level;
  }

  /**
   * Files the plugins of jars and folders.
   *
   * @param level the level of the contracts, see {@link Catalogs#SPI_LEVEL}
   */
  static void addTo(CatalogBuilder builder, List<Path> files, String level) {
    PluginFiles manager = new PluginFiles(level);
    for (Path file : files) {
      manager.addTo(builder, file);
    }
  }

  private void addTo(CatalogBuilder builder, Path file) {
    List<String> ids = List.of(idAndVersion(file)[0]);
    try {
      PluginWrapper plugin = loadPluginFromPath(file);
      ids = List.of(plugin.getPluginId());
      addTo(builder, file, plugin);
    } catch (PluginRuntimeException e) {
      builder.unusable(file.toString(), ids, Reasons.clean(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      builder.unusable(file.toString(), ids, Reasons.clean(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      builder.unusable(file.toString(), ids, Reasons.oneLine(e));
    }
  }

  private void addTo(CatalogBuilder builder, Path file, PluginWrapper plugin) throws IOException {
    String id = plugin.getPluginId();
    PluginClassLoader loader = (PluginClassLoader) plugin.getPluginClassLoader();
    PluginContents contents = PluginContents.of(loader.getURLs());
    if (!contents.contracts().isEmpty()) {
      throw new PluginRuntimeException(
          "carries a copy of the contracts (" + contents.contracts() + "): the platform brings its own; compile against"
              + " haltlab-spi without packing it, in Maven with <scope>provided</scope>");
    }
    List<String> unknown = new ArrayList<>(contents.services());
    int named = 0;
    for (Kind<?> kind : Kind.ALL) {
      if (unknown.remove(kind.providerType().getName())) {
        ServiceLoader<?> providers = ServiceLoader.load(kind.providerType(), loader);
        named += builder.addAll(kind, providers, id, plugin.getDescriptor().getVersion(), file.toString());
      }
    }
    if (!unknown.isEmpty()) {
      builder.unusable(
          file.toString(), List.of(id),
          "META-INF/services/" + unknown.get(0) + " names no contract of SPI level " + level + "; they are "
              + contracts());
    } else if (named == 0) {
      builder.unusable(
          file.toString(), List.of(id),
          "no plugin in it: it needs a file META-INF/services/" + Kind.HALT_POLL.providerType().getName()
              + " that names its class, or one of the other contracts: " + contracts()
              + (contents.modular() ? "; what its module-info provides is not asked for" : ""));
    }
  }

  private static String contracts() {
    return Kind.ALL.stream().map(kind -> kind.providerType().getSimpleName()).collect(Collectors.joining(", "));
  }

  @Override
  protected void validatePluginDescriptor(PluginDescriptor descriptor) {
    PluginWrapper first = getPlugin(descriptor.getPluginId());
    if (first != null) {
      throw new PluginRuntimeException(
          "the plugin " + descriptor.getPluginId() + " was already loaded from " + first.getPluginPath()
              + "; remove one");
    }
    if (!descriptor.getDependencies().isEmpty()) {
      throw new PluginRuntimeException(
          "Plugin-Dependencies in its manifest: a plugin cannot use another's classes; pack what it needs into its"
              + " folder's lib/");
    }
    requireLevel(descriptor.getRequires().trim());
  }

  /** A plain number means compatible with that level: the same or a later one up to the next incompatible one. */
  private void requireLevel(String requires) {
    Matcher plain = LEVEL.matcher(requires);
    boolean one = plain.matches();
    String range = one ? ">=" + levelOf(plain) + " & <" + (Long.parseLong(plain.group(1)) + 1) + ".0.0" : requires;
    boolean satisfied;
    try {
      satisfied = getVersionManager().checkVersionConstraint(level, range);
    } catch (RuntimeException e) {
      throw new PluginRuntimeException(
          "Plugin-Requires in its manifest is \"" + requires + "\", which is neither an SPI level such as " + level
              + " nor a range of them such as >=1.0.0");
    }
    if (!satisfied) {
      boolean newer = !one || getVersionManager().compareVersions(levelOf(plain), level) > 0;
      throw new PluginRuntimeException(
          (one ? "made for SPI level " + levelOf(plain) : "needs SPI level " + requires) + "; this haltlab has "
              + level + (newer ? "" : ", which is incompatible: it needs a newer version of the plugin"));
    }
  }

  private static String levelOf(Matcher plain) {
    return plain.group(1) + "." + orZero(plain.group(2)) + "." + orZero(plain.group(3));
  }

  private static String orZero(@Nullable String number) {
    return number == null ? "0" : number;
  }

  private PluginClassLoader loaderFor(PluginDescriptor descriptor) {
    // The contracts first: a jar that carries a copy of them must still implement ours.
    return new PluginClassLoader(this, descriptor, contracts, ClassLoadingStrategy.APD);
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new BareJarsToo();
  }

  @Override
  protected PluginLoader createPluginLoader() {
    PluginLoader jars = new JarPluginLoader(this) {
      @Override
      protected PluginClassLoader createPluginClassLoader(Path file, PluginDescriptor descriptor) {
        return loaderFor(descriptor);
      }
    };
    PluginLoader folders = new BasePluginLoader(this, new DefaultPluginClasspath()) {
      @Override
      protected PluginClassLoader createPluginClassLoader(Path folder, PluginDescriptor descriptor) {
        return loaderFor(descriptor);
      }

      @Override
      protected void loadClasses(Path folder, PluginClassLoader loader) {
        super.loadClasses(folder, loader);
        if (Files.isDirectory(folder.resolve("META-INF"))) {
          loader.addFile(folder.toFile()); // a jar unpacked as it is
        }
      }
    };
    return new PluginLoader() {
      @Override
      public boolean isApplicable(Path path) {
        return true;
      }

      @Override
      public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
        return (Files.isDirectory(path) ? folders : jars).loadPlugin(path, descriptor);
      }
    };
  }

  @Override
  protected VersionManager createVersionManager() {
    return new DefaultVersionManager();
  }

  @Override
  protected PluginFactory createPluginFactory() {
    return new DefaultPluginFactory(); // never asked: there is no life cycle
  }

  @Override
  protected ExtensionFactory createExtensionFactory() {
    return new DefaultExtensionFactory(); // never asked: ServiceLoader makes providers
  }

  @Override
  protected ExtensionFinder createExtensionFinder() {
    return new ServiceProviderExtensionFinder(this); // never asked
  }

  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    // The default one reads lists of names from the plugins folder; who does not want a plugin removes its file.
    return new PluginStatusProvider() {
      @Override
      public boolean isPluginDisabled(String id) {
        return false;
      }

      @Override
      public void disablePlugin(String id) {
        throw new UnsupportedOperationException("plugins are not switched off");
      }

      @Override
      public void enablePlugin(String id) {}
    };
  }

  @Override
  protected PluginRepository createPluginRepository() {
    return new PluginRepository() {
      @Override
      public List<Path> getPluginPaths() {
        return List.of();
      }

      @Override
      public boolean deletePluginPath(Path path) {
        return false;
      }
    };
  }

  /** Name and version out of a file name; version {@code 0} where it has none. */
  private static String[] idAndVersion(Path file) {
    String name = String.valueOf(file.getFileName());
    if (!Files.isDirectory(file)) {
      name = name.substring(0, name.length() - ".jar".length());
    }
    Matcher parts = NAME_AND_VERSION.matcher(name);
    return parts.matches() ? new String[] {parts.group(1), parts.group(2)} : new String[] {name, "0"};
  }

  /** A manifest's own words where it has them, the file name's where it has not. */
  private static final class BareJarsToo extends ManifestPluginDescriptorFinder {
    @Override
    public boolean isApplicable(Path path) {
      return true;
    }

    @Override
    public PluginDescriptor find(Path path) {
      String[] fromName = idAndVersion(path);
      Attributes said = manifest(path).getMainAttributes();
      String id = said.getValue(PLUGIN_ID);
      String version = said.getValue(PLUGIN_VERSION);
      String requires = said.getValue(PLUGIN_REQUIRES);
      DefaultPluginDescriptor descriptor = new Descriptor(
          orElse(id, fromName[0]), orElse(version, fromName[1]), orElse(requires, "*"),
          said.getValue(PLUGIN_DEPENDENCIES));
      return descriptor;
    }

    private static String orElse(@Nullable String said, String otherwise) {
      return said == null || said.isBlank() ? otherwise : said.trim();
    }

    private static Manifest manifest(Path path) {
      try {
        if (!Files.isDirectory(path)) {
          try (JarFile jar = new JarFile(path.toFile())) {
            Manifest manifest = jar.getManifest();
            return manifest == null ? new Manifest() : manifest;
          }
        }
        for (String place : List.of("META-INF/MANIFEST.MF", "classes/META-INF/MANIFEST.MF")) {
          Path file = path.resolve(place);
          if (Files.isRegularFile(file)) {
            try (InputStream in = Files.newInputStream(file)) {
              return new Manifest(in);
            }
          }
        }
        return new Manifest();
      } catch (IOException | RuntimeException e) {
        String why = Files.isReadable(path) ? "not a jar, or a damaged one" : "cannot be read";
        throw new PluginRuntimeException(why + " (" + Reasons.oneLine(e) + ")");
      }
    }
  }

  private static final class Descriptor extends DefaultPluginDescriptor {
    Descriptor(String id, String version, String requires, @Nullable String dependencies) {
      super(id, "", "", version, requires, "", "");
      if (dependencies != null && !dependencies.isBlank()) {
        setDependencies(dependencies);
      }
    }
  }
}
