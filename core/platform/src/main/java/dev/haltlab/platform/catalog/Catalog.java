package dev.haltlab.platform.catalog;

import java.util.List;
import java.util.Optional;

/** The plugins of this process: usable ones by kind and id, unusable ones with the reason. Immutable once made. */
public interface Catalog {

  /** The usable plugin of that kind and id. */
  <P> Optional<Entry<P>> find(Kind<P> kind, String id);

  /** The usable plugins of a kind, by id. */
  <P> List<Entry<P>> usable(Kind<P> kind);

  /** Files and providers that cannot be used, by location. */
  List<Unusable> unusable();

  /**
   * A usable plugin.
   *
   * @param kind its kind
   * @param id its name
   * @param provider the provider itself
   * @param version its version, from the jar; the platform's own for built-ins
   * @param origin {@code built-in}, or the file it came from
   */
  record Entry<P>(Kind<P> kind, String id, P provider, String version, String origin) {}

  /**
   * A plugin that cannot be used.
   *
   * @param location the file or provider class
   * @param ids the ids it would have had, as far as known; a scenario naming one fails with the reason
   * @param reason one line: why, and what to do
   */
  record Unusable(String location, List<String> ids, String reason) {}
}
