package dev.haltlab.cli;

import dev.haltlab.platform.catalog.Catalogs;
import picocli.CommandLine.IVersionProvider;

/** What a bug report needs: the platform, the level of the contracts and the JDK. */
final class VersionText implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "haltlab " + Catalogs.version(),
      "SPI level " + Catalogs.SPI_LEVEL,
      "JDK " + System.getProperty("java.version") + " (" + System.getProperty("java.vm.vendor") + ", "
          + System.getProperty("java.vm.name") + ")"
    };
  }
}
