package dev.haltlab.platform.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.spi.HaltPoll;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins: a plugin blamed for what another did, and the platform's or the JDK's own frames shown as a plugin's. */
class PluginCodeTest {
  private static final String THROWS = "now -> { throw new IllegalStateException(String.valueOf(Helper.twice(now))); }";
  private static final String HELPER = "class Helper { static long twice(long x) { return Math.addExact(x, x); } }";

  @TempDir Path plugins;

  private static PluginJar throwing(String className, String id) {
    return PluginJar.strategyWith(className, id, "now -> ns", THROWS).source("Helper", HELPER);
  }

  @SuppressWarnings("unchecked") // the configuration type is known to the provider only
  private static Throwable thrownBy(Catalog catalog, String id, long nowNs) {
    var provider = catalog.find(Kind.HALT_POLL, id).orElseThrow().provider();
    HaltPoll strategy = provider.create(provider.defaults(), null);
    try {
      strategy.budget(nowNs);
      throw new AssertionError("did not throw");
    } catch (RuntimeException e) {
      return e;
    }
  }

  @Test
  void the_plugin_of_the_innermost_frame_is_found_and_only_its_own_frames_are_shown() {
    throwing("One", "one").writeTo(plugins.resolve("one.jar"));
    throwing("Two", "two").writeTo(plugins.resolve("two.jar"));
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(plugins)));
    PluginCode code = new PluginCode(catalog);

    Throwable overflow = thrownBy(catalog, "two", Long.MAX_VALUE);
    PluginCode.Found found = code.thrown(overflow).orElseThrow();
    assertThat(overflow.getStackTrace()[0].getClassName()).isEqualTo("java.lang.Math");
    assertThat(found.plugins()).extracting(Catalog.Entry::id).containsExactly("two");
    assertThat(found.frames()).extracting(StackTraceElement::getClassName).containsExactly("Helper", "Two");
    assertThat(code.on(overflow.getStackTrace())).contains(found);
  }

  @Test
  void of_two_plugins_in_one_jar_the_one_on_the_stack_is_found() {
    throwing("One", "one").merge(throwing("Two", "two")).service("HaltPollProvider", "One\nTwo")
        .writeTo(plugins.resolve("both.jar"));
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of(plugins)));

    assertThat(new PluginCode(catalog).thrown(thrownBy(catalog, "one", 1)).orElseThrow().plugins())
        .extracting(Catalog.Entry::id).containsExactly("one");
  }

  @Test
  void what_the_platform_throws_is_no_plugins_even_below_one() {
    throwing("One", "one").writeTo(plugins.resolve("one.jar"));
    PluginCode code = new PluginCode(Catalogs.load(new CatalogRequest(List.of(plugins))));

    assertThat(code.thrown(new IllegalStateException())).isEqualTo(Optional.empty());
    assertThat(code.on(Thread.currentThread().getStackTrace())).isEqualTo(Optional.empty());
  }

  @Test
  void a_built_in_is_known_by_its_module() {
    Catalog catalog = Catalogs.load(new CatalogRequest(List.of()));
    Catalog.Entry<?> adaptive = catalog.find(Kind.HALT_POLL, "adaptive").orElseThrow();
    Class<?> type = adaptive.provider().getClass();
    StackTraceElement frame = new StackTraceElement(
        "app", type.getModule().getName(), null, type.getName(), "create", "Adaptive.java", 1);

    assertThat(new PluginCode(catalog).on(new StackTraceElement[] {frame}).orElseThrow().plugins())
        .extracting(Catalog.Entry::id).containsExactly("adaptive");
  }
}
