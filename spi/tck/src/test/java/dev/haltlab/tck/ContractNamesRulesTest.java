package dev.haltlab.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pins: a contract whose Javadoc names a rule that is gone or renamed, and a rule its reader never hears of. */
class ContractNamesRulesTest {
  @Test
  void theContractsJavadocNamesEveryRuleAndNoOther() throws IOException {
    TreeSet<String> named = new TreeSet<>();
    Pattern id = Pattern.compile("required_\\w+");
    try (Stream<Path> files = Files.walk(Path.of("../contract/src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher m = id.matcher(Files.readString(file));
        while (m.find()) {
          named.add(m.group());
        }
      }
    }
    List<String> rules = Conformance.rules().stream().map(Rule::id).toList();
    assertThat(named).containsExactlyElementsOf(rules);
  }
}
