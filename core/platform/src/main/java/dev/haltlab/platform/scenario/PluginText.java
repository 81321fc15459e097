package dev.haltlab.platform.scenario;

import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.config.Binder;
import dev.haltlab.platform.config.Node;
import dev.haltlab.platform.config.Place;
import dev.haltlab.platform.config.Problems;
import dev.haltlab.platform.config.ProblemsException;
import dev.haltlab.platform.config.Yaml;
import dev.haltlab.platform.scenario.model.Slot;
import dev.haltlab.platform.scenario.model.Types;
import java.util.List;
import java.util.Objects;

/** Reads a plugin and its settings from a text as a scenario has it: {@code {use: fixed, window: 50us}}. */
public final class PluginText {
  private final Binder binder;
  private final Resolver resolver;

  /** @param catalog the plugins there are */
  public PluginText(Catalog catalog) {
    binder = Types.binder(catalog);
    resolver = new Resolver(catalog, binder, List.of());
  }

  /**
   * A plugin and its configuration.
   *
   * @param entry the plugin
   * @param given the defaults with the text's keys laid over them
   * @param config the same, complete
   */
  public record Chosen<P>(Catalog.Entry<P> entry, Record given, Record config) {}

  /**
   * Reads one.
   *
   * @param where what stands for a file in messages: the option the text was given by
   * @throws ProblemsException with all that is wrong with it
   */
  public <P> Chosen<P> read(Kind<P> kind, String text, String where) throws ProblemsException {
    Problems problems = new Problems();
    Place place = new Place(where, 0, 0, "");
    Node node = Yaml.readValue(text, place, problems);
    Slot slot = node == null ? null : binder.value(Slot.class, node, problems);
    Resolver.Resolved<P> resolved = slot == null ? null : resolver.resolve(kind, slot, place, problems);
    problems.throwIfAny();
    Resolver.Resolved<P> found = Objects.requireNonNull(resolved);
    return new Chosen<>(found.entry(), found.given(), found.config());
  }
}
