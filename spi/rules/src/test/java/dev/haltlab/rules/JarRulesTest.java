package dev.haltlab.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.HaltPoll;
import dev.haltlab.tck.planted.Copy;
import example.lawful.Careful;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins: a jar that cannot be used, or should not be trusted, and passes; and a plain one that does not. */
class JarRulesTest {
  private static final String SERVICES = "META-INF/services/dev.haltlab.spi.HaltPollProvider";

  @TempDir Path folder;
  private TestJar jar;

  @BeforeEach
  void begin() throws IOException {
    jar = TestJar.of(folder.resolve("careful.jar")).classes(Careful.class)
        .entry(SERVICES, "# the one\n  example.lawful.Careful  # here\n");
  }

  private List<String> broken() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Finding finding : JarRules.check(jar.write())) {
      finding.violations().forEach(violation -> broken.add(finding.id() + ": " + violation));
    }
    return broken;
  }

  @Test
  void aBareJarWithOneLineIsEnough() throws IOException {
    assertThat(broken()).isEmpty();
    assertThat(JarRules.check(jar.write()).stream().map(Finding::id))
        .containsExactlyElementsOf(Stream.of(JarRules.values()).map(Enum::name).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HaltPoll", "IdlePolicy", "Workload", "HostProfile", "TraceReader"})
  void aJarOfAnyKindIsOne(String kind) throws IOException {
    jar = TestJar.of(folder.resolve("careful.jar")).classes(Careful.class)
        .entry("META-INF/services/dev.haltlab.spi." + kind + "Provider", "example.lawful.Careful");
    assertThat(broken()).isEmpty();
  }

  @Test
  void aManifestThatSaysWhoItIsIsFine() throws IOException {
    jar.entry("META-INF/MANIFEST.MF",
        "Manifest-Version: 1.0\r\nPlugin-Id: careful\r\nPlugin-Version: 1.2-rc1\r\nPlugin-Requires: >=1.0.0\r\n\r\n");
    assertThat(broken()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
      "Class-Path, ../lib/x.jar", "Plugin-Class, example.Main", "Plugin-Dependencies, other", "Premain-Class, a.B",
      "Add-Opens, java.base/java.lang", "Plugin-Id, my poll", "Plugin-Version, newest"})
  void aManifestThatAsksForMoreIsNot(String key, String value) throws IOException {
    jar.entry("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n" + key + ": " + value + "\r\n\r\n");
    assertThat(broken()).singleElement().asString().startsWith("MANIFEST_IS_SANE").contains(key).contains(value);
  }

  @Test
  void aBrokenManifestIsTold() throws IOException {
    jar.entry("META-INF/MANIFEST.MF", "no manifest\n\n");
    assertThat(broken()).singleElement().asString().startsWith("MANIFEST_IS_SANE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside.txt", "/etc/outside.txt", "a/../../outside.txt", "a\\b.txt", "C:/outside.txt"})
  void anEntryThatLeadsOutIsTold(String name) throws IOException {
    jar.entry(name, "x");
    assertThat(broken()).singleElement().asString().startsWith("NO_PATHS_OUTSIDE").contains(name);
  }

  @Test
  void anEntryThatIsThereTwiceIsTold() throws IOException {
    Path file = jar.entry("a.txt", "one").entry("b.txt", "two").write();
    // a jar tool refuses to write it: rename the second one in place
    String raw = Files.readString(file, StandardCharsets.ISO_8859_1).replace("b.txt", "a.txt");
    Files.writeString(file, raw, StandardCharsets.ISO_8859_1);
    assertThat(JarRules.check(file).get(0).violations()).containsExactly("the entry a.txt is there twice");
  }

  @Test
  void withoutAServicesLineItIsNoPlugin() throws IOException {
    jar.entry(SERVICES, "# nothing yet\n");
    assertThat(broken()).singleElement().asString()
        .startsWith("SERVICES_NAME_PROVIDERS").contains("HostProfileProvider").contains("no provider is named");
  }

  @Test
  void aServicesLineNamesAClassThatIsThere() throws IOException {
    jar.entry(SERVICES, "example.lawful.Carefull\n");
    assertThat(broken()).singleElement().asString().contains("names example.lawful.Carefull, which is not in the jar");
    jar.entry(SERVICES, "example/lawful/Careful.class\n");
    assertThat(broken()).singleElement().asString().contains("which is no name of a class");
  }

  @Test
  void aServicesFileOfNoKindIsTold() throws IOException {
    jar.entry("META-INF/services/dev.haltlab.spi.HaltPoll", "example.lawful.Careful\n");
    assertThat(broken()).singleElement().asString().contains("is named by no kind of provider");
  }

  @Test
  void servicesOfOthersAreNobodysBusiness() throws IOException {
    jar.entry("META-INF/services/java.lang.Runnable", "example.Gone\n");
    assertThat(broken()).isEmpty();
  }

  @Test
  void aCopyOfTheContractsOrTheKitsIsTold() throws IOException {
    jar.classes(HaltPoll.class, Copy.class);
    assertThat(broken()).hasSize(2).allMatch(line -> line.startsWith("NO_COPY_OF_HALTLAB"));
  }

  @Test
  void aClassOfANewerJavaIsToldUnlessOnlyThatJavaReadsIt() throws IOException {
    byte[] newer = TestJar.bytes(Careful.class);
    newer[7] = 65;
    jar.entry("META-INF/versions/21/example/lawful/Careful.class", newer);
    assertThat(broken()).isEmpty();
    jar.entry("example/lawful/Newer.class", newer);
    assertThat(broken()).singleElement().asString()
        .startsWith("CLASS_FILES_RUN_ON_17").contains("Newer.class is of Java 21");
  }

  @Test
  void aClassWithPreviewFeaturesOrNoneAtAllIsTold() throws IOException {
    byte[] preview = TestJar.bytes(Careful.class);
    preview[4] = preview[5] = (byte) 0xff;
    jar.entry("a/Preview.class", preview).entry("a/Text.class", "text, not code").entry("a/Short.class", "x");
    assertThat(broken()).containsExactlyInAnyOrder(
        "CLASS_FILES_RUN_ON_17: a/Preview.class uses preview features",
        "CLASS_FILES_RUN_ON_17: a/Text.class is no class file",
        "CLASS_FILES_RUN_ON_17: a/Short.class is cut off");
  }

  @Test
  void aJarInsideIsTold() throws IOException {
    jar.entry("lib/helper.jar", "x");
    assertThat(broken()).singleElement().asString().startsWith("NO_JARS_INSIDE");
  }

  @Test
  void whatIsNoJarIsSaidSo() throws IOException {
    Path file = Files.writeString(folder.resolve("x.jar"), "no jar");
    assertThatThrownBy(() -> JarRules.check(file)).isInstanceOf(IOException.class);
  }
}
