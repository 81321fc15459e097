package dev.haltlab.platform.catalog;

import dev.haltlab.spi.Provider;

/**
 * The parent of every plugin's class loader: the JDK and the contracts, nothing of the host. What a plugin cannot see
 * it cannot come to depend on.
 */
final class SpiOnly extends ClassLoader {
  private static final String CONTRACTS = Provider.class.getPackageName() + ".";
  private static final String ANNOTATIONS = "org.jspecify.annotations.";

  private final ClassLoader host = SpiOnly.class.getClassLoader();

  SpiOnly() {
    super("haltlab-contracts", ClassLoader.getPlatformClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.startsWith(CONTRACTS) || name.startsWith(ANNOTATIONS)) {
      return host.loadClass(name);
    }
    Class<?> found = super.loadClass(name, resolve);
    // On the module path the JDK's loaders share one map of packages, so the platform loader hands out our own modules'
    // classes as well. Whatever comes from the application's loader is not for plugins.
    if (found.getClassLoader() == ClassLoader.getSystemClassLoader()) {
      throw new ClassNotFoundException(name);
    }
    return found;
  }
}
