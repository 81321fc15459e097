package dev.haltlab.cli.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pins: a page of the contracts' Javadoc that cannot be built, a link that leads nowhere, and something public that
 * nobody says a word about. What is in the SDK is read by people who have not our sources.
 */
class JavadocTest {
  private static final Path SPI = Path.of(System.getProperty("basedir", ".")).resolve("../../spi").normalize();

  /** What speaks for itself: a record's constructor, whose components are told, and a rule of the kit as a test. */
  private static final Pattern NEEDS_NO_COMMENT =
      Pattern.compile("\\s*(public \\w+ \\{|default void required_\\d+_\\w+\\(\\) \\{)");

  @TempDir Path folder;

  private String javadoc(String doclint) {
    Map<String, Path> modules = new TreeMap<>();
    modules.put("dev.haltlab.spi", SPI.resolve("contract/src/main/java"));
    modules.put("dev.haltlab.tck", SPI.resolve("tck/src/main/java"));
    modules.put("dev.haltlab.rules", SPI.resolve("rules/src/main/java"));
    List<String> options = new ArrayList<>(List.of(
        "-quiet", "-encoding", "UTF-8", "-Xdoclint:" + doclint, "-Xmaxwarns", "10000", "-d", folder.toString(),
        "--release", "17", "--module-path", modulePath()));
    modules.forEach((module, sources) -> options.addAll(List.of("--module-source-path", module + "=" + sources)));
    options.addAll(List.of("--module", String.join(",", modules.keySet())));
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int code = ToolProvider.findFirst("javadoc").orElseThrow().run(writer, writer, options.toArray(String[]::new));
    assertThat(code).as("%s", said).isZero();
    assertThat(folder.resolve("index.html")).exists();
    return said.toString();
  }

  /** What the tests run with, but for the three: those are read from their sources. */
  private static String modulePath() {
    return Stream.of(System.getProperty("jdk.module.path"), System.getProperty("java.class.path"))
        .flatMap(path -> Stream.of(path.split(File.pathSeparator)))
        .filter(each -> each.endsWith(".jar") && !each.contains("haltlab-"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void the_contracts_and_the_kits_build_without_a_warning() {
    assertThat(javadoc("all,-missing")).isEmpty();
  }

  @Test
  void whatever_is_public_has_a_comment() {
    Matcher silent = Pattern.compile("(?m)^(.*): warning: no comment\\R(.*)$").matcher(javadoc("missing"));
    List<String> missing = new ArrayList<>();
    int met = 0;
    while (silent.find()) {
      met++;
      if (!NEEDS_NO_COMMENT.matcher(silent.group(2)).matches()) {
        missing.add(silent.group(1) + ": " + silent.group(2).strip());
      }
    }
    assertThat(missing).isEmpty();
    assertThat(met).as("warnings of this form are still given").isPositive();
  }
}
