package dev.haltlab.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pins, on the module path as shipped, that a plugin sees the JDK and the contracts and nothing of the host. */
class NosyPluginIT {
  private static final List<String> HIDDEN = List.of(
      "dev.haltlab.engine.Simulation", "dev.haltlab.platform.catalog.Catalogs", "dev.haltlab.cli.Main",
      "dev.haltlab.haltpoll.Adaptive", "tools.jackson.databind.ObjectMapper", "tools.jackson.core.json.JsonFactory",
      "org.pf4j.PluginManager", "org.pf4j.PluginWrapper", "picocli.CommandLine", "org.slf4j.Logger",
      "org.HdrHistogram.Histogram", "dagger.Component", "org.snakeyaml.engine.v2.api.Load");
  private static final List<String> SEEN = List.of("dev.haltlab.spi.Script", "java.util.logging.Logger");

  @TempDir static Path place;

  @Test
  void it_sees_nothing_of_the_host_while_it_is_loaded_and_while_it_runs() throws IOException {
    Bundle bundle = Bundle.copyTo(place.resolve("haltlab"));
    assertThat(classesOf(bundle)).as("names that would hide nothing").containsAll(HIDDEN);
    String names = HIDDEN.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    String seen = SEEN.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    String look = """
        static void look() {
          ClassLoader mine = MyPoll.class.getClassLoader();
          for (ClassLoader loader : new ClassLoader[] {
              mine, mine.getParent(), Thread.currentThread().getContextClassLoader()}) {
            for (String name : new String[] {%s}) {
              try {
                Class.forName(name, false, loader);
              } catch (ClassNotFoundException e) {
                continue;
              }
              throw new IllegalStateException(name + " is to be seen from " + loader);
            }
            for (String name : new String[] {%s}) {
              try {
                Class.forName(name, false, loader);
              } catch (ClassNotFoundException e) {
                throw new IllegalStateException(name + " is missing from " + loader);
              }
            }
          }
        }
        public MyPoll() { look(); }
        public String id""".formatted(names, seen);
    String source = Author.strategy("Nosy", "nosy", "now -> ns", "now -> { look(); return ns; }");
    new Author(bundle, place).jar(
        bundle.root.resolve("plugins/nosy.jar"), "Nosy",
        source.replace("public String id", look.replace("MyPoll", "Nosy")));

    Bundle.Said list = bundle.run(place, "plugins", "list");
    assertThat(list.out()).containsPattern("haltPoll +nosy ").doesNotContain("Unusable");
    bundle.run(place, "init", "tcp-rr-2vcpu");
    Bundle.Said run = bundle.run(
        place, "run", "tcp-rr-2vcpu.yaml", "--set", "compare.kvm.haltPoll=nosy", "--set", "run.for=5ms",
        "--replications", "1");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
  }

  private static Set<String> classesOf(Bundle bundle) throws IOException {
    Set<String> classes = new HashSet<>();
    try (Stream<Path> jars = Files.list(bundle.root.resolve("lib"))) {
      for (Path each : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
        try (JarFile jar = new JarFile(each.toFile())) {
          Collections.list(jar.entries()).forEach(entry ->
              classes.add(entry.getName().replace('/', '.').replaceFirst("\\.class$", "")));
        }
      }
    }
    return classes;
  }
}
