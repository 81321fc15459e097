package dev.haltlab.platform.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.haltlab.platform.config.Problem;
import dev.haltlab.platform.config.ProblemsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins that no damage to a scenario brings anything but a plan or problems: no exception of ours or of a library. */
final class FuzzTest {
  private static final int DAMAGED = 150;
  private static final String[] INSERTS = {
    "\t", "\n", ": ", "- ", "[", "]", "{", "}", "*a", "&a ", "!!str ", "<<: ", "null", "~", "#", "'", "\"", "|\n", "? ",
    "---\n", "...\n", "%YAML 1.2\n", "\u0000", "\uFEFF", "\ud83d", "99999999999999999999", "-1", "0", "1e9", "us", ",",
    "use: ", "compare:\n", "native: true\n", "\\", "@", "`", "\r", "\u0085", "\u2028", "none", "host", "../../x",
    "pin: [5]\n"
  };

  static Stream<Path> files() {
    return Stream.concat(Plugins.scenarios().stream(), Stream.of(Plugins.configFolder().resolve("reference.yaml")));
  }

  @ParameterizedTest
  @MethodSource("files")
  void damagedScenariosGiveAPlanOrProblems(Path original, @TempDir Path folder) throws IOException {
    String text = Files.readString(original);
    SplittableRandom random = new SplittableRandom(original.getFileName().toString().hashCode());
    Planner planner = new Planner(Plugins.builtIn());
    Path file = folder.resolve("damaged.yaml");
    int refused = 0;
    for (int i = 0; i < DAMAGED; i++) {
      String damaged = text;
      for (int hits = random.nextInt(1, 4); hits > 0; hits--) {
        damaged = damage(damaged, random);
      }
      Files.write(file, damaged.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      List<String> settings = random.nextInt(4) > 0 ? List.of() : List.of(damage("vms.guest.vcpus=2", random));
      try {
        planner.plan(new PlanRequest(file, settings, OptionalLong.empty(), OptionalInt.empty()));
      } catch (ProblemsException e) {
        refused++;
        for (Problem problem : e.problems()) {
          assertThat(problem.toString()).as(damaged).doesNotContain("\n", "Exception", "defect");
          assertThat(problem.message()).as(damaged).isNotBlank();
        }
      } catch (RuntimeException | Error e) {
        String what = "damage " + i + " of " + original.getFileName() + " with " + settings;
        throw new AssertionError(what + ":\n" + damaged, e);
      }
    }
    assertThat(refused).as("damage was done").isGreaterThan(DAMAGED / 4);
  }

  private static String damage(String text, SplittableRandom random) {
    if (text.isEmpty()) {
      return INSERTS[random.nextInt(INSERTS.length)];
    }
    int at = random.nextInt(text.length());
    int length = Math.min(text.length() - at, random.nextInt(1, 8));
    switch (random.nextInt(6)) {
      case 0:
        return text.substring(0, at) + text.substring(at + length);
      case 1:
        return text.substring(0, at) + text.substring(at, at + length) + text.substring(at);
      case 2:
        return text.substring(0, at) + INSERTS[random.nextInt(INSERTS.length)] + text.substring(at);
      case 3:
        return text.substring(0, at) + (char) random.nextInt(1, 0x250) + text.substring(at + 1);
      default:
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        int line = random.nextInt(lines.size());
        switch (random.nextInt(3)) {
          case 0 -> lines.remove(line);
          case 1 -> lines.add(random.nextInt(lines.size()), lines.get(line));
          default -> Collections.swap(lines, line, random.nextInt(lines.size()));
        }
        return String.join("\n", lines);
    }
  }
}
