package dev.haltlab.platform.catalog;

import java.nio.file.Path;
import java.util.List;

/**
 * Where to look for third parties' plugins, beside the built-ins.
 *
 * @param places folders whose jars and unpacked folders are plugins, or single jars; in order: the first plugin of an
 *     id keeps it. An unpacked folder may also be named itself
 * @param patience how long a plugin's code may take to answer while it is being loaded
 */
public record CatalogRequest(List<Path> places, Patience patience) {
  public CatalogRequest {
    places = List.copyOf(places);
  }

  /** The same with the usual patience. */
  public CatalogRequest(List<Path> places) {
    this(places, Patience.DEFAULT);
  }
}
