package dev.haltlab.platform.catalog;

import java.nio.file.Path;
import java.util.List;

/**
 * Where to look for third parties' plugins, beside the built-ins.
 *
 * @param places folders whose jars and unpacked folders are plugins, or single jars; in order: the first plugin of an
 *     id keeps it
 */
public record CatalogRequest(List<Path> places) {
  public CatalogRequest {
    places = List.copyOf(places);
  }
}
